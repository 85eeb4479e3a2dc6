from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.views.cross_section import draw_case, draw_cross_section


def test_only_spheres_that_the_plane_meets_are_drawn_with_the_radius_of_the_cut() -> None:
    position = [[5, 5, 1], [5, 9.9, 1], [5, 2, 1]]
    packing = Packing(position, [1, 1, 1], ["eam"] * 3, (10, 10))
    axes = Figure().subplots()
    draw_cross_section(axes, packing, {"EAM": packing.is_eam}, y_um=0.5)
    (circles,) = axes.collections
    boxes = [path.get_extents() for path in circles.get_paths()]
    # the second sphere alone meets y = 0.5, through the boundary, 0.6 from its centre; drawn with both x images
    assert len(boxes) == 3
    np.testing.assert_allclose([box.width for box in boxes], 2 * np.sqrt(1 - 0.6**2), rtol=1e-3)


@pytest.mark.lammps
def test_a_case_is_drawn_as_a_picture(tiny_store: Path, tiny_case: Case, tmp_path: Path) -> None:
    picture = draw_case(tiny_store, tiny_case.case_id, tmp_path / "new" / "case.png")
    assert picture.read_bytes().startswith(b"\x89PNG")

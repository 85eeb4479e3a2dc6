import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

import ssbflow
from ssbflow.errors import InputError
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.structure.geodesic import median_path
from ssbflow.views.figures.packing_3d import What
from ssbflow.views.figures.style import EAM, PALETTE, SE

pytestmark = pytest.mark.lammps

SHOWN = {
    "se_network": [SE],
    "eam_active": [PALETTE[2]],
    "before_after": [EAM, SE],
    "path": [PALETTE[5], PALETTE[2]],
    "current": [],
}


def share_of_hue(picture: np.ndarray, colour: str) -> float:
    """Return the share of pixels that have the hue of a colour, whatever their light, and grey in front of them."""
    pixels, wanted = picture[..., :3].reshape(-1, 3), np.array(to_rgb(colour))
    chroma, asked = (rgb - rgb.min(axis=-1, keepdims=True) for rgb in (pixels, wanted))
    strength = np.linalg.norm(chroma, axis=1)
    if not asked.any():  # a grey
        return float(((strength < 0.05) & (pixels.max(axis=1) < 0.85)).mean())
    coloured = strength > 0.15
    direction = chroma[coloured] / strength[coloured, np.newaxis]
    near = np.linalg.norm(direction - asked / np.linalg.norm(asked), axis=1) < 0.15
    return float(near.sum() / len(pixels))


@pytest.mark.parametrize("what", SHOWN)
def test_each_picture_shows_its_colours(tiny_store: Path, tiny_case: Case, tmp_path: Path, what: What) -> None:
    ssbflow.plot.packing_3d(tiny_store, tiny_case.case_id, what, tmp_path / "new" / "one.png")
    picture = imread(tmp_path / "new" / "one.png")
    blank = (picture[..., :3] == 1).all(axis=-1).mean()
    assert 0.2 < blank < 0.95
    shares = [share_of_hue(picture, colour) for colour in SHOWN[what]]
    assert all(share > 0.005 for share in shares), shares


def test_the_median_path_is_one_of_touching_se_no_shorter_than_the_shortest() -> None:
    rng = np.random.default_rng(3)
    packing = Packing(rng.uniform(1, 9, (400, 3)), np.full(400, 0.9), ["se"] * 400, (10, 10), 9.0)
    median, shortest = median_path(packing, rng), ssbflow.shortest_path(packing)
    assert median is not None
    assert shortest is not None
    assert median.length_um >= shortest.length_um
    steps = np.linalg.norm(np.diff(median.position_um, axis=0), axis=1)
    assert (steps <= 1.8).all()
    np.testing.assert_allclose(median.position_um[:, 2], packing.position_um[median.particles, 2])


def test_no_path_where_nothing_spans() -> None:
    apart = Packing([[5, 5, 1], [5, 5, 8]], [1, 1], ["se", "se"], (10, 10))
    assert median_path(apart, np.random.default_rng(1)) is None


def test_wrong_requests_are_refused_before_anything_is_drawn(tiny_store: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="before_after, path, current; got 'cut'"):
        ssbflow.plot.packing_3d(tiny_store, "ab" * 16, "cut")
    with pytest.raises(InputError, match=r"saved as \.png"):
        ssbflow.plot.packing_3d(tiny_store, "ab" * 16, "path", tmp_path / "one.svg")


def test_without_pyvista_it_is_said_what_to_install(tiny_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvista", None)
    with pytest.raises(InputError, match=r"pip install 'ssbflow\[views\]'"):
        ssbflow.plot.packing_3d(tiny_store, "ab" * 16)

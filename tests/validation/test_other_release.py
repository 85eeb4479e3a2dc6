"""Another release of LAMMPS presses the cases of the regression set to like packings."""

from pathlib import Path

import pytest

from evidence.regression import RegressionSet, shifts
from evidence.releases import pressing_with

pytestmark = [pytest.mark.lammps, pytest.mark.external]


def test_elder_release_gives_the_same_means(elder_lmp: Path) -> None:
    stored = RegressionSet.read()
    with pressing_with(elder_lmp):
        elder = RegressionSet.computed()
    assert elder.environment["lammps"].startswith("29 Aug 2024")
    found = [shift for shift in shifts(stored, elder) if shift.matters]
    assert not found, "\n".join(map(str, found))

"""Frictionless equal spheres, hardly pressed, pack as densely as random packings do."""

import pytest

from evidence.bulk import Slab, loose_box, pressed_by_platen
from evidence.packings import DEFAULT_SPEED, DEPTH_UM, FAINT_MPA

pytestmark = pytest.mark.lammps


@pytest.fixture(scope="module")
def bulk() -> Slab:
    loose = loose_box(seed=1, spaces=(7, 22))
    return Slab(pressed_by_platen(loose, friction=0, pressure_mpa=FAINT_MPA, **DEFAULT_SPEED), DEPTH_UM)


def test_solid_fraction_is_that_of_random_close_packing(bulk: Slab) -> None:
    # 0.64 (Scott and Kilgour 1969); at 1 MPa 0.6415, computed with LAMMPS, isotropic
    assert bulk.solid_fraction() == pytest.approx(0.64, abs=0.01)


def test_spheres_have_about_six_contacts(bulk: Slab) -> None:
    # 6 is the least that holds frictionless spheres; at 1 MPa 6.4, computed with LAMMPS, isotropic
    assert bulk.coordination() == pytest.approx(6.4, abs=0.3)


def test_stress_is_the_pressure_from_all_sides(bulk: Slab) -> None:
    assert bulk.pressed.pressure_measured_mpa == pytest.approx(FAINT_MPA, rel=0.01)
    assert bulk.axial_stress_mpa() == pytest.approx(FAINT_MPA, rel=0.02)
    assert bulk.mean_stress_mpa() == pytest.approx(FAINT_MPA, rel=0.1)

"""Stress and density of pressed sulfide spheres, against the compaction curve of an isotropic box."""

import pytest

from evidence.bulk import Slab, loose_box, pressed_by_platen
from evidence.packings import DEPTH_UM, SPREAD_UM, isotropic_mpa
from ssbflow.inputs.protocol import Settling

pytestmark = pytest.mark.lammps

WEIGHT = Settling().weight_fraction  # of the pressure: half of it acts below the middle of the bed


@pytest.fixture(
    scope="module", params=[(0.0, 100.0), (0.0, 300.0), (0.4, 300.0), (0.4, 600.0)], ids=lambda given: f"{given}"
)
def case(request: pytest.FixtureRequest) -> tuple[float, float, Slab]:
    """Friction, applied pressure (MPa), and what it makes of some 1500 spheres."""
    friction, pressure_mpa = request.param
    pressed = pressed_by_platen(loose_box(seed=1, spaces=(8, 24), spread=SPREAD_UM), friction, pressure_mpa)
    return friction, pressure_mpa, Slab(pressed, DEPTH_UM)


def test_mean_stress_at_its_solid_fraction_is_that_of_the_isotropic_curve(case: tuple[float, float, Slab]) -> None:
    friction, _, bulk = case
    assert bulk.mean_stress_mpa() == pytest.approx(isotropic_mpa(bulk.solid_fraction(), friction), rel=0.1)


def test_floor_carries_the_applied_pressure_and_so_does_the_bulk(case: tuple[float, float, Slab]) -> None:
    friction, pressure_mpa, bulk = case
    assert bulk.pressed.pressure_measured_mpa == pytest.approx(pressure_mpa, rel=0.01)
    if friction == 0:
        assert bulk.axial_stress_mpa() == pytest.approx((1 - WEIGHT / 2) * pressure_mpa, rel=0.01)
        assert bulk.mean_stress_mpa() == pytest.approx(pressure_mpa, rel=0.1)  # hardly any shear stress
    else:
        assert bulk.mean_stress_mpa() < 0.8 * pressure_mpa  # the walls of the box bear less than the platen

"""Stress and density of pressed sulfide spheres, against the compaction curve of an isotropic box."""

import numpy as np
import pytest

from evidence.bulk import Slab, loose_box, pressed_by_platen
from ssbflow.inputs.protocol import Settling

pytestmark = pytest.mark.lammps

SPREAD_UM = 0.1  # of the diameters, either way: exactly equal ones without friction crystallise from the walls inwards
WEIGHT = Settling().weight_fraction  # of the pressure: half of it acts below the middle of the bed
DEPTH_UM = 3.0  # three diameters: floor and platen order the layers next to them

SOLID_FRACTION = [0.66, 0.70, 0.76, 0.82, 0.84]
ISOTROPIC_MPA = {0.0: [10.5, 47, 153, 303, 359], 0.4: [92, 166, 305, 473, 535]}
"""Friction → pressure at these solid fractions (spheres summed) of 2048 equal spheres of 25 GPa, ν 0.3;
computed with LAMMPS, isotropic, one seed."""


def isotropic_mpa(solid_fraction: float, friction: float) -> float:
    """Interpolate; by Hertz, overlaps and with them the solid fraction grow like the pressure to the power of 2/3."""
    assert SOLID_FRACTION[0] < solid_fraction < SOLID_FRACTION[-1]
    return float(np.interp(solid_fraction, SOLID_FRACTION, np.array(ISOTROPIC_MPA[friction]) ** (2 / 3))) ** 1.5


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

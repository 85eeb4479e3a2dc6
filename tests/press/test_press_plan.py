import numpy as np
import pytest

from ssbflow.errors import InputError
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press, Settling
from ssbflow.packing.packing import Packing
from ssbflow.press.mechanics import rayleigh_time_us
from ssbflow.press.plan import press_plan, time_step_us

CAM = Material(density_g_cm3=4.7, youngs_modulus_gpa=195, poisson_ratio=0.3, friction=0.4, restitution=0.7)
SE = Material(density_g_cm3=1.74, youngs_modulus_gpa=25, poisson_ratio=0.3, friction=0.4, restitution=0.7)
BOTH = {"eam": CAM, "se": SE}
MIXED = Packing(
    [[5, 5, 2], [15, 5, 1], [5, 15, 1], [15, 15, 0.5]], [2, 1, 1, 0.5], ["eam", "se", "se", "se"], (20.0, 20.0)
)


def test_species_share_the_force_by_volume_fraction() -> None:
    plan = press_plan(MIXED, BOTH, Press(pressure_mpa=375), eam_volume_fraction=0.4)
    total_nn = 375e6 * (20e-6) ** 2 * 1e9
    assert plan.force_nn["eam"] == pytest.approx(0.4 * total_nn)
    assert 3 * plan.force_nn["se"] == pytest.approx(0.6 * total_nn)


def test_single_species_carries_the_whole_force_whatever_the_fraction() -> None:
    only_se = Packing([[5, 5, 1], [15, 5, 1]], [1, 1], ["se", "se"], (20.0, 20.0))
    plan = press_plan(only_se, {"se": SE}, Press(pressure_mpa=100), eam_volume_fraction=0.4)
    assert plan.species == ("se",)
    assert 2 * plan.force_nn["se"] == pytest.approx(100e6 * (20e-6) ** 2 * 1e9)


def test_time_step_is_the_fraction_of_the_smallest_rayleigh_time() -> None:
    # so light a pressure that neither contacts nor drag ask for less
    press = Press(pressure_mpa=1e-3, stiffness_scale=0.3, settling=Settling(time_step_fraction=0.1))
    plan = press_plan(MIXED, BOTH, press, eam_volume_fraction=0.4)
    times = [rayleigh_time_us(2, CAM, 0.3), *(rayleigh_time_us(radius, SE, 0.3) for radius in (1, 1, 0.5))]
    assert plan.time_step_us == pytest.approx(0.1 * min(times))


def test_drag_lets_both_species_fall_at_the_same_speed() -> None:
    plan = press_plan(MIXED, BOTH, Press(pressure_mpa=375), eam_volume_fraction=0.4)
    speed_eam, speed_se = (plan.force_nn[name] / plan.drag[name] for name in ("eam", "se"))
    assert speed_eam == pytest.approx(speed_se)
    # a fiftieth of the slower species' wave speed √(E/ρ) in m/s
    assert speed_se == pytest.approx(0.02 * min((25e9 / 1740) ** 0.5, (195e9 / 4700) ** 0.5))


def test_missing_material_is_refused_by_species() -> None:
    with pytest.raises(InputError, match="'eam'"):
        press_plan(MIXED, {"se": SE}, Press(pressure_mpa=375), eam_volume_fraction=0.4)


@pytest.mark.parametrize("lacking", ["youngs_modulus_gpa", "poisson_ratio", "friction", "restitution"])
def test_incomplete_material_is_refused_by_property(lacking: str) -> None:
    incomplete = SE.model_copy(update={lacking: None})
    with pytest.raises(InputError, match=lacking):
        press_plan(MIXED, {"eam": CAM, "se": incomplete}, Press(pressure_mpa=375), eam_volume_fraction=0.4)


def test_composition_that_lacks_a_species_of_the_packing_is_refused() -> None:
    with pytest.raises(InputError, match="EAM volume fraction of 0"):
        press_plan(MIXED, BOTH, Press(pressure_mpa=100), 0.0)


def test_density_scaling_lightens_larger_particles_in_proportion() -> None:
    plan = press_plan(MIXED, BOTH, Press(pressure_mpa=375), eam_volume_fraction=0.4)
    unscaled = press_plan(
        MIXED, BOTH, Press(pressure_mpa=375, settling=Settling(density_scaling=False)), eam_volume_fraction=0.4
    )
    assert unscaled.density_g_cm3.tolist() == [4.7, 1.74, 1.74, 1.74]
    assert plan.density_g_cm3[1:] == pytest.approx([1.74 / 2, 1.74 / 2, 1.74])  # radii 1, 1, 0.5
    assert plan.density_g_cm3[0] == pytest.approx(4.7 * rayleigh_time_us(0.5, SE) / rayleigh_time_us(2, CAM))
    assert plan.time_step_us == unscaled.time_step_us


def test_time_step_is_shorter_for_soft_contacts_under_pressure() -> None:
    stiff, soft = (
        time_step_us(1.0, SE, Press(pressure_mpa=375, stiffness_scale=scale)) / rayleigh_time_us(1.0, SE, scale)
        for scale in (1, 0.1)
    )
    # √(m/k) ∝ (pressure / modulus)^(-1/6) of the Rayleigh time
    assert soft / stiff == pytest.approx(10 ** (-1 / 6))
    light = Press(pressure_mpa=1e-6)
    assert time_step_us(1.0, SE, light) == pytest.approx(0.2 * rayleigh_time_us(1.0, SE))


def test_time_step_is_no_longer_than_drag_needs_to_stop_the_lightest() -> None:
    settling = Settling(fall_speed_fraction=1e-4, density_scaling=False)
    plan = press_plan(MIXED, BOTH, Press(pressure_mpa=375, settling=settling), eam_volume_fraction=0.4)
    lightest = 1.74 * 4 / 3 * np.pi * 0.5**3
    assert plan.time_step_us == pytest.approx(lightest / plan.drag["se"])

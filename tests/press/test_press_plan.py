import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import BOTH, CAM, DRIVES, LIGHT_MPA, SE, full_force_nn, plan_of, random_packing

from ssbflow.errors import InputError
from ssbflow.inputs.protocol import Press, Settling
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press.mechanics import contact_time_us, rayleigh_time_us
from ssbflow.press.plan import (
    BED_DRAG,
    CALM_DAMPING,
    PLATEN_MASS,
    PLATEN_STEPS,
    PlatenPlan,
    PressPlan,
    press_plan,
    time_step_us,
)

MIXED = Packing(
    [[5, 5, 2], [15, 5, 1], [5, 15, 1], [15, 15, 0.5]], [2, 1, 1, 0.5], ["eam", "se", "se", "se"], (20.0, 20.0)
)
MIXTURES = [("eam", "se"), ("se",), ("eam",)]
SLOWER_WAVE = min((25e9 / 1740) ** 0.5, (195e9 / 4700) ** 0.5)
"""√(E/ρ) of the slower species, in m/s, which is µm/µs."""

packings = st.builds(random_packing, st.integers(0, 2**32 - 1), st.sampled_from(MIXTURES), size_ratio=st.floats(1, 20))


def platen_of(plan: PressPlan) -> PlatenPlan:
    assert plan.platen
    return plan.platen


def real_density(packing: Packing) -> Floats:
    """In g/cm³, of each particle."""
    return np.array([BOTH[name].density_g_cm3 for name in packing.species.tolist()])


@pytest.mark.parametrize("drive", DRIVES)
def test_species_share_the_force_by_volume_fraction(drive: str) -> None:
    press = Press(pressure_mpa=375, drive=drive, settling=Settling(weight_fraction=0.03))
    plan = press_plan(MIXED, BOTH, press, eam_volume_fraction=0.4)
    total_nn = 375e6 * (20e-6) ** 2 * 1e9
    weight_nn = total_nn * (0.03 if plan.platen else 1)
    assert plan.weight_nn["eam"] == pytest.approx(0.4 * weight_nn)
    assert 3 * plan.weight_nn["se"] == pytest.approx(0.6 * weight_nn)
    assert weight_nn + (plan.platen.load_nn if plan.platen else 0) == pytest.approx(total_nn)


def test_single_species_carries_the_whole_force_whatever_the_fraction() -> None:
    only_se = Packing([[5, 5, 1], [15, 5, 1]], [1, 1], ["se", "se"], (20.0, 20.0))
    plan = press_plan(only_se, {"se": SE}, Press(pressure_mpa=100, drive="body_force"), eam_volume_fraction=0.4)
    assert plan.species == ("se",)
    assert 2 * plan.weight_nn["se"] == pytest.approx(100e6 * (20e-6) ** 2 * 1e9)


@settings(max_examples=30, deadline=None)
@given(packings, st.sampled_from(DRIVES))
def test_every_species_that_occurs_is_planned_and_no_other(packing: Packing, drive: str) -> None:
    plan = plan_of(packing, drive=drive)
    assert set(plan.species) == set(packing.species.tolist())
    for by_species in (plan.coefficients, plan.effective_modulus_kpa, plan.weight_nn, plan.drag):
        assert tuple(by_species) == plan.species
    weight = sum(plan.weight_nn[name] for name in packing.species.tolist())
    assert weight + (plan.platen.load_nn if plan.platen else 0) == pytest.approx(full_force_nn(packing))
    assert plan.density_g_cm3.shape == (len(packing),)
    assert min(plan.parting_steps, plan.frame_stride, plan.unloading_steps) >= 1


@pytest.mark.parametrize("drive", DRIVES)
def test_time_step_is_the_fraction_of_the_smallest_rayleigh_time(drive: str) -> None:
    settling = Settling(time_step_fraction=0.1)
    press = Press(pressure_mpa=LIGHT_MPA, stiffness_scale=0.3, settling=settling, drive=drive)
    plan = press_plan(MIXED, BOTH, press, eam_volume_fraction=0.4)
    times = [rayleigh_time_us(2, CAM, 0.3), *(rayleigh_time_us(radius, SE, 0.3) for radius in (1, 1, 0.5))]
    assert plan.time_step_us == pytest.approx(0.1 * min(times))


def materials_time_step_us(packing: Packing, press: Press) -> float:
    """The time step that Rayleigh waves and contacts of the smallest particles ask for."""
    settling, scale, pressure = press.settling, press.stiffness_scale, press.pressure_mpa
    times = []
    for name in set(packing.species.tolist()):
        smallest = float(packing.radius_um[packing.species == name].min())
        times.append(settling.time_step_fraction * float(rayleigh_time_us(smallest, BOTH[name], scale)))
        times.append(settling.contact_time_fraction * float(contact_time_us(smallest, BOTH[name], pressure, scale)))
    return min(times)


def mass_that_drag_stops_pg(packing: Packing, plan: PressPlan) -> Floats:
    """Of each particle, in one time step; explicit steps blow up below half of it."""
    return np.array([plan.drag[name] for name in packing.species.tolist()]) * plan.time_step_us


presses = st.builds(
    lambda drive, pressure, scale, fall_speed: Press(
        drive=drive,
        pressure_mpa=pressure,
        stiffness_scale=scale,
        settling=Settling(fall_speed_fraction=fall_speed),
    ),
    st.sampled_from(DRIVES),
    st.floats(1e-3, 1000),
    st.floats(0.01, 1),
    st.floats(1e-3, 0.1),
)


@settings(max_examples=60, deadline=None)
@given(packings, presses)
def test_scaled_masses_are_what_drag_needs_for_the_time_step_of_waves_and_contacts(
    packing: Packing, press: Press
) -> None:
    plan = press_plan(packing, BOTH, press, packing.eam_volume_fraction())
    assert plan.time_step_us == pytest.approx(materials_time_step_us(packing, press))
    mass, needed = plan.density_g_cm3 * packing.volume_um3, mass_that_drag_stops_pg(packing, plan)
    assert (mass >= needed * (1 - 1e-9)).all()
    raised = mass > packing.volume_um3 * real_density(packing) * (1 + 1e-9)
    np.testing.assert_allclose(mass[raised], needed[raised])  # and not beyond


@settings(max_examples=60, deadline=None)
@given(packings, presses)
def test_without_scaling_densities_are_real_and_drag_bounds_the_time_step(packing: Packing, press: Press) -> None:
    real = press.replace(settling=press.settling.replace(density_scaling=False))
    plan = press_plan(packing, BOTH, real, packing.eam_volume_fraction())
    np.testing.assert_array_equal(plan.density_g_cm3, real_density(packing))
    # mass over drag is the time in which drag stops a particle
    stopping = plan.time_step_us * plan.density_g_cm3 * packing.volume_um3 / mass_that_drag_stops_pg(packing, plan)
    assert plan.time_step_us == pytest.approx(min(materials_time_step_us(packing, real), stopping.min()))


@settings(max_examples=60, deadline=None)
@given(packings, presses)
def test_platen_has_a_part_of_the_beds_mass_or_what_its_drag_needs(packing: Packing, press: Press) -> None:
    # explicit steps longer than twice the time in which drag stops a mass make it swing ever wider
    plan = press_plan(packing, BOTH, press.replace(drive="platen"), packing.eam_volume_fraction())
    platen, bed_pg = platen_of(plan), float(np.sum(plan.density_g_cm3 * packing.volume_um3))
    needed = PLATEN_STEPS * platen.drag * plan.time_step_us
    assert platen.mass_pg == pytest.approx(max(PLATEN_MASS * bed_pg, needed))
    assert min(PLATEN_STEPS, 1 / PLATEN_MASS) > 2


def test_drag_of_the_body_force_lets_both_species_fall_at_the_same_speed() -> None:
    settling = Settling(fall_speed_fraction=0.03)
    press = Press(pressure_mpa=375, drive="body_force", settling=settling)
    plan = press_plan(MIXED, BOTH, press, eam_volume_fraction=0.4)
    speed_eam, speed_se = (plan.weight_nn[name] / plan.drag[name] for name in ("eam", "se"))
    assert speed_eam == pytest.approx(speed_se)
    assert speed_se == pytest.approx(0.03 * SLOWER_WAVE)


def test_platen_comes_down_alone_at_the_fall_speed() -> None:
    settling = Settling(fall_speed_fraction=0.03)
    press = Press(pressure_mpa=375, drive="platen", settling=settling)
    platen = platen_of(press_plan(MIXED, BOTH, press, eam_volume_fraction=0.4))
    assert platen.load_nn / platen.drag == pytest.approx(0.03 * SLOWER_WAVE)


@settings(max_examples=20, deadline=None)
@given(packings, st.floats(1e-3, 0.1))
def test_drag_under_a_platen_is_a_part_of_the_force_at_the_wave_speed(packing: Packing, fall_speed: float) -> None:
    # the particles' drag is no matter of how fast the plate comes down
    settling = Settling(fall_speed_fraction=fall_speed)
    plan = plan_of(packing, drive="platen", settling=settling)
    whole = sum(plan.drag[name] for name in packing.species.tolist())
    speeds = [(BOTH[name].youngs_modulus_gpa * 1e9 / (BOTH[name].density_g_cm3 * 1e3)) ** 0.5 for name in plan.species]
    assert whole * min(speeds) == pytest.approx(BED_DRAG * full_force_nn(packing))


def test_body_force_has_no_platen() -> None:
    assert plan_of(MIXED, drive="body_force").platen is None


@settings(max_examples=30, deadline=None)
@given(packings, st.booleans())
def test_platen_is_lighter_than_the_bed_and_touches_nothing(packing: Packing, density_scaling: bool) -> None:
    # a light pressure: in a bed of so few particles drag may ask for a heavier platen
    settling = Settling(density_scaling=density_scaling)
    plan = plan_of(packing, drive="platen", pressure_mpa=LIGHT_MPA, settling=settling)
    platen = platen_of(plan)
    assert platen.atom_id == len(packing) + 1
    assert 0 < platen.mass_pg < float(np.sum(plan.density_g_cm3 * packing.volume_um3))
    assert platen.gap_um > platen.radius_um + packing.radius_um.max()


def test_missing_material_is_refused_by_species() -> None:
    with pytest.raises(InputError, match="'eam'"):
        press_plan(MIXED, {"se": SE}, Press(pressure_mpa=375), eam_volume_fraction=0.4)


@pytest.mark.parametrize("lacking", ["youngs_modulus_gpa", "poisson_ratio", "friction", "restitution"])
def test_incomplete_material_is_refused_by_property(lacking: str) -> None:
    incomplete = SE.model_copy(update={lacking: None})
    with pytest.raises(InputError, match=lacking):
        press_plan(MIXED, {"eam": CAM, "se": incomplete}, Press(pressure_mpa=375), eam_volume_fraction=0.4)


@pytest.mark.parametrize("fraction", [0.0, 1.0])
def test_composition_that_lacks_a_species_of_the_packing_is_refused(fraction: float) -> None:
    with pytest.raises(InputError, match=f"EAM volume fraction of {fraction:g}"):
        press_plan(MIXED, BOTH, Press(pressure_mpa=100), fraction)


@pytest.mark.parametrize("drive", DRIVES)
def test_density_scaling_lightens_larger_particles_in_proportion(drive: str) -> None:
    scaled, real = (
        plan_of(MIXED, drive=drive, pressure_mpa=LIGHT_MPA, settling=Settling(density_scaling=scaling))
        for scaling in (True, False)
    )
    assert real.density_g_cm3.tolist() == [4.7, 1.74, 1.74, 1.74]
    assert scaled.density_g_cm3[1:] == pytest.approx([1.74 / 2, 1.74 / 2, 1.74])  # radii 1, 1, 0.5
    assert scaled.density_g_cm3[0] == pytest.approx(4.7 * rayleigh_time_us(0.5, SE) / rayleigh_time_us(2, CAM))
    assert scaled.time_step_us == pytest.approx(real.time_step_us)


@pytest.mark.parametrize("drive", DRIVES)
def test_no_mass_is_raised_and_no_platen_heavier_for_drag_where_particles_are_many(drive: str) -> None:
    packing = random_packing(1, ("eam", "se"), size_ratio=3, count=5000)
    plan = plan_of(packing, drive=drive)
    assert (plan.density_g_cm3 <= real_density(packing)).all()
    if plan.platen:
        bed_pg = float(np.sum(plan.density_g_cm3 * packing.volume_um3))
        assert plan.platen.mass_pg == pytest.approx(PLATEN_MASS * bed_pg)


def test_time_step_is_shorter_for_soft_contacts_under_pressure() -> None:
    stiff, soft = (
        time_step_us(1.0, SE, Press(pressure_mpa=375, stiffness_scale=scale)) / rayleigh_time_us(1.0, SE, scale)
        for scale in (0.1, 0.01)
    )
    # √(m/k) ∝ (pressure / modulus)^(-1/6) of the Rayleigh time
    assert soft / stiff == pytest.approx(10 ** (-1 / 6))
    light = Press(pressure_mpa=1e-6)
    expected = light.settling.time_step_fraction * rayleigh_time_us(1.0, SE)
    assert time_step_us(1.0, SE, light) == pytest.approx(expected)


def test_time_step_is_no_longer_than_drag_needs_to_stop_the_lightest() -> None:
    settling = Settling(fall_speed_fraction=1e-4, density_scaling=False)
    press = Press(pressure_mpa=375, drive="body_force", settling=settling)
    plan = press_plan(MIXED, BOTH, press, eam_volume_fraction=0.4)
    lightest = 1.74 * 4 / 3 * np.pi * 0.5**3
    assert plan.time_step_us == pytest.approx(lightest / plan.drag["se"])


@settings(max_examples=30, deadline=None)
@given(packings, st.floats(0.01, 1), st.floats(0.01, 0.99))
def test_contacts_and_densities_are_the_same_under_both_drives(packing: Packing, scale: float, rolling: float) -> None:
    press = {"pressure_mpa": LIGHT_MPA, "stiffness_scale": scale, "rolling_friction": rolling}
    body, platen = (plan_of(packing, drive=drive, **press) for drive in DRIVES)
    assert body.coefficients == platen.coefficients
    part = Settling().weight_fraction
    assert platen.weight_nn == pytest.approx({name: part * force for name, force in body.weight_nn.items()})
    assert body.density_g_cm3.tolist() == platen.density_g_cm3.tolist()
    assert all(f"{rolling!r} damping" in words for words in body.coefficients.values())
    for name, modulus in body.effective_modulus_kpa.items():
        material = BOTH[name]
        plane_strain = scale * material.youngs_modulus_gpa * 1e6 / (1 - material.poisson_ratio**2)
        assert modulus == pytest.approx(plane_strain / 2)


def test_strongly_damped_contacts_cut_the_time_step_in_proportion() -> None:
    press = Press(pressure_mpa=375)
    steps = {e: time_step_us(1.0, SE.model_copy(update={"restitution": e}), press) for e in (0.1, 0.3, 0.7, 1.0)}
    assert steps[0.3] == steps[0.7] == steps[1.0]
    # -ln e / sqrt(pi^2 + ln^2 e) of 0.1 is 0.5912 of critical
    assert steps[0.1] / steps[0.7] == pytest.approx(CALM_DAMPING / 0.5912, rel=1e-3)

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ssbflow.inputs.composition import Composition, WeightPercent
from ssbflow.inputs.material import Material


def powder(density_g_cm3: float) -> Material:
    return Material(
        density_g_cm3=density_g_cm3, youngs_modulus_gpa=100, poisson_ratio=0.3, friction=0.4, restitution=0.7
    )


def mixed(eam: float, se: float, carbon: float = 0, binder: float = 0, /, **fields: Any) -> Composition:
    content: dict[str, Any] = {
        "label": "mix",
        "weight_percent": WeightPercent(eam=eam, se=se, carbon=carbon, binder=binder),
        "eam": powder(4.7),
        "se": powder(1.74),
        "carbon": Material(density_g_cm3=2.0),
        "binder": Material(density_g_cm3=2.15),
    }
    return Composition(**(content | fields))


def test_published_weights_give_the_eam_volume() -> None:
    assert mixed(66, 33, 1).eam_volume_fraction == pytest.approx((66 / 4.7) / (66 / 4.7 + 33 / 1.74))


@given(eam=st.floats(1, 99), eam_density=st.floats(0.5, 10), se_density=st.floats(0.5, 10), additives=st.floats(0, 50))
@settings(max_examples=60, deadline=None)
def test_volumes_of_both_species_fill_the_particles(
    eam: float, eam_density: float, se_density: float, additives: float
) -> None:
    share = 1 - additives / 100
    mix = mixed(eam * share, (100 - eam) * share, additives, eam=powder(eam_density), se=powder(se_density))
    volume = mix.eam_volume_fraction
    mass_of_eam = volume * eam_density / (volume * eam_density + (1 - volume) * se_density)
    assert mass_of_eam == pytest.approx(eam / 100)


def test_pure_powders_have_volume_fractions_0_and_1() -> None:
    assert mixed(0, 100).eam_volume_fraction == 0
    assert mixed(100, 0).eam_volume_fraction == 1


def test_fractions_are_percents_of_one() -> None:
    assert mixed(60, 38, 1.5, 0.5).weight_percent.fractions() == pytest.approx(
        {"eam": 0.6, "se": 0.38, "carbon": 0.015, "binder": 0.005}
    )


def test_particles_are_what_additives_leave() -> None:
    assert mixed(60, 38, 1.5, 0.5).particle_weight_fraction == pytest.approx(0.98)


def test_additives_go_with_the_particles_by_volume() -> None:
    # 100 g of electrode hold 98 g of particles, 1.5 g of carbon and 0.5 g of binder
    expected = (1.5 / 2.0 + 0.5 / 2.15) / 98
    assert mixed(60, 38, 1.5, 0.5).additive_volume_per_particle_mass == pytest.approx(expected)


def test_without_additives_there_is_no_additive_volume() -> None:
    assert mixed(60, 40).additive_volume_per_particle_mass == 0


@pytest.mark.parametrize(("eam", "sum_text"), [(61, "100.5"), (59, "98.5"), (60.6, "100.1")])
def test_weights_that_do_not_sum_to_100_are_refused(eam: float, sum_text: str) -> None:
    with pytest.raises(ValidationError, match=f"weights sum to {sum_text} %; eam \\+ se \\+ carbon \\+ binder"):
        mixed(eam, 38, 1, 0.5)


def test_weights_may_be_rounded() -> None:
    assert mixed(33.333, 66.667 - 0.005).weight_percent.eam == 33.333


def test_negative_weight_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"se\n.*greater than or equal to 0"):
        mixed(110, -10)


def test_additives_alone_make_no_packing() -> None:
    with pytest.raises(ValidationError, match="no particles: eam and se are both 0 %"):
        mixed(0, 0, 60, 40)


@pytest.mark.parametrize("component", ["carbon", "binder"])
def test_additive_with_weight_needs_a_material(component: str) -> None:
    with pytest.raises(ValidationError, match=f"1 wt% {component} but no material: add {component}: NAME"):
        mixed(60, 38, 1, 1, **{component: None})


def test_additive_without_weight_needs_no_material() -> None:
    assert mixed(60, 40, carbon=None, binder=None).additive_volume_per_particle_mass == 0


@pytest.mark.parametrize(("component", "role"), [("eam", "se"), ("se", "eam"), ("carbon", "binder"), ("binder", "se")])
def test_material_of_another_role_is_refused(component: str, role: Any) -> None:
    other = powder(2.0).model_copy(update={"name": "X", "role": role})
    with pytest.raises(ValidationError, match=f"X is a material for {role}, not for {component}; choose another"):
        mixed(60, 38, 1, 1, **{component: other})


def test_material_without_a_role_may_play_any() -> None:
    assert mixed(60, 38, 1, 1, se=powder(4.7), carbon=powder(1.74)).eam_volume_fraction == pytest.approx(60 / 98)


@pytest.mark.parametrize("label", ["CAM60", "60", "C5.3_a=b+c-d", "a" * 80])
def test_label_is_kept(label: str) -> None:
    assert mixed(60, 40, label=label).label == label


@pytest.mark.parametrize("label", ["", "CAM/60", "CAM 60", ".hidden", "-60", "a" * 81, "CAM60\n"])
def test_label_that_would_break_a_path_or_a_command_is_refused(label: str) -> None:
    with pytest.raises(ValidationError, match=r"label\n"):
        mixed(60, 40, label=label)

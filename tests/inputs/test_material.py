from typing import Any

import pytest
from pydantic import ValidationError

from ssbflow.errors import InputError
from ssbflow.inputs.catalog import load_materials, materials_from
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.material import MEASURED_ONLY, MECHANICAL, Material

GLASS = {"density_g_cm3": 2.5, "youngs_modulus_gpa": 70, "poisson_ratio": 0.2, "friction": 0.3, "restitution": 0.8}
CATALOG = {"glass": Material(name="glass", **GLASS), "oil": Material(name="oil", density_g_cm3=0.9)}


def mixed(eam: Any = "glass", binder: Any = "oil") -> Composition:
    content = {
        "label": "mix",
        "weight_percent": {"eam": 50, "se": 49, "binder": 1},
        "eam": eam,
        "se": "glass",
        "binder": binder,
    }
    return Composition.model_validate(content, context={"materials": CATALOG})


def test_material_is_found_by_name() -> None:
    assert mixed(eam="glass").eam == CATALOG["glass"]


def test_material_is_given_in_place() -> None:
    found = mixed(eam={**GLASS, "density_g_cm3": 3}).eam
    assert (found.density_g_cm3, found.youngs_modulus_gpa) == (3, 70)


def test_material_is_given_as_a_model() -> None:
    assert mixed(eam=CATALOG["glass"]).eam is CATALOG["glass"]


def test_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="unknown material 'steel'; known: glass, oil"):
        mixed(eam="steel")


def test_name_without_a_context_is_looked_up_in_the_shipped_catalog() -> None:
    found = Composition.model_validate(
        {"label": "mix", "weight_percent": {"eam": 50, "se": 50}, "eam": "NCM811", "se": "LPSCl"}
    )
    assert found.eam == load_materials()["NCM811"]


def test_material_of_another_role_is_refused() -> None:
    with pytest.raises(ValidationError, match="inline is a material for binder, not for eam"):
        mixed(eam={**GLASS, "role": "binder"})


def test_additive_needs_a_density_only() -> None:
    binder = mixed(binder={"density_g_cm3": 1.1}).binder
    assert binder is not None
    assert binder.density_g_cm3 == 1.1


@pytest.mark.parametrize("lacking", MECHANICAL[1:])
def test_particle_needs_every_mechanical_property(lacking: str) -> None:
    incomplete = {name: value for name, value in GLASS.items() if name != lacking}
    with pytest.raises(ValidationError, match=f"particles need {lacking}; give"):
        mixed(eam=incomplete)


def test_additive_by_name_is_no_particle() -> None:
    with pytest.raises(ValidationError, match="particles need youngs_modulus_gpa, poisson_ratio"):
        mixed(eam="oil")


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("density_g_cm3", 0, "greater than 0"),
        ("density_g_cm3", 4700, "less than 30"),
        ("youngs_modulus_gpa", 0, "greater than 0"),
        ("youngs_modulus_gpa", 25e9, "less than 2000"),
        ("poisson_ratio", 0.5, "less than 0.5"),
        ("poisson_ratio", -0.1, "greater than or equal to 0"),
        ("friction", -0.1, "greater than or equal to 0"),
        ("restitution", 0, "greater than 0"),
        ("restitution", 1.1, "less than or equal to 1"),
        ("conductivity_ionic_s_m", -1, "greater than or equal to 0"),
        ("capacity_mah_g", 0, "greater than 0"),
        ("density_g_cm3", float("nan"), "finite"),
    ],
)
def test_impossible_property_is_refused(field: str, value: float, allowed: str) -> None:
    with pytest.raises(ValidationError, match=rf"{field}\n.*{allowed}"):
        Material.model_validate({**GLASS, field: value})


def test_source_of_no_property_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"sources of unknown properties \['colour'\]; allowed .*density_g_cm3"):
        Material(density_g_cm3=1, sources={"colour": "seen"})


@pytest.mark.parametrize("role", ["se", "carbon", "binder"])
def test_only_active_materials_belong_in_an_electrode(role: str) -> None:
    with pytest.raises(ValidationError, match=f"electrode positive is for EAM, .*; got role {role}"):
        Material.model_validate({**GLASS, "role": role, "electrode": "positive"})
    assert Material.model_validate({**GLASS, "electrode": "positive"}).electrode == "positive"


def test_electrode_of_a_material_changes_no_simulation_and_no_measure() -> None:
    plain, told = mixed(), mixed(eam=CATALOG["glass"].replace(role="eam", electrode="negative"))
    assert told.simulation_inputs() == plain.simulation_inputs()
    assert told.measure_inputs() == plain.measure_inputs()


def test_unknown_property_is_refused() -> None:
    with pytest.raises(ValidationError, match="density_kg_m3"):
        Material.model_validate({**GLASS, "density_kg_m3": 2500})


def test_missing_mechanical_names_what_a_particle_lacks() -> None:
    assert CATALOG["glass"].missing_mechanical() == []
    assert CATALOG["oil"].missing_mechanical() == list(MECHANICAL[1:])


def test_every_number_of_a_material_is_either_mechanical_or_measured_only() -> None:
    numbers = set(Material.model_fields) - {"name", "role", "electrode", "sources"}
    assert numbers == {*MECHANICAL, *MEASURED_ONLY}
    assert not set(MECHANICAL) & set(MEASURED_ONLY)


def test_material_like_another_has_from_there_what_it_does_not_say() -> None:
    found = mixed(eam={"like": "glass", "density_g_cm3": 2.2, "capacity_mah_g": 100}).eam
    assert found.values(MECHANICAL) == {**GLASS, "density_g_cm3": 2.2}
    assert found.capacity_mah_g == 100
    assert found.name == "like glass"


def test_sources_say_what_was_taken_from_another() -> None:
    own = {"like": "NCM811", "density_g_cm3": 4.7, "sources": {"density_g_cm3": "pycnometer"}}
    found = materials_from({"mine": own}, "here", known=load_materials())["mine"]
    assert found.sources["density_g_cm3"] == "pycnometer"
    assert found.sources["friction"] == "as NCM811: " + load_materials()["NCM811"].sources["friction"]
    assert (found.name, found.role, found.electrode) == ("mine", "eam", "positive")


def test_material_may_be_like_one_before_it() -> None:
    two = {"hard": {**GLASS, "youngs_modulus_gpa": 300}, "soft": {"like": "hard", "youngs_modulus_gpa": 3}}
    soft = materials_from(two, "here")["soft"]
    assert (soft.youngs_modulus_gpa, soft.poisson_ratio) == (3, GLASS["poisson_ratio"])


@pytest.mark.parametrize("name", ["steel", 7])
def test_material_like_an_unknown_one_is_refused_with_its_place(name: object) -> None:
    with pytest.raises(InputError, match=rf"here: mine\.like: unknown material '{name}'; known: glass, oil"):
        materials_from({"mine": {"like": name}}, "here", known=CATALOG)


def test_only_materials_for_the_component_are_proposed() -> None:
    content = {"label": "x", "weight_percent": {"eam": 50, "se": 50}, "eam": "NCM811", "se": "LPSC"}
    with pytest.raises(ValidationError, match=r"'LPSC' .did you mean LPSCl..; known: LGPS, LLZO, LPS, LPSCl, Li3In"):
        Composition.model_validate(content)

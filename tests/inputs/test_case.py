import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import COMFORTABLE_WIDTH, Case
from ssbflow.inputs.reading import sweep_from

NORMAL = {"kind": "normal", "mean_um": 1.0, "std_um": 0.1}
POWDER = {
    "density_g_cm3": 4.7,
    "youngs_modulus_gpa": 195,
    "poisson_ratio": 0.3,
    "friction": 0.35,
    "restitution": 0.7,
    "conductivity_electronic_s_m": 1.0,
    "conductivity_ionic_s_m": 0.1,
    "capacity_mah_g": 196,
    "mean_voltage_v": 3.8,
}
CONTENT: dict[str, Any] = {
    "name": "identities",
    "compositions": [
        {
            "label": "CAM60",
            "weight_percent": {"eam": 60, "se": 38, "carbon": 1, "binder": 1},
            "eam": POWDER,
            "se": {**POWDER, "density_g_cm3": 1.87},
            "carbon": {"density_g_cm3": 2.0},
            "binder": {"density_g_cm3": 2.15},
        }
    ],
    "distributions": [
        {
            "label": "fine",
            "eam": {"kind": "lognormal", "basis": "volume", "d50_um": 3, "d95_um": 5},
            "se": {
                "kind": "bimodal",
                "basis": "number",
                "small": NORMAL,
                "large": {**NORMAL, "mean_um": 2},
                "large_fraction": 0.5,
            },
        }
    ],
    "seeds": [1],
    "protocol": {"box": {"edge_um": 20, "areal_mass_mg_cm2": 5}, "press": {"pressure_mpa": 375, "settling": {}}},
    "analysis": {},
}

Place = tuple[str | int, ...]

COMPOSITION: Place = ("compositions", 0)
DISTRIBUTION: Place = ("distributions", 0)
BOX: Place = ("protocol", "box")
PRESS: Place = ("protocol", "press")


def changed(*changes: tuple[Place, Any]) -> dict[str, Any]:
    content = copy.deepcopy(CONTENT)
    for path, value in changes:
        place: Any = content
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    return content


def case_of(content: Mapping[str, Any]) -> Case:
    return next(sweep_from(dict(content)).cases())


def ids_of(content: Mapping[str, Any]) -> tuple[str, str]:
    """The case_id and the measure_id."""
    sweep = sweep_from(dict(content))
    case = next(sweep.cases())
    return case.case_id, case.measure_id(sweep.analysis)


CASE_ID, MEASURE_ID = ids_of(CONTENT)

NO_INPUTS: dict[str, tuple[Place, Any]] = {
    "name of the sweep": (("name",), "other"),
    "description": (("description",), "another night"),
    "label of the composition": ((*COMPOSITION, "label"), "other"),
    "source of the composition": ((*COMPOSITION, "source"), "a paper"),
    "name of a material": ((*COMPOSITION, "eam", "name"), "NCM"),
    "role of a material": ((*COMPOSITION, "eam", "role"), "eam"),
    "sources of a material": ((*COMPOSITION, "eam", "sources"), {"friction": "a paper"}),
    "label of the distribution": ((*DISTRIBUTION, "label"), "other"),
    "source of a distribution": ((*DISTRIBUTION, "eam", "source"), "a data sheet"),
    "source of a mode": ((*DISTRIBUTION, "se", "small", "source"), "a data sheet"),
    "basis of a mode, said again": ((*DISTRIBUTION, "se", "small", "basis"), "number"),
    "label of the protocol": (("protocol", "label"), "other"),
    "label of the analysis": (("analysis", "label"), "other"),
    "time limit": ((*PRESS, "time_limit_s"), 60),
    "ranks": ((*PRESS, "ranks"), 2),
    "ranks by the number of particles": ((*PRESS, "ranks"), "auto"),
    "no release, said": (("protocol", "release"), None),
    "float for int": ((*BOX, "edge_um"), 20.0),
    "int for float": ((*COMPOSITION, "carbon", "density_g_cm3"), 2),
    "float for int in a material": ((*COMPOSITION, "eam", "youngs_modulus_gpa"), 195.0),
    "float for int in a weight": ((*COMPOSITION, "weight_percent", "eam"), 60.0),
    "float for int in a percentile": ((*DISTRIBUTION, "eam", "d50_um"), 3.0),
    "a default, said": ((*DISTRIBUTION, "eam", "bins"), 10),
    "a default of the press, said": ((*PRESS, "drive"), "platen"),
    "a further seed": (("seeds",), [1, 2]),
    "an unused material": (("materials",), {"steel": {"density_g_cm3": 7.8}}),
}


@pytest.mark.parametrize("change", NO_INPUTS)
def test_what_is_no_input_changes_no_identity(change: str) -> None:
    assert ids_of(changed(NO_INPUTS[change])) == (CASE_ID, MEASURE_ID)


MECHANICAL_CHANGES = {
    "density_g_cm3": 4.6,
    "youngs_modulus_gpa": 190,
    "poisson_ratio": 0.25,
    "friction": 0.4,
    "restitution": 0.6,
}

SIMULATION_INPUTS: dict[str, tuple[Place, Any]] = {
    **{
        f"{name} of the {species}": ((*COMPOSITION, species, name), value)
        for species in ("eam", "se")
        for name, value in MECHANICAL_CHANGES.items()
    },
    "weights": ((*COMPOSITION, "weight_percent"), {"eam": 61, "se": 37, "carbon": 1, "binder": 1}),
    "seed": (("seeds",), [2]),
    "box edge": ((*BOX, "edge_um"), 21),
    "areal mass": ((*BOX, "areal_mass_mg_cm2"), 6),
    "grid spaces": ((*BOX, "spaces_per_edge"), 7),
    "tolerance of the fill": ((*BOX, "eam_volume_tolerance"), 0.02),
    "pressure": ((*PRESS, "pressure_mpa"), 380),
    "drive": ((*PRESS, "drive"), "body_force"),
    "stiffness scale": ((*PRESS, "stiffness_scale"), 0.5),
    "rolling friction": ((*PRESS, "rolling_friction"), 0.1),
    "frames": ((*PRESS, "frames"), 10),
    "release": (("protocol", "release"), {"pressure_mpa": 5}),
    "dense start": ((*PRESS, "settling", "initial_solid_fraction"), 0.4),
    "time step": ((*PRESS, "settling", "time_step_fraction"), 0.1),
    "time step of contacts": ((*PRESS, "settling", "contact_time_fraction"), 0.1),
    "real densities": ((*PRESS, "settling", "density_scaling"), False),
    "fall speed": ((*PRESS, "settling", "fall_speed_fraction"), 0.01),
    "weight of the particles": ((*PRESS, "settling", "weight_fraction"), 0),
    "force limit": ((*PRESS, "settling", "unbalanced_force_limit"), 1e-4),
    "floor tolerance": ((*PRESS, "settling", "floor_force_tolerance"), 0.02),
    "drift of the height": ((*PRESS, "settling", "height_drift_limit"), 1e-5),
    "most steps": ((*PRESS, "settling", "max_steps"), 5000),
    "a percentile": ((*DISTRIBUTION, "eam", "d95_um"), 5.1),
    "basis": ((*DISTRIBUTION, "eam", "basis"), "number"),
    "bins": ((*DISTRIBUTION, "eam", "bins"), 9),
    "a mode": ((*DISTRIBUTION, "se", "small", "std_um"), 0.11),
    "share of a mode": ((*DISTRIBUTION, "se", "large_fraction"), 0.51),
}


@pytest.mark.parametrize("change", SIMULATION_INPUTS)
def test_every_input_of_a_simulation_changes_the_case_id_alone(change: str) -> None:
    case_id, measure_id = ids_of(changed(SIMULATION_INPUTS[change]))
    assert case_id != CASE_ID
    assert measure_id == MEASURE_ID


MEASURE_INPUTS: dict[str, tuple[Place, Any]] = {
    "ionic conductivity": ((*COMPOSITION, "se", "conductivity_ionic_s_m"), 0.2),
    "electronic conductivity": ((*COMPOSITION, "eam", "conductivity_electronic_s_m"), 2.0),
    "capacity": ((*COMPOSITION, "eam", "capacity_mah_g"), 180),
    "voltage": ((*COMPOSITION, "eam", "mean_voltage_v"), 3.7),
    "density of the carbon": ((*COMPOSITION, "carbon", "density_g_cm3"), 1.9),
    "density of the binder": ((*COMPOSITION, "binder", "density_g_cm3"), 1.0),
    "overlap criterion": (("analysis", "overlap_criterion"), 1.02),
    "surface cutoff": (("analysis", "surface_cutoff_um"), 0.5),
    "pairs": (("analysis", "path_pairs"), 100),
    "sources of paths": (("analysis", "path_sources"), 10),
}


@pytest.mark.parametrize("change", MEASURE_INPUTS)
def test_every_input_of_the_measures_changes_the_measure_id_alone(change: str) -> None:
    case_id, measure_id = ids_of(changed(MEASURE_INPUTS[change]))
    assert case_id == CASE_ID
    assert measure_id != MEASURE_ID


def test_two_changes_give_yet_another_identity() -> None:
    pressure, friction = SIMULATION_INPUTS["pressure"], SIMULATION_INPUTS["friction of the eam"]
    ids = {CASE_ID, *(ids_of(changed(*changes))[0] for changes in ([pressure], [friction], [pressure, friction]))}
    assert len(ids) == 4


def test_exchanged_species_are_another_case() -> None:
    composition = CONTENT["compositions"][0]
    exchanged = changed(((*COMPOSITION, "eam"), composition["se"]), ((*COMPOSITION, "se"), composition["eam"]))
    assert case_of(exchanged).case_id != CASE_ID


def shuffled(content: Any, draw: st.DataObject) -> Any:
    if isinstance(content, dict):
        keys = draw.draw(st.permutations(list(content)))
        return {key: shuffled(content[key], draw) for key in keys}
    return [shuffled(item, draw) for item in content] if isinstance(content, list) else content


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_order_of_keys_changes_no_identity(data: st.DataObject) -> None:
    assert ids_of(shuffled(CONTENT, data)) == (CASE_ID, MEASURE_ID)


def test_identities_are_32_hex_digits() -> None:
    assert re.fullmatch("[0-9a-f]{32}", CASE_ID)
    assert re.fullmatch("[0-9a-f]{32}", MEASURE_ID)


def test_material_by_name_is_the_material_in_place(tiny_file: Path, tiny_case: Case) -> None:
    content = yaml.safe_load(tiny_file.read_text(encoding="utf-8"))
    by_name = tiny_case.design.composition.eam
    content["compositions"][0]["eam"] = by_name.model_dump(exclude={"name", "sources", "role"}, exclude_none=True)
    in_place = case_of(content)
    assert in_place.case_id == tiny_case.case_id
    assert in_place.measure_id(Analysis()) == tiny_case.measure_id(Analysis())


def test_case_survives_a_round_trip_through_json(tiny_case: Case) -> None:
    assert Case.model_validate_json(tiny_case.model_dump_json()).case_id == tiny_case.case_id


def test_copy_with_another_seed_is_another_case(tiny_case: Case) -> None:
    assert tiny_case.case_id != tiny_case.model_copy(update={"seed": 99}).case_id


def test_case_whose_identity_was_asked_for_can_be_replaced(tiny_case: Case) -> None:
    assert tiny_case.case_id
    other = tiny_case.replace(seed=99)
    assert (other.seed, other.case_id) == (99, tiny_case.model_copy(update={"seed": 99}).case_id)


def test_largest_particle_of_either_species_counts(tiny_case: Case) -> None:
    assert tiny_case.design.distribution.largest_um == 3
    assert tiny_case.design.widths_of_largest == pytest.approx(8 / 3)


def test_box_as_wide_as_is_comfortable_gives_no_warning(tiny_file: Path) -> None:
    content = yaml.safe_load(tiny_file.read_text(encoding="utf-8"))
    content["protocol"]["box"]["edge_um"] = COMFORTABLE_WIDTH * 3
    assert case_of(content).design.warnings() == []

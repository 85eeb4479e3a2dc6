import math
from typing import Any

import pytest
from annotated_types import Le
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ssbflow.inputs.identity import identity
from ssbflow.inputs.protocol import Box, Press, Protocol, Release, Settling


def protocol(box: dict[str, Any] | None = None, press: dict[str, Any] | None = None, **fields: Any) -> Protocol:
    content = {
        "box": {"edge_um": 20, "areal_mass_mg_cm2": 16, **(box or {})},
        "press": {"pressure_mpa": 375, **(press or {})},
    }
    return Protocol.model_validate(content | fields)


def test_a_platen_and_elastic_spheres_without_release_are_the_defaults() -> None:
    default = protocol()
    assert default.box.eam_volume_tolerance == 0.01
    assert default.box.spaces_per_edge is None
    assert default.press.drive == "platen"
    assert default.press.contact_law == "hertz_material"
    assert (default.press.stiffness_scale, default.press.rolling_friction) == (1, 0)
    assert default.press.ranks == 1
    assert default.release is None


def test_only_the_body_force_needs_a_surplus_to_cut_off() -> None:
    assert Press(pressure_mpa=375, drive="body_force").overfills
    assert not Press(pressure_mpa=375, drive="platen").overfills


def box_of(**fields: Any) -> Box:
    return Box.model_validate({"edge_um": 35, **fields})


def test_pellet_has_the_areal_mass_of_its_die() -> None:
    """22.7 mg on a radius of 5 mm: 22.7 / (3.14159 x 0.25 cm²) = 28.90 mg/cm²; not of 500 µm, as published."""
    assert box_of(pellet={"radius_mm": 5, "mass_mg": 22.7}).areal_mass_mg_cm2 == pytest.approx(28.90, abs=0.005)


@settings(max_examples=50, deadline=None)
@given(radius_mm=st.floats(0.5, 50), mass_mg=st.floats(0.1, 5000))
def test_pellet_is_the_same_case_as_its_areal_mass(radius_mm: float, mass_mg: float) -> None:
    of_pellet = box_of(pellet={"radius_mm": radius_mm, "mass_mg": mass_mg})
    direct = box_of(areal_mass_mg_cm2=of_pellet.areal_mass_mg_cm2)
    assert of_pellet.areal_mass_mg_cm2 * math.pi * radius_mm**2 == pytest.approx(100 * mass_mg)
    inputs = [Protocol(box=box, press=Press(pressure_mpa=375)).simulation_inputs() for box in (of_pellet, direct)]
    assert identity(inputs[0]) == identity(inputs[1])


def test_box_of_a_pellet_may_be_changed() -> None:
    made = box_of(pellet={"radius_mm": 5, "mass_mg": 22.7})
    assert made.replace(edge_um=20) == box_of(areal_mass_mg_cm2=made.areal_mass_mg_cm2).replace(edge_um=20)


def upper_bound(field: str) -> float:
    """The largest value that a field of the settling takes."""
    [bound] = [rule.le for rule in Settling.model_fields[field].metadata if isinstance(rule, Le)]
    return float(bound)


BOUNDED = ["initial_solid_fraction", "time_step_fraction", "contact_time_fraction"]


@pytest.mark.parametrize("field", BOUNDED)
def test_fractions_of_the_settling_are_bounded_by_what_a_packing_can_stand(field: str) -> None:
    bound = upper_bound(field)
    assert bound < 0.7
    assert (getattr(Settling(), field) or 0) <= bound
    assert getattr(Settling(**{field: bound}), field) == bound
    for beyond in (bound * (1 + 1e-9), 50, 0, -0.1):
        with pytest.raises(ValidationError, match=f"{field}\n.*(less|greater) than"):
            protocol(press={"settling": {field: beyond}})


def test_loose_box_is_pressed_as_it_is_where_no_start_is_given() -> None:
    assert Settling().initial_solid_fraction is None
    assert protocol(press={"settling": {"initial_solid_fraction": 0.5}}) != protocol()


@settings(max_examples=50, deadline=None)
@given(pressed=st.floats(0.1, 5000), released=st.floats(0.1, 5000))
def test_release_is_below_the_press(pressed: float, released: float) -> None:
    fields = {"press": {"pressure_mpa": pressed}, "release": {"pressure_mpa": released}}
    if released < pressed:
        assert protocol(**fields).release == Release(pressure_mpa=released)
        return
    with pytest.raises(ValidationError, match=r"release.pressure_mpa must be below .*press.pressure_mpa, .*; got "):
        protocol(**fields)


def test_release_without_a_pressure_goes_to_a_light_one() -> None:
    released = protocol(release={}).release
    assert released
    assert 0 < released.pressure_mpa < 375


@pytest.mark.parametrize("ranks", [1, 64, "auto"])
def test_ranks_are_a_number_or_auto(ranks: int | str) -> None:
    assert protocol(press={"ranks": ranks}).press.ranks == ranks


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a negative pressure": ({"press": {"pressure_mpa": -375}}, "press.pressure_mpa\n.*greater than 0"),
    "an unknown pressure": ({"press": {"pressure_mpa": float("nan")}}, "press.pressure_mpa\n.*finite"),
    "no pressure": ({"press": {"pressure_mpa": 0}}, "press.pressure_mpa\n.*greater than 0"),
    "a box of no width": ({"box": {"edge_um": 0}}, "box.edge_um\n.*greater than 0"),
    "no mass": ({"box": {"areal_mass_mg_cm2": 0}}, "box.areal_mass_mg_cm2\n.*greater than 0"),
    "a mass said twice": (
        {"box": {"pellet": {"radius_mm": 5, "mass_mg": 20}}},
        "areal_mass_mg_cm2 or a pellet, not both",
    ),
    "an infinite mass": ({"box": {"areal_mass_mg_cm2": float("inf")}}, "finite"),
    "no grid spaces": ({"box": {"spaces_per_edge": 0}}, "greater than or equal to 1"),
    "half a grid space": ({"box": {"spaces_per_edge": 8.5}}, "integer"),
    "no tolerance": ({"box": {"eam_volume_tolerance": 0}}, "greater than 0"),
    "an unknown drive": ({"press": {"drive": "hammer"}}, "press.drive\n.*'body_force' or 'platen'"),
    "an unknown contact law": ({"press": {"contact_law": "mdr"}}, "press.contact_law\n.*'hertz_material'"),
    "a rolling friction below 0": ({"press": {"rolling_friction": -0.1}}, "press.rolling_friction\n.*or equal to 0"),
    "a rolling friction above 1": ({"press": {"rolling_friction": 1.1}}, "press.rolling_friction\n.*or equal to 1"),
    "no ranks": ({"press": {"ranks": 0}}, "greater than or equal to 1"),
    "half a rank": ({"press": {"ranks": 1.5}}, "press.ranks"),
    "ranks in another word": ({"press": {"ranks": "all"}}, "press.ranks.*\n.*'auto'"),
    "a release to nothing": ({"release": {"pressure_mpa": 0}}, "release.pressure_mpa\n.*greater than 0"),
    "a key of the press in the release": ({"release": {"drive": "platen"}}, "release.drive"),
    "no drift": ({"press": {"settling": {"height_drift_limit": 0}}}, "press.settling.height_drift_limit"),
    "a heavy weight": ({"press": {"settling": {"weight_fraction": 0.11}}}, "press.settling.weight_fraction"),
    "too few steps": ({"press": {"settling": {"max_steps": 999}}}, "press.settling.max_steps"),
    "no stiffness": ({"press": {"stiffness_scale": 0}}, "greater than 0"),
    "one frame": ({"press": {"frames": 1}}, "greater than or equal to 2"),
    "no time": ({"press": {"time_limit_s": 0}}, "greater than 0"),
    "no time step": ({"press": {"settling": {"time_step_fraction": 0}}}, "press.settling.time_step_fraction"),
    "a key of the box in the press": ({"press": {"edge_um": 20}}, "press.edge_um"),
    "a label with a dot": ({"label": "a.b"}, "label"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_impossible_protocol_is_refused(case: str) -> None:
    fields, message = REFUSED[case]
    with pytest.raises(ValidationError, match=message):
        protocol(**fields)


@pytest.mark.parametrize(
    ("pellet", "message"),
    [
        ({"radius_mm": 0, "mass_mg": 20}, r"box\n.*pellet: radius_mm: .*greater than 0; got 0"),
        ({"radius_mm": 5, "mass_mg": -1}, r"box\n.*pellet: mass_mg: .*greater than 0; got -1"),
        ({"radius_mm": 5}, r"box\n.*pellet: mass_mg: is missing"),
        ({"radius_um": 500, "mass_mg": 20}, r"box\n.*pellet: radius_um: unknown key"),
        ("flat", r"box\n.*pellet: .*dictionary"),
    ],
)
def test_impossible_pellet_is_refused(pellet: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Protocol.model_validate({"box": {"edge_um": 20, "pellet": pellet}, "press": {"pressure_mpa": 375}})


@pytest.mark.parametrize("press", [{"time_limit_s": 60}, {"ranks": 4}, {"ranks": "auto"}])
def test_label_source_time_limit_and_ranks_are_no_inputs_of_a_simulation(press: dict[str, Any]) -> None:
    named = protocol(label="night", source="calibrated", press=press)
    assert named.simulation_inputs() == protocol().simulation_inputs()


def test_everything_else_is_an_input_of_a_simulation() -> None:
    inputs = protocol(release={}).simulation_inputs()
    assert set(inputs) == {"box", "press", "release"}
    assert set(inputs["box"]) == {"edge_um", "areal_mass_mg_cm2", "spaces_per_edge", "eam_volume_tolerance"}
    assert set(inputs["press"]) == set(Press.model_fields) - {"time_limit_s", "ranks"}
    assert set(inputs["press"]["settling"]) == set(Settling.model_fields)
    assert set(inputs["release"]) == set(Release.model_fields)


@pytest.mark.parametrize(
    "fields",
    [{"press": {"drive": "body_force"}}, {"press": {"rolling_friction": 0.1}}, {"release": {}}],
    ids=["drive", "rolling friction", "release"],
)
def test_what_is_new_in_the_press_changes_the_simulation(fields: dict[str, Any]) -> None:
    assert protocol(**fields).simulation_inputs() != protocol().simulation_inputs()

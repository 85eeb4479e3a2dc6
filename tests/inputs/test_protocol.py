from typing import Any

import pytest
from pydantic import ValidationError

from ssbflow.inputs.protocol import Protocol


def protocol(box: dict[str, Any] | None = None, press: dict[str, Any] | None = None, **fields: Any) -> Protocol:
    content = {
        "box": {"edge_um": 20, "areal_mass_mg_cm2": 16, **(box or {})},
        "press": {"pressure_mpa": 375, **(press or {})},
    }
    return Protocol.model_validate(content | fields)


def test_published_choices_are_the_defaults() -> None:
    published = protocol()
    assert published.box.eam_volume_tolerance == 0.01
    assert published.box.spaces_per_edge is None
    assert published.press.drive == "body_force"
    assert published.press.contact_law == "hertz_material"
    assert published.press.stiffness_scale == 1


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no pressure": ({"press": {"pressure_mpa": 0}}, "press.pressure_mpa\n.*greater than 0"),
    "a box of no width": ({"box": {"edge_um": 0}}, "box.edge_um\n.*greater than 0"),
    "no mass": ({"box": {"areal_mass_mg_cm2": 0}}, "box.areal_mass_mg_cm2\n.*greater than 0"),
    "an infinite mass": ({"box": {"areal_mass_mg_cm2": float("inf")}}, "finite"),
    "no grid spaces": ({"box": {"spaces_per_edge": 0}}, "greater than or equal to 1"),
    "half a grid space": ({"box": {"spaces_per_edge": 8.5}}, "integer"),
    "no tolerance": ({"box": {"eam_volume_tolerance": 0}}, "greater than 0"),
    "an unknown drive": ({"press": {"drive": "hammer"}}, "press.drive\n.*'body_force'"),
    "an unknown contact law": ({"press": {"contact_law": "mdr"}}, "'hertz_material'"),
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


def test_label_and_time_limit_are_no_inputs_of_a_simulation() -> None:
    assert protocol(label="night", press={"time_limit_s": 60}).simulation_inputs() == protocol().simulation_inputs()


def test_everything_else_is_an_input_of_a_simulation() -> None:
    inputs = protocol().simulation_inputs()
    assert set(inputs["box"]) == {"edge_um", "areal_mass_mg_cm2", "spaces_per_edge", "eam_volume_tolerance"}
    assert set(inputs["press"]) == set(type(protocol().press).model_fields) - {"time_limit_s"}

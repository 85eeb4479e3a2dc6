import math

import numpy as np
import pytest
from hypothesis import given, settings
from structure_oracles import SC, lattice, packings

from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.structure import measures, released
from ssbflow.structure.measures import measure
from ssbflow.structure.released import measure_released
from ssbflow.variable import Variable

UNION_TOLERANCE = 1e-3  # of the solid volume


def test_unloaded_lattice_has_the_height_and_porosity_in_closed_form() -> None:
    # touching spheres, of which the plane leaves half a space free above
    points = lattice(SC, (4, 4, 2), edge=1.0) + np.array([0, 0, 0.5])
    values = measure_released(Packing(points, [0.5] * len(points), ["se"] * len(points), (4.0, 4.0), 3.5))
    assert values["height_released"] == 3.5
    assert values["porosity_released"] == pytest.approx(1 - math.pi / 6 * 3 / 3.5, abs=UNION_TOLERANCE)


@settings(max_examples=15, deadline=None)
@given(packings((5, 40)))
def test_unloaded_packing_is_measured_like_the_pressed_one(packing: Packing) -> None:
    pressed, unloaded = measure(packing), measure_released(packing)
    assert unloaded["height_released"] == pressed["height"]
    assert unloaded["porosity_released"] == pressed["porosity"]


def test_packing_that_springs_back_is_taller_and_more_porous() -> None:
    points = lattice(SC, (3, 3, 2), edge=1.0) + np.array([0, 0, 0.5])
    pressed, unloaded = (
        measure_released(Packing(points * [1, 1, stretch], [0.5] * len(points), ["se"] * len(points), (3.0, 3.0)))
        for stretch in (0.9, 1.0)
    )
    assert unloaded["height_released"] > pressed["height_released"]
    assert unloaded["porosity_released"] > pressed["porosity_released"]


def test_every_variable_of_the_unloaded_state_is_measured_and_says_so() -> None:
    values = measure_released(Packing([[4, 4, 1]], [1], ["se"], (8.0, 8.0)))
    assert set(values) == {variable.name for variable in released.VARIABLES}
    assert {variable.state for variable in released.VARIABLES} == {"released"}


def test_the_cube_knows_which_variables_are_of_the_unloaded_state(tiny_case: Case) -> None:
    of_released = {variable.name for variable in measures.VARIABLES if variable.state != "loaded"}
    assert of_released == {variable.name for variable in released.VARIABLES}
    loaded = measure(Packing([[4, 4, 1]], [1], ["se"], (8.0, 8.0)), composition=tiny_case.design.composition)
    assert not of_released & set(loaded)


def test_attributes_name_a_state_other_than_the_cubes_own() -> None:
    plain = Variable("porosity", "1", "porosity")
    assert plain.attributes({}) == {"units": "1", "long_name": "porosity"}
    unloaded = Variable("porosity_released", "1", "porosity", state="released")
    assert unloaded.attributes({}) == {"units": "1", "long_name": "porosity", "state": "released"}


def test_comment_tells_the_fields_of_the_analysis() -> None:
    area = Variable("area", "m2", "area", "contact radius: {contact_radius}")
    assert area.attributes({"contact_radius": "hertz"})["comment"] == "contact radius: hertz"

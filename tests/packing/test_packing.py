import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ssbflow.errors import InputError
from ssbflow.packing.packing import Packing, volume_below

GOOD: dict[str, Any] = {
    "position_um": [[1, 1, 1], [3, 3, 2]],
    "radius_um": [1, 0.5],
    "species": ["se", "eam"],
    "edge_um": (5, 4),
}


def packing(**changes: Any) -> Packing:
    return Packing(**(GOOD | changes))


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "one position, flat": ({"position_um": [1, 1, 1]}, r"position_um must have shape \(N, 3\); got \(3,\)"),
    "positions in a plane": ({"position_um": [[1, 1], [2, 2]]}, r"position_um must have shape \(N, 3\); got \(2, 2\)"),
    "no particles": ({"position_um": np.zeros((0, 3)), "radius_um": [], "species": []}, "at least one particle"),
    "a radius too few": ({"radius_um": [1]}, r"radius_um must have shape \(2,\) like position_um; got \(1,\)"),
    "a species too many": ({"species": ["se"] * 3}, r"species must have shape \(2,\) like position_um; got \(3,\)"),
    "one species for all": ({"species": "se"}, r"species must have shape \(2,\) like position_um; got \(\)"),
    "text for a position": ({"position_um": [["a", 1, 1], [3, 3, 2]]}, "position_um must be an array of numbers; got"),
    "ragged positions": ({"position_um": [[1, 1, 1], [3, 3]]}, "position_um must be an array of numbers"),
    "text for a radius": ({"radius_um": ["big", 1]}, r"radius_um must be an array of numbers; got \['big', 1\]"),
    "an unknown position": ({"position_um": [[1, 1, 1], [3, np.nan, 2]]}, "position_um must be finite; particle 1"),
    "an infinite position": ({"position_um": [[1, 1, np.inf], [3, 3, 2]]}, "position_um must be finite; particle 0"),
    "a centre below the floor": ({"position_um": [[1, 1, 1], [3, 3, -0.1]]}, "the floor is z = 0 .*got z = -0.1 µm"),
    "an unknown species": ({"species": ["se", "cam"]}, r"species must be 'eam' or 'se'; got \['cam'\]"),
    "a radius of 0": ({"radius_um": [1, 0]}, "radius_um must be finite and above 0; got 0 to 1"),
    "a negative radius": ({"radius_um": [1, -0.5]}, "radius_um must be finite and above 0; got -0.5 to 1"),
    "an unknown radius": ({"radius_um": [1, np.nan]}, "radius_um must be finite and above 0; got nan"),
    "one edge": ({"edge_um": (5,)}, r"edge_um must be two lengths above 0, along x and y; got \(5,\)"),
    "three edges": ({"edge_um": (5, 4, 3)}, r"edge_um must be two lengths .*got \(5, 4, 3\)"),
    "an edge of 0": ({"edge_um": (0, 4)}, r"edge_um must be two lengths above 0.*got \(0, 4\)"),
    "an infinite edge": ({"edge_um": (5, np.inf)}, r"edge_um must be two lengths above 0.*got \(5, inf\)"),
    "a number for the edges": ({"edge_um": 5}, "edge_um must be two lengths above 0.*got 5"),
    "text for an edge": ({"edge_um": ("wide", 4)}, "edge_um must be an array of numbers; got .*wide"),
    "a box no wider than a particle": ({"edge_um": (5, 2)}, r"edge_um \[5.0, 2.0\] is no wider .* diameter, 2 µm"),
    "no height": ({"height_um": 0}, "height_um must be above 0; got 0"),
    "an unknown height": ({"height_um": np.nan}, "height_um must be above 0; got nan"),
    "text for a height": ({"height_um": "tall"}, "height_um must be an array of numbers; got 'tall'"),
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_refusal_names_what_was_got_and_what_is_wanted(mistake: str) -> None:
    changes, message = REFUSED[mistake]
    with pytest.raises(InputError, match=message):
        packing(**changes)


@given(
    place=st.tuples(st.floats(-100, 100), st.floats(-100, 100)),
    edges=st.tuples(st.floats(2.5, 40), st.floats(2.5, 40)),
)
@settings(max_examples=80, deadline=None)
def test_positions_are_wrapped_into_the_box(place: tuple[float, float], edges: tuple[float, float]) -> None:
    wrapped = Packing([[*place, 1]], [1], ["se"], edges).position_um[0]
    for got, given_um, edge in zip(wrapped, place, edges, strict=False):
        assert 0 <= got < edge
        images = (given_um - got) / edge
        assert images == pytest.approx(round(images), abs=1e-9)


def test_a_hair_below_the_edge_of_the_box_stays_inside() -> None:
    assert (packing(position_um=[[-1e-20, 4, 1], [5, -1e-17, 2]]).position_um[:, :2] == 0).all()


def test_heights_are_not_wrapped() -> None:
    assert packing(position_um=[[1, 1, 100], [3, 3, 2]]).position_um[0, 2] == 100


def test_height_is_the_highest_top_where_none_is_given() -> None:
    assert packing().height_um == 2.5
    assert packing(radius_um=[1.8, 0.5]).height_um == 2.8


def test_given_height_is_kept() -> None:
    assert packing(height_um=1.5).height_um == 1.5


def test_particles_are_inside_where_their_centres_are() -> None:
    assert packing(height_um=1.5).inside.tolist() == [True, False]
    assert packing(height_um=2).inside.tolist() == [True, True]


def test_species_are_eam_or_se() -> None:
    assert packing().is_eam.tolist() == [False, True]
    assert packing().is_se.tolist() == [True, False]


def test_volumes_are_those_of_spheres() -> None:
    assert packing().volume_um3 == pytest.approx([4 / 3 * math.pi, math.pi / 6])
    assert packing().eam_volume_fraction() == pytest.approx(1 / 9)
    assert packing().cross_section_um2 == 20


def test_height_cuts_the_volume() -> None:
    assert packing(height_um=1).volume_below_height_um3 == pytest.approx([2 / 3 * math.pi, 0])


def test_selected_keeps_box_and_height() -> None:
    chosen = packing().selected(np.array([True, False]))
    assert (len(chosen), chosen.edge_um, chosen.height_um) == (1, (5.0, 4.0), 2.5)
    assert chosen.species.tolist() == ["se"]


def test_arrays_of_the_caller_stay_the_callers() -> None:
    position, radius, species = np.array([[1.0, 1, 1]]), np.array([1.0]), np.array(["se"])
    built = Packing(position, radius, species, (5, 4))
    position[0, 0], radius[0], species[0] = 2.0, 0.5, "xx"
    assert (built.position_um[0, 0], built.radius_um[0], built.species[0]) == (1, 1, "se")


def test_positions_of_the_caller_are_not_wrapped_in_place() -> None:
    position = np.array([[7.0, 1, 1]])
    Packing(position, [1.0], ["se"], (5, 4))
    assert position[0, 0] == 7


def test_packing_travels_between_processes() -> None:
    there = pickle.loads(pickle.dumps(packing(height_um=2.2)))
    assert np.array_equal(there.position_um, packing().position_um)
    assert (there.height_um, there.edge_um) == (2.2, (5.0, 4.0))


@given(centre=st.floats(0, 20), radius=st.floats(0.05, 8), plane=st.floats(-5, 30))
@settings(max_examples=80, deadline=None)
def test_volume_below_is_the_integral_of_the_cross_sections(centre: float, radius: float, plane: float) -> None:
    top = min(max(plane, centre - radius), centre + radius)
    integral, _ = quad(lambda z: math.pi * (radius**2 - (z - centre) ** 2), centre - radius, top)
    found = volume_below(np.array([centre]), np.array([radius]), plane)[0]
    assert found == pytest.approx(integral, rel=1e-7, abs=1e-9)


def test_volume_below_runs_from_nothing_to_the_whole_sphere() -> None:
    planes = np.linspace(-1, 9, 50)
    volumes = [volume_below(np.array([4.0]), np.array([2.0]), plane)[0] for plane in planes]
    assert volumes[0] == 0
    assert volumes[-1] == pytest.approx(4 / 3 * math.pi * 8)
    assert (np.diff(volumes) >= 0).all()

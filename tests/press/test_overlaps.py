import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import random_packing

from ssbflow.errors import InputError
from ssbflow.packing.packing import Packing
from ssbflow.press.overlaps import COINCIDENT, MOST_FILLED, check_separable

EDGES = (8.0, 6.0)
packings = st.builds(
    random_packing, st.integers(0, 2**32 - 1), st.sampled_from([("eam", "se"), ("se",)]), size_ratio=st.floats(1, 20)
)


def pair(first: list[float], second: list[float]) -> Packing:
    """Two spheres in a box that is large enough for both; the smaller radius is 1."""
    return Packing([first, second], [1, 1.5], ["se", "eam"], EDGES, 20.0)


@settings(max_examples=40, deadline=None)
@given(packings, st.floats(0.05, 1))
def test_spheres_that_only_overlap_are_refused_where_they_fill_too_much_of_the_box(
    packing: Packing, part: float
) -> None:
    closer, height = packing.position_um * [1, 1, part], part * packing.height_um
    dense = Packing(closer, packing.radius_um, packing.species, packing.edge_um, height)
    if dense.volume_below_height_um3.sum() <= MOST_FILLED * height * packing.cross_section_um2:
        check_separable(dense)
        return
    with pytest.raises(InputError, match=r"would fill \d+ % of the box"):
        check_separable(dense)


@settings(max_examples=40, deadline=None)
@given(packings, st.data())
def test_two_centres_on_one_spot_are_refused_by_their_numbers(packing: Packing, data: st.DataObject) -> None:
    first, second = sorted(data.draw(st.permutations(range(len(packing))))[:2])
    position = packing.position_um.copy()
    position[second] = position[first]
    with pytest.raises(InputError, match=rf"particles {first} and {second} have the same centre"):
        check_separable(Packing(position, packing.radius_um, packing.species, packing.edge_um))


def test_centres_may_be_near_each_other() -> None:
    check_separable(pair([4, 3, 2], [4, 3, 2 + 1.01 * COINCIDENT]))
    with pytest.raises(InputError, match="same centre"):
        check_separable(pair([4, 3, 2], [4, 3, 2 + 0.99 * COINCIDENT]))


@pytest.mark.parametrize(("first", "second"), [([0, 3, 2], [8 - 1e-9, 3, 2]), ([4, 6 - 1e-9, 2], [4, 0, 2])])
def test_centres_on_one_spot_are_seen_through_the_sides(first: list[float], second: list[float]) -> None:
    with pytest.raises(InputError, match="same centre"):
        check_separable(pair(first, second))


def test_floor_and_top_are_no_sides_to_look_through() -> None:
    check_separable(pair([4, 3, 0], [4, 3, 20]))


def box_of(count: int, height_um: float, above: int = 0) -> Packing:
    """So many spheres of radius 1 anywhere below a height, and some above it."""
    position = np.random.default_rng(1).random((count + above, 3)) * [*EDGES, height_um - 2] + [0, 0, 1]
    position[count:, 2] += height_um
    return Packing(position, np.ones(count + above), ["se"] * (count + above), EDGES, height_um)


def test_more_spheres_than_the_box_holds_are_refused_with_their_share() -> None:
    share = 100 * 60 * 4 / 3 * np.pi / (8 * 6 * 3)
    with pytest.raises(InputError, match=rf"would fill {share:.0f} % of the box below its height of 3 µm"):
        check_separable(box_of(60, 3.0))


def test_soft_packing_under_pressure_may_fill_its_box_more_than_once() -> None:
    check_separable(box_of(50, 3.0))  # 1.45 times


def test_spheres_above_the_height_fill_nothing() -> None:
    check_separable(box_of(50, 3.0, above=50))

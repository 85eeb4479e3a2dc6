import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.design.tolerance import sizes_of, tolerance
from ssbflow.inputs.case import Distribution

WHERE = "utilization > 0.9"


def pair(label: str, eam_um: float, se_um: float, basis: str = "volume") -> Distribution:
    """Lognormal powders whose D95 is 1.5 times the D50."""
    powders = {
        name: {"kind": "lognormal", "basis": basis, "d50_um": size, "d95_um": 1.5 * size}
        for name, size in (("eam", eam_um), ("se", se_um))
    }
    return Distribution.model_validate({"label": label, **powders})


def store(*pairs: Distribution) -> dict[str, Distribution]:
    return {one.label: one for one in pairs}


def test_range_is_that_of_the_feasible_neighbours() -> None:
    known = store(pair("a", 4, 1), pair("own", 4, 2), pair("b", 4, 3), pair("c", 4, 5))
    found = tolerance("se", "own", known, {"a": True, "own": True, "b": True, "c": False}, WHERE)
    assert (found.fulfilling, found.failing) == (("a", "b"), ("c",))
    assert found.d50_um == pytest.approx((1, 3))
    assert found.d95_um == pytest.approx((1.5, 4.5))
    assert found.where == WHERE


def test_feasible_powder_behind_a_failing_one_does_not_widen_the_range() -> None:
    known = store(pair("own", 4, 2), pair("b", 4, 3), pair("c", 4, 5))
    found = tolerance("se", "own", known, {"own": True, "b": False, "c": True}, WHERE)
    assert (found.fulfilling, found.failing) == ((), ("b",))
    assert found.d5_um is found.d50_um is found.d95_um is None


def test_neighbour_differs_in_one_powder_alone() -> None:
    known = store(pair("own", 4, 2), pair("both", 6, 3), pair("eam", 6, 2))
    feasible = dict.fromkeys(known, True)
    assert tolerance("se", "own", known, feasible, WHERE).neighbours == 0
    assert tolerance("eam", "own", known, feasible, WHERE).fulfilling == ("eam",)


def test_powder_that_is_counted_otherwise_is_no_neighbour() -> None:
    other = pair("other", 4, 2).replace(se=pair("x", 4, 3, basis="number").se)
    found = tolerance("se", "own", store(pair("own", 4, 2), other), {"own": True, "other": True}, WHERE)
    assert found.neighbours == 0


def test_designs_without_cases_say_nothing() -> None:
    known = store(pair("own", 4, 2), pair("pending", 4, 3))
    assert tolerance("se", "own", known, {"own": True}, WHERE).neighbours == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), unique_by=lambda one: one[0], max_size=8))
def test_no_failing_powder_lies_within_the_range(others: list[tuple[int, bool]]) -> None:
    known = store(pair("own", 40, 10.5), *(pair(f"p{size}", 40, size) for size, _ in others))
    feasible = {"own": True, **{f"p{size}": holds for size, holds in others}}
    found = tolerance("se", "own", known, feasible, WHERE)
    low, high = found.d50_um or (10.5, 10.5)
    within = {size: holds for size, holds in others if low - 1e-6 <= size <= high + 1e-6}
    assert all(within.values())
    assert set(found.fulfilling) == {f"p{size}" for size in within}
    assert low - 1e-6 <= 10.5 <= high + 1e-6


def test_sizes_are_told_by_number_and_volume() -> None:
    """Lognormal by number with D50 2 µm and D95 3 µm: sigma = ln(1.5) / 1.645 = 0.2465, and by volume the median is
    2 exp(3 x 0.2465²) = 2.40 µm, a little less between D1 and D99."""
    powder = pair("x", 4, 2, basis="number").se
    assert sizes_of(powder, "number").d50_um == pytest.approx(2)
    assert sizes_of(powder, "volume").d50_um == pytest.approx(2.40, rel=0.02)
    assert sizes_of(powder, "volume").d50_um < 2.40

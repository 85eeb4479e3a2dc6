from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ssbflow.inputs.distributions import Tabulated


def table(diameter_um: list[float], weight: list[float], basis: Any = "number") -> Tabulated:
    return Tabulated(kind="tabulated", basis=basis, diameter_um=tuple(diameter_um), weight=tuple(weight))


def test_rows_are_the_bins() -> None:
    bins = table([1, 2, 4], [5, 3, 2]).discrete
    assert list(bins.diameter_um) == [1, 2, 4]
    assert bins.number_fraction == pytest.approx([0.5, 0.3, 0.2])


def test_rows_are_sorted_with_their_weights() -> None:
    bins = table([4, 1, 2], [2, 5, 3]).discrete
    assert list(bins.diameter_um) == [1, 2, 4]
    assert bins.number_fraction == pytest.approx([0.5, 0.3, 0.2])


def test_rows_without_weight_occur_nowhere() -> None:
    sizes = table([1, 2, 40], [1, 1, 0])
    assert sizes.largest_um == 2
    assert list(sizes.discrete.diameter_um) == [1, 2]


def test_volume_weights_become_numbers() -> None:
    assert table([1, 2], [1, 8], "volume").discrete.number_fraction == pytest.approx([0.5, 0.5])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8).filter(any))
@settings(max_examples=60, deadline=None)
def test_median_is_the_first_diameter_that_half_of_the_weight_does_not_exceed(weight: list[int]) -> None:
    diameters = [float(index + 1) for index in range(len(weight))]
    expected = next(d for d in diameters if 2 * sum(weight[: int(d)]) >= sum(weight))
    assert table(diameters, [float(part) for part in weight]).median_um == expected


def test_median_does_not_depend_on_the_unit_of_the_weights() -> None:
    assert table([1, 2, 3], [0.3, 0.1, 0.2]).median_um == table([1, 2, 3], [30, 10, 20]).median_um


REFUSED: dict[str, tuple[list[float], list[float], str]] = {
    "a weight too few": ([1, 2], [1], "2 diameters but 1 weights"),
    "a diameter of zero": ([0, 2], [1, 1], r"above 0 and differ; got \[0.0, 2.0\] µm"),
    "a diameter given twice": ([2, 2], [1, 1], "above 0 and differ"),
    "a negative weight": ([1, 2], [1, -1], r"at least 0 with a positive sum; got \[1.0, -1.0\]"),
    "no weight at all": ([1, 2], [0, 0], "positive sum"),
    "no rows": ([], [], "at least 1 item"),
    "a weight that is no number": ([1, 2], [1, float("nan")], "finite"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_histogram_is_refused(case: str) -> None:
    diameter_um, weight, message = REFUSED[case]
    with pytest.raises(ValidationError, match=message):
        table(diameter_um, weight)

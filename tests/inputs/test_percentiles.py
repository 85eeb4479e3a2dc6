import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ssbflow.inputs.distributions import Lognormal, MeasuredPercentiles


def measured(diameter_um: dict[float, float]) -> MeasuredPercentiles:
    return MeasuredPercentiles(kind="percentiles", basis="volume", diameter_um=diameter_um)


curves = st.lists(
    st.tuples(st.floats(0.5, 99.5), st.floats(0.05, 100)),
    min_size=2,
    max_size=8,
).map(lambda points: dict(zip(sorted(p for p, _ in points), sorted(d for _, d in points), strict=True)))


@given(curves.filter(lambda c: len(c) > 1 and min(np.diff(list(c))) > 0.01 and min(np.diff(list(c.values()))) > 0.001))
@settings(max_examples=60, deadline=None)
def test_every_point_is_met_exactly(curve: dict[float, float]) -> None:
    law = measured(curve).law()
    for percent, diameter in curve.items():
        assert law.ppf(percent / 100) == pytest.approx(diameter, rel=1e-9)
        assert law.cdf(diameter) == pytest.approx(percent / 100, rel=1e-6)


@given(curves.filter(lambda c: len(c) > 1 and min(np.diff(list(c))) > 0.5 and min(np.diff(list(c.values()))) > 0.05))
@settings(max_examples=40, deadline=None)
def test_cumulative_law_increases_between_and_beyond_the_points(curve: dict[float, float]) -> None:
    quantiles = measured(curve).law().ppf(np.linspace(0.01, 0.99, 99))
    assert (np.diff(quantiles) > 0).all()


def test_published_electrolyte_is_met_at_all_three_points() -> None:
    law = measured({5: 1, 50: 3, 95: 7.8}).law()
    assert law.ppf([0.05, 0.5, 0.95]) == pytest.approx([1, 3, 7.8])


def test_two_points_are_a_lognormal() -> None:
    lognormal = Lognormal(kind="lognormal", basis="volume", d50_um=3, d95_um=7.8)
    curve = measured({50: 3, 95: 7.8})
    assert curve.discrete.diameter_um == pytest.approx(lognormal.discrete.diameter_um)
    assert curve.discrete.number_fraction == pytest.approx(lognormal.discrete.number_fraction)


def test_between_two_points_the_law_is_straight_on_log_probability_paper() -> None:
    law = measured({10: 1, 50: 2, 90: 8}).law()
    halfway = NormalDist().inv_cdf(0.9) / 2
    assert law.ppf(NormalDist().cdf(halfway)) == pytest.approx(math.sqrt(2 * 8))


def test_median_is_interpolated() -> None:
    assert measured({10: 1, 90: 4}).median_um == pytest.approx(2)


def test_order_of_the_points_does_not_matter() -> None:
    assert measured({90: 8, 10: 1, 50: 2}).median_um == pytest.approx(2)


REFUSED: dict[str, tuple[dict[float, float], str]] = {
    "one point": ({50: 3}, "at least 2 items"),
    "a percentile of 0": ({0: 1, 50: 3}, r"between 0 and 100, both left out; got \[0.0, 50.0\]"),
    "a percentile of 100": ({50: 1, 100: 3}, "between 0 and 100"),
    "diameters that fall": ({10: 3, 50: 1}, r"increase with the percentile; got \[3.0, 1.0\] µm"),
    "equal diameters": ({10: 3, 50: 3}, "increase"),
    "a negative diameter": ({10: -3, 50: 3}, "positive"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_curve_is_refused(case: str) -> None:
    diameter_um, message = REFUSED[case]
    with pytest.raises(ValidationError, match=message):
        measured(diameter_um)

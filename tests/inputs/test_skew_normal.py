import math
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import owens_t

from ssbflow.inputs.distributions import Normal, SkewNormal


def skewed(**fields: Any) -> SkewNormal:
    return SkewNormal(kind="skew_normal", basis="number", **fields)


def half_normal(share: float) -> float:
    """Quantile of |z|: the limit of infinite shape."""
    return NormalDist().inv_cdf((1 + share) / 2)


def test_cumulative_law_is_azzalinis() -> None:
    law = skewed(location_um=2, scale_um=1.5, shape=3).law()
    for diameter in (1.5, 2.5, 4.0):
        z = (diameter - 2) / 1.5
        assert law.cdf(diameter) == pytest.approx(NormalDist().cdf(z) - 2 * owens_t(z, 3), abs=1e-12)


def test_shape_zero_is_the_normal_law() -> None:
    bins = skewed(location_um=4, scale_um=0.6, shape=0).discrete
    normal = Normal(kind="normal", basis="number", mean_um=4, std_um=0.6).discrete
    assert bins.diameter_um == pytest.approx(normal.diameter_um)
    assert bins.number_fraction == pytest.approx(normal.number_fraction)


@pytest.mark.parametrize(("fit", "exact"), [("d50_d95", (0.5, 0.95)), ("d5_d95", (0.05, 0.95))])
@given(middle=st.floats(0.32, 0.6), ratio=st.floats(1.1, 3))
@settings(max_examples=8, deadline=None)
def test_two_percentiles_are_met_exactly(fit: Any, exact: tuple[float, float], middle: float, ratio: float) -> None:
    given_um = {0.05: 1.0, 0.5: 1 + middle * (ratio - 1), 0.95: ratio}
    law = skewed(d5_um=given_um[0.05], d50_um=given_um[0.5], d95_um=given_um[0.95], fit=fit).law()
    assert law.ppf(exact) == pytest.approx([given_um[share] for share in exact], rel=1e-9)


@pytest.mark.parametrize("fit", ["d50_d95", "d5_d95", "least_squares"])
@pytest.mark.parametrize("shape", [-4.0, -1.5, 2.0, 5.0])
def test_percentiles_of_a_skew_normal_are_all_met(fit: Any, shape: float) -> None:
    law = skewed(location_um=6, scale_um=1.2, shape=shape).law()
    d5, d50, d95 = (float(law.ppf(share)) for share in (0.05, 0.5, 0.95))
    again = skewed(d5_um=d5, d50_um=d50, d95_um=d95, fit=fit)
    assert max(map(abs, again.misfit.values())) < 1e-5


def test_no_skew_normal_meets_the_published_electrolyte() -> None:
    # The most skewed law is the half-normal one; through D50 = 3 and D95 = 7.8 µm it still puts D5 far below 1 µm.
    scale = (7.8 - 3) / (half_normal(0.95) - half_normal(0.5))
    nearest_d5 = 3 - scale * (half_normal(0.5) - half_normal(0.05))
    assert nearest_d5 < 0.75
    with pytest.raises(ValidationError, match=r"misses D5 by -\d+ % \(at most 20 %\)"):
        skewed(d5_um=1, d50_um=3, d95_um=7.8, fit="d50_d95")


def test_two_percentiles_do_not_determine_three_parameters() -> None:
    with pytest.raises(ValidationError, match="3 parameters need as many percentiles; got 2"):
        skewed(d50_um=3, d95_um=5)


def test_shape_may_be_negative_but_not_the_scale() -> None:
    assert skewed(location_um=6, scale_um=1, shape=-3).median_um < 6
    with pytest.raises(ValidationError, match="greater than 0"):
        skewed(location_um=6, scale_um=-1, shape=3)


def test_infinite_shape_is_refused() -> None:
    with pytest.raises(ValidationError, match="finite"):
        skewed(location_um=6, scale_um=1, shape=math.inf)

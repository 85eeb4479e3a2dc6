import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy.special import gammainc

from ssbflow.inputs.distributions import AnySizeDistribution
from ssbflow.inputs.distributions.parametric import ParametricDistribution

Z95 = NormalDist().inv_cdf(0.95)
TWO_PARAMETERS = ("normal", "lognormal", "gamma", "weibull")
PERCENTILES = {"d5_um": 0.05, "d50_um": 0.5, "d95_um": 0.95}


def sizes(kind: str, **fields: Any) -> ParametricDistribution:
    return TypeAdapter(AnySizeDistribution).validate_python({"kind": kind, "basis": "number", **fields})


def cdf(law: dict[str, float], kind: str, diameter: float) -> float:
    """Cumulative laws written out, from their parameters."""
    match kind:
        case "normal":
            return NormalDist(law["mean_um"], law["std_um"]).cdf(diameter)
        case "lognormal":
            return NormalDist(math.log(law["scale_um"]), law["sigma"]).cdf(math.log(diameter))
        case "gamma":
            return float(gammainc(law["shape"], diameter / law["scale_um"]))
        case _:
            return 1 - math.exp(-((diameter / law["scale_um"]) ** law["shape"]))


LAWS = {
    "normal": {"mean_um": 4.0, "std_um": 0.6},
    "lognormal": {"scale_um": 3.0, "sigma": 0.58},
    "gamma": {"shape": 2.5, "scale_um": 1.3},
    "weibull": {"shape": 1.8, "scale_um": 5.0},
}


@pytest.mark.parametrize("kind", TWO_PARAMETERS)
def test_parameters_mean_what_the_law_calls_them(kind: str) -> None:
    law = sizes(kind, **LAWS[kind]).law()
    for diameter in (1.5, 3.0, 4.5, 8.0):
        assert law.cdf(diameter) == pytest.approx(cdf(LAWS[kind], kind, diameter), abs=1e-12)


@pytest.mark.parametrize("kind", TWO_PARAMETERS)
def test_median_of_given_parameters_halves_the_law(kind: str) -> None:
    assert cdf(LAWS[kind], kind, sizes(kind, **LAWS[kind]).median_um) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("kind", TWO_PARAMETERS)
@given(d5=st.floats(0.1, 30), ratio=st.floats(1.05, 5))
@settings(max_examples=15, deadline=None)
def test_fit_d5_d95_meets_both(kind: str, d5: float, ratio: float) -> None:
    law = sizes(kind, d5_um=d5, d95_um=d5 * ratio, fit="d5_d95").law()
    assert law.ppf([0.05, 0.95]) == pytest.approx([d5, d5 * ratio], rel=1e-9)


@pytest.mark.parametrize(("kind", "widest"), [("normal", 1.6), ("lognormal", 6), ("gamma", 6), ("weibull", 6)])
@given(d50=st.floats(0.1, 30), width=st.floats(0.02, 1))
@settings(max_examples=15, deadline=None)
def test_fit_d50_d95_meets_both(kind: str, widest: float, d50: float, width: float) -> None:
    d95 = d50 * (1 + width * (widest - 1))
    law = sizes(kind, d50_um=d50, d95_um=d95, fit="d50_d95").law()
    assert law.ppf([0.5, 0.95]) == pytest.approx([d50, d95], rel=1e-9)


def test_fitted_normal_is_the_closed_form() -> None:
    law = sizes("normal", d5_um=3, d50_um=4, d95_um=5, fit="d5_d95").law()
    by_hand = NormalDist(4, 1 / Z95)
    assert law.ppf([0.1, 0.3, 0.8]) == pytest.approx([by_hand.inv_cdf(share) for share in (0.1, 0.3, 0.8)])


def test_fitted_lognormal_is_the_closed_form() -> None:
    law = sizes("lognormal", d50_um=3, d95_um=7.8).law()
    by_hand = NormalDist(math.log(3), math.log(7.8 / 3) / Z95)
    assert law.ppf([0.01, 0.3, 0.99]) == pytest.approx([math.exp(by_hand.inv_cdf(s)) for s in (0.01, 0.3, 0.99)])


def test_fitted_weibull_is_the_closed_form() -> None:
    shape = math.log(math.log(20) / math.log(2)) / math.log(7.8 / 3)
    scale = 3 / math.log(2) ** (1 / shape)
    law = sizes("weibull", d50_um=3, d95_um=7.8, fit="d50_d95").law()
    assert law.cdf(5.0) == pytest.approx(cdf({"shape": shape, "scale_um": scale}, "weibull", 5.0), abs=1e-9)


def test_least_squares_is_the_straight_line_through_log_percentiles() -> None:
    given_um = {0.05: 1.0, 0.5: 3.0, 0.95: 7.8}
    quantiles = [NormalDist().inv_cdf(share) for share in given_um]
    sigma, log_scale = np.polyfit(quantiles, np.log(list(given_um.values())), 1)
    law = sizes("lognormal", d5_um=1, d50_um=3, d95_um=7.8, fit="least_squares").law()
    assert law.ppf(0.5) == pytest.approx(math.exp(log_scale), rel=1e-6)
    assert law.ppf(0.95) == pytest.approx(math.exp(log_scale + sigma * Z95), rel=1e-6)


def test_misfit_of_the_third_percentile_is_reported() -> None:
    misfit = sizes("lognormal", d5_um=1, d50_um=3, d95_um=7.8, fit="d50_d95").misfit
    mirrored_d5 = 3**2 / 7.8  # a lognormal is symmetric about its median in logarithms
    assert misfit[0.05] == pytest.approx(mirrored_d5 / 1 - 1, rel=1e-6)
    assert misfit[0.5] == pytest.approx(0, abs=1e-9)


def test_parameters_have_no_misfit() -> None:
    assert sizes("normal", mean_um=4, std_um=0.6).misfit == {}


@pytest.mark.parametrize("basis", ["number", "volume"])
def test_percentiles_are_those_of_the_stated_basis(basis: str) -> None:
    assert sizes("lognormal", basis=basis, d50_um=3, d95_um=5).median_um == pytest.approx(3, rel=1e-9)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "three percentiles without a fit": ({"d5_um": 1, "d50_um": 3, "d95_um": 7.8}, "over-determine.*d50_d95"),
    "percentiles and parameters": ({"d50_um": 3, "d95_um": 7.8, "sigma": 0.5}, "not both.*sigma"),
    "one parameter of two": ({"sigma": 0.5}, r"parameters \['scale_um', 'sigma'\] or the percentiles.*sigma"),
    "nothing": ({}, "give the parameters"),
    "fit beside parameters": ({"scale_um": 3, "sigma": 0.5, "fit": "d50_d95"}, "leave fit out"),
    "D5 above D50": ({"d5_um": 4, "d50_um": 3}, r"D5 < D50 < D95; got \[4.0, 3.0\] µm"),
    "D50 equal to D95": ({"d50_um": 3, "d95_um": 3}, "must increase"),
    "one percentile": ({"d50_um": 3}, "2 parameters need as many percentiles; got 1"),
    "fit without its percentile": ({"d5_um": 1, "d50_um": 3, "fit": "d50_d95"}, r"needs the percentiles \['D95'\]"),
    "a percentile below 0": ({"d5_um": -1, "d50_um": 3}, "greater than 0"),
    "an unknown fit": ({"d50_um": 3, "d95_um": 5, "fit": "d10_d90"}, "'d50_d95', 'd5_d95' or 'least_squares'"),
    "no bins": ({"d50_um": 3, "d95_um": 5, "bins": 0}, "greater than or equal to 1"),
    "an unknown basis": ({"d50_um": 3, "d95_um": 5, "basis": "mass"}, "'number' or 'volume'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_unclear_input_is_refused(case: str) -> None:
    fields, message = REFUSED[case]
    with pytest.raises(ValidationError, match=message):
        sizes("lognormal", **fields)


def test_basis_must_be_stated() -> None:
    with pytest.raises(ValidationError, match=r"basis\n.*required"):
        TypeAdapter(AnySizeDistribution).validate_python({"kind": "normal", "mean_um": 4, "std_um": 0.6})


def test_gross_misfit_is_refused() -> None:
    # Mirrored in logarithms, D5 would be 3²/30 = 0.3 µm: 70 % off
    with pytest.raises(ValidationError, match=r"misses D5 by -70 % .*kind: percentiles"):
        sizes("lognormal", d5_um=1, d50_um=3, d95_um=30, fit="d50_d95")


def test_law_that_reaches_below_zero_is_refused() -> None:
    d1 = NormalDist(2, 1).inv_cdf(0.01)
    with pytest.raises(ValidationError, match=f"D1 of this law is {d1:.3g} µm"):
        sizes("normal", mean_um=2, std_um=1)


def test_distribution_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        sizes("normal", mean_um=4, std_um=0.6).bins = 5

import math
from collections.abc import Callable
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy.integrate import quad

from ssbflow.inputs.distributions import AnySizeDistribution, SizeDistribution

LAWS: dict[str, dict[str, Any]] = {
    "normal": {"mean_um": 4, "std_um": 0.6},
    "lognormal": {"scale_um": 3, "sigma": 0.58},
    "skew_normal": {"location_um": 2, "scale_um": 1.5, "shape": 3},
    "gamma": {"shape": 2.5, "scale_um": 1.3},
    "weibull": {"shape": 1.8, "scale_um": 5},
    "percentiles": {"diameter_um": {10: 1.2, 50: 3, 90: 5}},
    "tabulated": {"diameter_um": [1, 2, 4], "weight": [5, 3, 1]},
    "bimodal": {
        "small": {"kind": "normal", "mean_um": 1, "std_um": 0.1},
        "large": {"kind": "lognormal", "scale_um": 6, "sigma": 0.3},
        "large_fraction": 0.3,
    },
}


def sizes(kind: str, basis: str = "number", **fields: Any) -> SizeDistribution:
    return TypeAdapter(AnySizeDistribution).validate_python({"kind": kind, "basis": basis, **(fields or LAWS[kind])})


def equal_width(cdf: Callable[[float], float], first: float, last: float, bins: int) -> tuple[list[float], list[float]]:
    """Centres and normalised weights of equal-width bins, one bin at a time."""
    edges = [first + (last - first) * step / bins for step in range(bins + 1)]
    weights = [cdf(high) - cdf(low) for low, high in pairwise(edges)]
    return [(low + high) / 2 for low, high in pairwise(edges)], [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize("bins", [1, 2, 10, 37])
def test_normal_bins_have_equal_width_between_d1_and_d99(bins: int) -> None:
    law = NormalDist(4, 0.6)
    centres, weights = equal_width(law.cdf, law.inv_cdf(0.01), law.inv_cdf(0.99), bins)
    found = sizes("normal", mean_um=4, std_um=0.6, bins=bins).discrete
    assert found.diameter_um == pytest.approx(centres)
    assert found.number_fraction == pytest.approx(weights)


def test_lognormal_bins_are_equal_in_width_and_not_in_ratio() -> None:
    logarithm = NormalDist(math.log(3), 0.58)
    first, last = (math.exp(logarithm.inv_cdf(share)) for share in (0.01, 0.99))
    centres, weights = equal_width(lambda diameter: logarithm.cdf(math.log(diameter)), first, last, 10)
    found = sizes("lognormal", scale_um=3, sigma=0.58).discrete
    assert found.diameter_um == pytest.approx(centres)
    assert found.number_fraction == pytest.approx(weights)


@pytest.mark.parametrize("kind", LAWS)
def test_volume_basis_weighs_the_same_diameters_by_volume(kind: str) -> None:
    by_number, by_volume = sizes(kind, "number").discrete, sizes(kind, "volume").discrete
    assert by_volume.diameter_um == pytest.approx(by_number.diameter_um)
    volume = by_volume.number_fraction * by_volume.diameter_um**3
    assert volume / volume.sum() == pytest.approx(by_number.number_fraction)


def test_volume_basis_gives_more_small_particles() -> None:
    assert sizes("lognormal", "volume").discrete.mean_volume_um3 < sizes("lognormal").discrete.mean_volume_um3


@pytest.mark.parametrize("kind", LAWS)
@given(
    bins=st.integers(1, 200),
    basis=st.sampled_from(["number", "volume"]),
    scale=st.floats(0.05, 50),
)
@settings(max_examples=12, deadline=None)
def test_number_fractions_are_shares_of_one(kind: str, bins: int, basis: str, scale: float) -> None:
    fields = {} if kind == "tabulated" else {"bins": bins}
    found = sizes(kind, basis, **scaled(LAWS[kind], scale), **fields).discrete
    assert found.number_fraction.sum() == pytest.approx(1, abs=1e-12)
    assert (found.number_fraction >= 0).all()
    assert (np.diff(found.diameter_um) > 0).all()
    assert found.diameter_um[0] > 0


def scaled(fields: dict[str, Any], scale: float) -> dict[str, Any]:
    """The same law with every length multiplied."""

    def times(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: diameter * scale for key, diameter in value.items()}
        return [diameter * scale for diameter in value] if isinstance(value, list) else value * scale

    return {
        key: scaled(value, scale) if key in ("small", "large") else times(value) if key.endswith("_um") else value
        for key, value in fields.items()
    }


def test_mean_volume_is_that_of_the_bins_and_not_of_the_mean_diameter() -> None:
    table = sizes("tabulated", diameter_um=[1, 3], weight=[1, 1]).discrete
    assert table.mean_volume_um3 == pytest.approx(math.pi / 6 * (1 + 27) / 2)


def test_mean_volume_of_a_volume_basis_is_the_harmonic_mean() -> None:
    table = sizes("tabulated", "volume", diameter_um=[1, 3], weight=[1, 1]).discrete
    assert table.mean_volume_um3 == pytest.approx(math.pi / 6 * 2 / (1 / 1 + 1 / 27))


def test_many_bins_give_the_mean_volume_of_the_cut_law() -> None:
    law = NormalDist(4, 0.6)
    volume, _ = quad(lambda d: math.pi / 6 * d**3 * law.pdf(d), law.inv_cdf(0.01), law.inv_cdf(0.99))
    fine = sizes("normal", mean_um=4, std_um=0.6, bins=1000).discrete
    assert fine.mean_volume_um3 == pytest.approx(volume / 0.98, rel=1e-5)


def test_smallest_and_largest_are_the_outer_centres() -> None:
    law = NormalDist(4, 0.6)
    half_bin = (law.inv_cdf(0.99) - law.inv_cdf(0.01)) / 20
    found = sizes("normal")
    assert found.smallest_um == pytest.approx(law.inv_cdf(0.01) + half_bin)
    assert found.largest_um == pytest.approx(law.inv_cdf(0.99) - half_bin)


def test_bins_are_ten_by_default() -> None:
    assert len(sizes("gamma").discrete.diameter_um) == 10

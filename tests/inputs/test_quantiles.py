"""Percentiles by number and by volume."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy.stats import norm

from ssbflow.inputs.distributions import AnySizeDistribution, SizeDistribution
from ssbflow.inputs.distributions.base import Basis

SHARES = (0.05, 0.5, 0.95)


def sizes(kind: str, basis: str = "number", **fields: Any) -> SizeDistribution:
    return TypeAdapter(AnySizeDistribution).validate_python({"kind": kind, "basis": basis, **fields})


def hatch_choate(scale_um: float, sigma: float, power: int) -> list[float]:
    """Percentiles of a lognormal law between its D1 and D99, weighted with diameter ** power: again a lognormal there.

    Its median is that of the first one times exp(power sigma²) (Hatch and Choate 1929), before it is cut.
    """
    median = scale_um * np.exp(power * sigma**2)
    low, high = (norm.cdf(np.log(scale_um * np.exp(sigma * z) / median) / sigma) for z in norm.ppf((0.01, 0.99)))
    return [float(median * np.exp(sigma * norm.ppf(low + share * (high - low)))) for share in SHARES]


@given(scale_um=st.floats(0.1, 30), sigma=st.floats(0.05, 0.8))
@settings(max_examples=40, deadline=None)
def test_lognormal_by_the_other_basis_is_a_lognormal(scale_um: float, sigma: float) -> None:
    law = {"scale_um": scale_um, "sigma": sigma}
    by_volume = sizes("lognormal", "number", **law).quantiles_um(SHARES, "volume")
    by_number = sizes("lognormal", "volume", **law).quantiles_um(SHARES, "number")
    assert by_volume == pytest.approx(hatch_choate(scale_um, sigma, 3), rel=2e-3)
    assert by_number == pytest.approx(hatch_choate(scale_um, sigma, -3), rel=2e-3)


def test_given_percentiles_come_back_in_their_basis() -> None:
    given_ones = sizes("percentiles", "volume", diameter_um={5: 1.2, 50: 3, 95: 5})
    assert given_ones.quantiles_um(SHARES, "volume") == pytest.approx([1.2, 3, 5])


def test_rows_of_a_table_by_number_and_by_volume() -> None:
    """9 of 1 µm and 1 of 3 µm: by number the median is 1 µm; of the volume, 9 + 27, a quarter is below 3 µm."""
    table = sizes("tabulated", diameter_um=[1, 3], weight=[9, 1])
    assert list(table.quantiles_um((0.5, 0.9, 0.95), "number")) == [1, 1, 3]
    assert list(table.quantiles_um((0.25, 0.26), "volume")) == [1, 3]


LAWS = st.sampled_from(
    [
        {"kind": "normal", "mean_um": 4, "std_um": 0.6},
        {"kind": "gamma", "shape": 2.5, "scale_um": 1.3},
        {"kind": "weibull", "shape": 1.8, "scale_um": 5},
        {"kind": "tabulated", "diameter_um": [1, 2, 4], "weight": [5, 3, 1]},
    ]
)


@given(LAWS, st.sampled_from(["number", "volume"]), st.lists(st.floats(0.2, 0.8), min_size=2, max_size=5))
@settings(max_examples=60, deadline=None)
def test_volume_counts_the_large_ones_more(law: dict[str, Any], basis: Basis, shares: list[float]) -> None:
    powder = sizes(**law, basis=basis)
    by_number, by_volume = (powder.quantiles_um(sorted(shares), one) for one in ("number", "volume"))
    assert (by_number <= by_volume * (1 + 1e-9)).all()
    assert (np.diff(by_volume) >= 0).all()

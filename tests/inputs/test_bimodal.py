from itertools import pairwise
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ssbflow.inputs.distributions import Bimodal

FINE = {"kind": "normal", "mean_um": 1, "std_um": 0.1}
COARSE = {"kind": "normal", "mean_um": 10, "std_um": 0.5}


def bimodal(large_fraction: float = 0.7, **fields: Any) -> Bimodal:
    content = {"kind": "bimodal", "basis": "number", "small": FINE, "large": COARSE, "large_fraction": large_fraction}
    return Bimodal.model_validate(content | fields)


@given(
    large_fraction=st.floats(0.001, 0.999),
    share=st.floats(0.01, 0.99),
    ratio=st.floats(1.1, 20),
    spread=st.floats(0.02, 0.3),
)
@settings(max_examples=60, deadline=None)
def test_quantiles_invert_the_mixture(large_fraction: float, share: float, ratio: float, spread: float) -> None:
    small, large = NormalDist(1, 0.2), NormalDist(ratio, ratio * spread)
    mixed = bimodal(
        large_fraction,
        small={"kind": "normal", "mean_um": 1, "std_um": 0.2},
        large={"kind": "normal", "mean_um": ratio, "std_um": ratio * spread},
    )
    diameter = float(mixed.law().ppf(share))
    mixture = (1 - large_fraction) * small.cdf(diameter) + large_fraction * large.cdf(diameter)
    assert mixture == pytest.approx(share, abs=1e-8)


def test_bins_follow_the_mixture() -> None:
    small, large = NormalDist(1, 0.1), NormalDist(10, 0.5)
    # Each mode is empty where the other one ends: D1 lies in the small mode alone, D99 in the large one.
    first, last = small.inv_cdf(0.01 / 0.7), large.inv_cdf(1 - 0.01 / 0.3)
    edges = [first + (last - first) * step / 4 for step in range(5)]
    weights = [0.7 * (small.cdf(b) - small.cdf(a)) + 0.3 * (large.cdf(b) - large.cdf(a)) for a, b in pairwise(edges)]
    bins = bimodal(0.3, bins=4).discrete
    assert bins.diameter_um == pytest.approx([(a + b) / 2 for a, b in pairwise(edges)])
    assert bins.number_fraction == pytest.approx([weight / 0.98 for weight in weights], abs=1e-9)


@pytest.mark.parametrize("basis", ["number", "volume"])
def test_large_fraction_is_a_share_in_the_stated_basis(basis: str) -> None:
    bins = bimodal(basis=basis).discrete
    weight = bins.number_fraction * (bins.diameter_um**3 if basis == "volume" else 1)
    large = weight[bins.diameter_um > 5].sum() / weight.sum()
    assert large == pytest.approx((0.7 - 0.01) / 0.98, abs=1e-9)  # D1 and D99 cut one per cent off each mode


def test_modes_inherit_the_basis() -> None:
    mixed = bimodal(basis="volume")
    assert (mixed.small.basis, mixed.large.basis) == ("volume", "volume")


def test_modes_may_be_of_different_kinds() -> None:
    lognormal = {"kind": "lognormal", "d50_um": 6, "d95_um": 9}
    assert bimodal(0.99, large=lognormal).median_um == pytest.approx(6, rel=0.01)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another basis in a mode": ({"small": {**FINE, "basis": "volume"}}, "leave basis out of small and large"),
    "small and large exchanged": ({"small": COARSE, "large": FINE}, "small must have the smaller D50; got 10 and 1 µm"),
    "no large ones": ({"large_fraction": 0}, "greater than 0"),
    "only large ones": ({"large_fraction": 1}, "less than 1"),
    "a table as a mode": ({"small": {"kind": "tabulated", "diameter_um": [1], "weight": [1]}}, "tabulated"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_unclear_mixture_is_refused(case: str) -> None:
    fields, message = REFUSED[case]
    with pytest.raises(ValidationError, match=message):
        bimodal(**fields)

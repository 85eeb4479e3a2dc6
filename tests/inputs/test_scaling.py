import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from ssbflow.errors import InputError
from ssbflow.inputs.distributions import AnySizeDistribution, SizeDistribution
from ssbflow.inputs.distributions.scaling import scaled

GIVEN = [
    {"kind": "normal", "mean_um": 4, "std_um": 0.6},
    {"kind": "lognormal", "d50_um": 2, "d95_um": 3.5},
    {"kind": "lognormal", "scale_um": 2, "sigma": 0.3},
    {"kind": "skew_normal", "location_um": 3, "scale_um": 1, "shape": 2},
    {"kind": "gamma", "shape": 9, "scale_um": 0.3},
    {"kind": "weibull", "d50_um": 3, "d95_um": 5},
    {"kind": "tabulated", "diameter_um": [1, 2, 4], "weight": [1, 2, 1]},
    {"kind": "percentiles", "diameter_um": {5: 1, 50: 3, 95: 7.8}},
    {
        "kind": "bimodal", "large_fraction": 0.4, "small": {"kind": "normal", "mean_um": 2, "std_um": 0.2},
        "large": {"kind": "lognormal", "d50_um": 6, "d95_um": 9},
    },
]  # fmt: skip
ANY: TypeAdapter[SizeDistribution] = TypeAdapter(AnySizeDistribution)


@pytest.mark.parametrize("fields", GIVEN, ids=lambda fields: fields["kind"])
@pytest.mark.parametrize("basis", ["number", "volume"])
def test_every_diameter_grows_and_no_share_changes(fields: dict[str, object], basis: str) -> None:
    powder = ANY.validate_python({**fields, "basis": basis})
    larger = scaled(powder, 1.7)
    np.testing.assert_allclose(larger.discrete.diameter_um, 1.7 * powder.discrete.diameter_um, rtol=1e-6)
    np.testing.assert_allclose(larger.discrete.number_fraction, powder.discrete.number_fraction, rtol=0, atol=1e-6)
    assert larger.median_um == pytest.approx(1.7 * powder.median_um, rel=1e-6)


@given(factor=st.floats(0.01, 100))
def test_scaling_back_gives_the_same_powder(factor: float) -> None:
    powder = ANY.validate_python({**GIVEN[0], "basis": "number"})
    np.testing.assert_allclose(
        scaled(scaled(powder, factor), 1 / factor).discrete.diameter_um, powder.discrete.diameter_um, rtol=1e-12
    )


def test_a_factor_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="mean_um"):
        scaled(ANY.validate_python({**GIVEN[0], "basis": "number"}), 0)

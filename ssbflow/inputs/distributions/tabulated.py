"""A measured histogram, used as it is."""

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ssbflow.inputs.distributions.base import Basis, SizeBins, SizeDistribution, number_weighted

ROUNDING = 1e-12  # a share of exactly one half must not depend on the unit of the weights


class Tabulated(SizeDistribution):
    """Discrete diameters with their weights; the table's rows are the bins."""

    kind: Literal["tabulated"]
    diameter_um: tuple[float, ...] = Field(min_length=1)
    weight: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _table_is_a_histogram(self) -> Self:
        if len(self.diameter_um) != len(self.weight):
            raise ValueError(f"{len(self.diameter_um)} diameters but {len(self.weight)} weights; give one each")
        if min(self.diameter_um) <= 0 or len(set(self.diameter_um)) < len(self.diameter_um):
            raise ValueError(f"diameters must be above 0 and differ; got {list(self.diameter_um)} µm")
        if min(self.weight) < 0 or sum(self.weight) <= 0:
            raise ValueError(f"weights must be at least 0 with a positive sum; got {list(self.weight)}")
        return self

    def discretise(self) -> SizeBins:
        """Return the rows of the table that have weight, by increasing diameter."""
        order = np.argsort(self.diameter_um)
        diameter, weight = np.array(self.diameter_um)[order], np.array(self.weight)[order]
        return number_weighted(diameter[weight > 0], weight[weight > 0], self.basis)

    def quantiles_um(self, shares: Sequence[float], basis: Basis) -> NDArray[np.float64]:
        """Return the first diameters that these shares do not exceed."""
        bins = self.discrete
        weight = bins.number_fraction * (bins.diameter_um**3 if basis == "volume" else 1)
        below = np.cumsum(weight) / weight.sum()
        return bins.diameter_um[np.searchsorted(below, np.asarray(shares) * (1 - ROUNDING))]

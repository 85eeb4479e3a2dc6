"""Weibull (Rosin–Rammler) distribution of diameters: skewed, positive."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import stats

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.parametric import ParametricDistribution


class Weibull(ParametricDistribution):
    """Weibull law: shape and scale (the 63.2 % percentile)."""

    parameters: ClassVar = ("shape", "scale_um")
    kind: Literal["weibull"]
    shape: float | None = Field(default=None, gt=0)
    scale_um: float | None = Field(default=None, gt=0)

    def given_law(self) -> SizeLaw:
        """Return the law of the parameters that were given."""
        return stats.weibull_min(self.shape, scale=self.scale_um)

    def law_of(self, unconstrained: NDArray[np.float64]) -> SizeLaw:
        """Return the law of (ln shape, ln scale)."""
        shape, scale = np.exp(unconstrained)
        return stats.weibull_min(shape, scale=scale)

    def guess(self, low_um: float, high_um: float) -> list[float]:
        """Start with a shape from the percentiles' ratio."""
        return [float(np.log(4 / np.log(high_um / low_um))), float(np.log((low_um + high_um) / 2))]

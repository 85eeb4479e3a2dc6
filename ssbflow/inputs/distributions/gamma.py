"""Gamma distribution of diameters: skewed, positive."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import stats

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.parametric import ParametricDistribution


class Gamma(ParametricDistribution):
    """Gamma law: shape and scale (mean = shape × scale)."""

    parameters: ClassVar = ("shape", "scale_um")
    kind: Literal["gamma"]
    shape: float | None = Field(default=None, gt=0)
    scale_um: float | None = Field(default=None, gt=0)

    def given_law(self) -> SizeLaw:
        """Return the law of the parameters that were given."""
        return stats.gamma(self.shape, scale=self.scale_um)

    def law_of(self, unconstrained: NDArray[np.float64]) -> SizeLaw:
        """Return the law of (ln shape, ln scale)."""
        shape, scale = np.exp(unconstrained)
        return stats.gamma(shape, scale=scale)

    def guess(self, low_um: float, high_um: float) -> list[float]:
        """Start with the mean and spread of the percentiles."""
        mean, spread = (low_um + high_um) / 2, (high_um - low_um) / 3
        return [float(np.log(mean**2 / spread**2)), float(np.log(spread**2 / mean))]

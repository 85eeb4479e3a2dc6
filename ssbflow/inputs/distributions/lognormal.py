"""Lognormal distribution of diameters."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import stats

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.parametric import ParametricDistribution


class Lognormal(ParametricDistribution):
    """Lognormal law: scale (its median) and sigma, the standard deviation of ln(diameter)."""

    parameters: ClassVar = ("scale_um", "sigma")
    kind: Literal["lognormal"]
    scale_um: float | None = Field(default=None, gt=0)
    sigma: float | None = Field(default=None, gt=0)

    def given_law(self) -> SizeLaw:
        """Return the law of the parameters that were given."""
        return stats.lognorm(self.sigma, scale=self.scale_um)

    def law_of(self, unconstrained: NDArray[np.float64]) -> SizeLaw:
        """Return the law of (ln scale, ln sigma)."""
        scale, sigma = np.exp(unconstrained)
        return stats.lognorm(sigma, scale=scale)

    def guess(self, low_um: float, high_um: float) -> list[float]:
        """Start at the geometric mean of the percentiles."""
        return [float(np.log(low_um * high_um) / 2), float(np.log(np.log(high_um / low_um) / 3))]

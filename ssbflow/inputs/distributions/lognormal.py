"""Lognormal distribution of diameters."""

from typing import ClassVar, Literal

import numpy as np
import scipy  # its parts are loaded when they are used: every worker reads this file
from pydantic import Field

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.parametric import ParametricDistribution


class Lognormal(ParametricDistribution):
    """Lognormal law: scale (its median) and sigma, the standard deviation of ln(diameter)."""

    parameters: ClassVar = ("scale_um", "sigma")
    positive: ClassVar = (True, True)
    kind: Literal["lognormal"]
    scale_um: float | None = Field(default=None, gt=0)
    sigma: float | None = Field(default=None, gt=0)

    def law_with(self, *parameters: float) -> SizeLaw:
        """Return the law of (scale_um, sigma)."""
        scale_um, sigma = parameters
        return scipy.stats.lognorm(sigma, scale=scale_um)

    def guess(self, low_um: float, high_um: float) -> tuple[float, ...]:
        """Start at the geometric mean of the percentiles."""
        return float(np.sqrt(low_um * high_um)), float(np.log(high_um / low_um) / 3)

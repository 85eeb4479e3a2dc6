"""Weibull (Rosin–Rammler) distribution of diameters: skewed, positive."""

from typing import ClassVar, Literal

import numpy as np
import scipy  # its parts are loaded when they are used: every worker reads this file
from pydantic import Field

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.parametric import ParametricDistribution


class Weibull(ParametricDistribution):
    """Weibull law: shape and scale (the 63.2 % percentile)."""

    parameters: ClassVar = ("shape", "scale_um")
    positive: ClassVar = (True, True)
    kind: Literal["weibull"]
    shape: float | None = Field(default=None, gt=0)
    scale_um: float | None = Field(default=None, gt=0)

    def law_with(self, *parameters: float) -> SizeLaw:
        """Return the law of (shape, scale_um)."""
        shape, scale_um = parameters
        return scipy.stats.weibull_min(shape, scale=scale_um)

    def guess(self, low_um: float, high_um: float) -> tuple[float, ...]:
        """Start with a shape from the percentiles' ratio."""
        return float(4 / np.log(high_um / low_um)), (low_um + high_um) / 2

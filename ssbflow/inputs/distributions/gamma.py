"""Gamma distribution of diameters: skewed, positive."""

from typing import ClassVar, Literal

import scipy  # its parts are loaded when they are used: every worker reads this file
from pydantic import Field

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.parametric import ParametricDistribution


class Gamma(ParametricDistribution):
    """Gamma law: shape and scale (mean = shape × scale)."""

    parameters: ClassVar = ("shape", "scale_um")
    positive: ClassVar = (True, True)
    kind: Literal["gamma"]
    shape: float | None = Field(default=None, gt=0)
    scale_um: float | None = Field(default=None, gt=0)

    def law_with(self, *parameters: float) -> SizeLaw:
        """Return the law of (shape, scale_um)."""
        shape, scale_um = parameters
        return scipy.stats.gamma(shape, scale=scale_um)

    def guess(self, low_um: float, high_um: float) -> tuple[float, ...]:
        """Start with the mean and spread of the percentiles."""
        mean, spread = (low_um + high_um) / 2, (high_um - low_um) / 3
        return mean**2 / spread**2, spread**2 / mean

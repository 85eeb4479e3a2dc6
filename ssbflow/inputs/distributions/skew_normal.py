"""Skew-normal distribution of diameters."""

from typing import ClassVar, Literal

import numpy as np
import scipy  # its parts are loaded when they are used: every worker reads this file
from pydantic import Field

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.fitting import EXACT, Fit, Percentiles, misfits
from ssbflow.inputs.distributions.parametric import ParametricDistribution

STEEPEST_ARSINH_SHAPE = 4.0  # shape ±27: a half-normal law but for 1 %


class SkewNormal(ParametricDistribution):
    """Skew-normal law (Azzalini): location, scale and shape; shape 0 is the normal law."""

    parameters: ClassVar = ("location_um", "scale_um", "shape")
    positive: ClassVar = (False, True, False)
    kind: Literal["skew_normal"]
    location_um: float | None = None
    scale_um: float | None = Field(default=None, gt=0)
    shape: float | None = None

    def law_with(self, *parameters: float) -> SizeLaw:
        """Return the law of (location_um, scale_um, shape)."""
        location_um, scale_um, shape = parameters
        return scipy.stats.skewnorm(shape, location_um, scale_um)

    def guess(self, low_um: float, high_um: float) -> tuple[float, ...]:
        """Start a little skewed towards large particles."""
        return (3 * low_um + high_um) / 4, (high_um - low_um) / 2, 1.2

    def law_through(self, percentiles: Percentiles, fit: Fit) -> SizeLaw:
        """Return the law that meets the percentiles which `fit` names, the third one as nearly as a shape allows."""
        if not EXACT[fit]:
            return super().law_through(percentiles, fit)

        def misfit(arsinh_shape: float) -> float:
            law = self._law_of_shape(arsinh_shape, percentiles, fit)
            return sum(error**2 for error in misfits(law, percentiles).values())

        bounds = (-STEEPEST_ARSINH_SHAPE, STEEPEST_ARSINH_SHAPE)
        best = scipy.optimize.minimize_scalar(misfit, bounds=bounds, method="bounded", options={"xatol": 1e-9})
        return self._law_of_shape(float(best.x), percentiles, fit)

    def _law_of_shape(self, arsinh_shape: float, percentiles: Percentiles, fit: Fit) -> SizeLaw:
        """Location and scale that meet two percentiles exactly, the shape being given."""
        shape, exact = np.sinh(arsinh_shape), EXACT[fit]
        low, high = scipy.stats.skewnorm(shape).ppf(exact)
        low_um, high_um = (percentiles[share] for share in exact)
        scale = (high_um - low_um) / (high - low)
        return scipy.stats.skewnorm(shape, low_um - scale * low, scale)

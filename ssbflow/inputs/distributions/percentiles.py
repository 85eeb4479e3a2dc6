"""A distribution through any number of measured percentiles, each met exactly."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator
from scipy.special import ndtr, ndtri

from ssbflow.inputs.distributions.base import ContinuousDistribution, SizeLaw


@dataclass(frozen=True)
class InterpolatedLaw:
    """Straight lines on log-probability paper: ln(diameter) against the normal quantile of the share.

    A lognormal law is one straight line there, so the tails go on as those of a lognormal.
    """

    log_diameter: NDArray[np.float64]
    quantile: NDArray[np.float64]

    def cdf(self, diameter_um: ArrayLike, /) -> NDArray[np.float64]:
        """Share of the distribution below each diameter (µm)."""
        return np.asarray(ndtr(_piecewise(np.log(diameter_um), self.log_diameter, self.quantile)))

    def ppf(self, share: ArrayLike, /) -> NDArray[np.float64]:
        """Diameter (µm) below which each share lies."""
        return np.asarray(np.exp(_piecewise(ndtri(np.asarray(share, dtype=float)), self.quantile, self.log_diameter)))


def _piecewise(at: ArrayLike, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate linearly through (x, y), the end segments going on beyond."""
    at = np.asarray(at, dtype=float)
    segment = np.clip(np.searchsorted(x, at) - 1, 0, len(x) - 2)
    slope = np.diff(y) / np.diff(x)
    return y[segment] + slope[segment] * (at - x[segment])


class MeasuredPercentiles(ContinuousDistribution):
    """Percentiles of a measured curve: percent below → diameter (µm)."""

    kind: Literal["percentiles"]
    diameter_um: dict[float, float] = Field(min_length=2)

    @model_validator(mode="after")
    def _curve_increases(self) -> Self:
        percents = sorted(self.diameter_um)
        if percents[0] <= 0 or percents[-1] >= 100:
            raise ValueError(f"percentiles lie between 0 and 100, both left out; got {percents}")
        diameters = [self.diameter_um[percent] for percent in percents]
        if diameters[0] <= 0 or any(low >= high for low, high in pairwise(diameters)):
            raise ValueError(f"diameters must be positive and increase with the percentile; got {diameters} µm")
        return self

    def law(self) -> SizeLaw:
        """Return the curve through all points."""
        percents = np.array(sorted(self.diameter_um))
        diameters = np.array([self.diameter_um[percent] for percent in percents])
        return InterpolatedLaw(np.log(diameters), ndtri(percents / 100))

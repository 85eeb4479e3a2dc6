"""Porosity as a function of the stiffness scale, from a few simulated points."""

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq, isotonic_regression


class StiffnessCurve:
    """A rising curve of the porosity over ln(stiffness scale).

    Stiffer spheres leave more pores. Two simulations of nearly the same scale may say the opposite, by chance: such
    points become one, at their means, until none falls (isotonic regression), and the curve runs through what is left
    without overshooting (monotone cubic).

    Parameters
    ----------
    scales : sequence of float
        Different ones, two or more, in any order.
    porosities : sequence of float
    """

    def __init__(self, scales: Sequence[float], porosities: Sequence[float]) -> None:
        order = np.argsort(scales)
        ln_scale = np.log(np.asarray(scales, dtype=float)[order])
        rising = isotonic_regression(np.asarray(porosities, dtype=float)[order])
        self._ln_scale = np.array([block.mean() for block in np.split(ln_scale, rising.blocks[1:-1])])
        self._porosity = rising.x[rising.blocks[:-1]]
        if len(self._porosity) == 1:  # nothing rises at all
            self._ln_scale, self._porosity = ln_scale[[0, -1]], np.repeat(self._porosity, 2)
        self._curve = PchipInterpolator(self._ln_scale, self._porosity)

    def scale_at(self, porosity: float) -> float | None:
        """Return the stiffness scale of a porosity, None outside of the points."""
        if not self._porosity[0] <= porosity <= self._porosity[-1]:
            return None
        ln_scale = brentq(lambda at: float(self._curve(at)) - porosity, self._ln_scale[0], self._ln_scale[-1])
        return float(np.exp(ln_scale))

    def slope(self, scale: float) -> float:
        """Return d porosity / d ln(scale), averaged over a factor of two around `scale`, as far as there are points.

        Nearer by, chance differences between neighbouring points would count.
        """
        around = np.log(scale) + np.log(2) / 2 * np.array([-1, 1])
        low, high = np.clip(around, self._ln_scale[0], self._ln_scale[-1])
        return float((self._curve(high) - self._curve(low)) / (high - low))

    def scale_error(self, scale: float, porosity_error: float) -> float:
        """Return the error of a scale that an error of the porosity makes; infinite where the curve is flat."""
        slope = self.slope(scale)
        return scale * porosity_error / slope if slope else float("inf")

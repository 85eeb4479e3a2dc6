"""Deviations of many designs from few seeds each: every design's own, drawn towards what is usual."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import brentq

Floats = NDArray[np.float64]

SMALLEST = 1e-5  # of the median variance: none is taken for less when variances are compared
ALL_ALIKE = 1e6  # degrees of freedom of a variance that all designs share


class Deviations(NamedTuple):
    """Standard deviations over seeds, and their degrees of freedom, (designs,)."""

    std: Floats
    freedom: Floats


def moderated(values: Floats) -> Deviations:
    """Return the standard deviation of each design, moderated by those of the others.

    Variances of three seeds scatter by a factor of ten and more. As of normal deviates, the variances themselves are
    taken to scatter as an inverse χ² distribution, whose scale and degrees of freedom are those of the variances seen;
    each design's is then the mean of its own and of that scale, weighted by their degrees of freedom (Smyth 2004,
    doi:10.2202/1544-6115.1027, section 6). A design of one seed takes the scale alone.

    Parameters
    ----------
    values : (designs, seeds) array
        NaN where there is none.
    """
    count = np.isfinite(values).sum(axis=1)
    own_freedom = np.maximum(count - 1, 0).astype(float)
    known = own_freedom > 0
    variance = np.zeros(len(values))
    variance[known] = np.nanvar(values[known], axis=1, ddof=1)
    if not (variance > 0).any():
        unknown = np.where(known.any(), 0.0, np.nan)
        return Deviations(np.full(len(values), unknown), np.full(len(values), ALL_ALIKE))
    usual, freedom = _usual(variance[known], own_freedom[known])
    together = freedom + own_freedom
    return Deviations(np.sqrt((freedom * usual + own_freedom * variance) / together), together)


def _usual(variance: Floats, freedom: Floats) -> tuple[float, float]:
    """Return the scale of variances and its degrees of freedom, from mean and variance of their logarithms."""
    logs = np.log(np.maximum(variance, SMALLEST * np.median(variance[variance > 0])))
    logs = logs - special.digamma(freedom / 2) + np.log(freedom / 2)
    excess = logs.var(ddof=1) - special.polygamma(1, freedom / 2).mean() if len(logs) > 1 else 0.0
    if excess <= special.polygamma(1, ALL_ALIKE / 2):
        return float(np.exp(logs.mean())), ALL_ALIKE
    half = float(np.exp(brentq(lambda log: special.polygamma(1, np.exp(log)) - excess, -20, np.log(ALL_ALIKE / 2))))
    return float(np.exp(logs.mean() + special.digamma(half) - np.log(half))), 2 * half

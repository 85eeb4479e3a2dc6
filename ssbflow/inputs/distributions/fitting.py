"""Parameters of a size law from its percentiles.

Three percentiles over-determine two parameters, so the input says which are met exactly; the misfit of the others is
reported and a gross one refused.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import scipy  # its parts are loaded when they are used: every worker reads this file
from numpy.typing import NDArray

from ssbflow.inputs.distributions.base import SizeLaw

Fit = Literal["d50_d95", "d5_d95", "least_squares"]
EXACT: dict[Fit, tuple[float, ...]] = {"d50_d95": (0.5, 0.95), "d5_d95": (0.05, 0.95), "least_squares": ()}
EXACT_MISFIT = 1e-6  # relative
TINY_UM = 1e-12  # stands for diameters below zero while the search is far off
GROSS_MISFIT = 0.20  # relative; Example 1's own lognormal misses its D5 by 15 %

Percentiles = dict[float, float]
"""Share of the distribution → diameter (µm)."""


def misfits(law: SizeLaw, percentiles: Percentiles) -> Percentiles:
    """Return the relative error of each percentile, (fitted − given) / given."""
    return {share: float(law.ppf(share)) / diameter - 1 for share, diameter in percentiles.items()}


def fitted(
    law_of: Callable[[NDArray[np.float64]], SizeLaw], guess: NDArray[np.float64], percentiles: Percentiles, fit: Fit
) -> NDArray[np.float64]:
    """Return the unconstrained parameters whose law meets the percentiles that `fit` names.

    Parameters
    ----------
    law_of : callable
        From unconstrained parameters (P,) to a law.
    guess : (P,) float64
        Start of the search.
    percentiles : dict
        Share → diameter (µm).
    fit : str
        Which percentiles are met exactly.
    """
    wanted = {share: diameter for share, diameter in percentiles.items() if share in (EXACT[fit] or percentiles)}
    shares, logs = np.array(list(wanted)), np.log(list(wanted.values()))

    def residual(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        quantiles = np.asarray(law_of(parameters).ppf(shares), dtype=float)
        return np.asarray(np.log(np.maximum(quantiles, TINY_UM)) - logs)

    solution = scipy.optimize.least_squares(residual, guess, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=500)
    return np.asarray(solution.x, dtype=float)

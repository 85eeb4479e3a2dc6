"""Bootstrap intervals of means over seeds, for many designs at once."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

RESAMPLES = 2000
NUMBERS_AT_ONCE = 4_000_000  # of designs × resamples


def bootstrap_interval(
    values: Floats, confidence: float, entropy: int, *, resamples: int = RESAMPLES
) -> tuple[Floats, Floats]:
    """Return the ends of bias-corrected and accelerated (BCa) bootstrap intervals of means over the last axis.

    All designs with as many seeds share the same draws, made of the entropy and that number: a design's interval
    depends on nothing but its own values, and means of all resamples are one product of matrices.

    Parameters
    ----------
    values : (..., seeds) array
        NaN where there is none.
    confidence : float
        Between 0 and 1.
    entropy : int
        That all draws flow from.
    resamples : int

    Returns
    -------
    tuple of (...) arrays
        Low and high; NaN for fewer than two seeds, the mean itself where all seeds agree.

    Notes
    -----
    Efron (1987), doi:10.1080/01621459.1987.10478410. For a mean the jackknife's acceleration is
    Σ(x − x̄)³ / (6 (Σ(x − x̄)²)^1.5). Few seeds make it too narrow: Student's interval is the safer one below about ten.
    """
    rows = values.reshape(-1, values.shape[-1])
    ends = np.full((2, len(rows)), np.nan)
    count = np.isfinite(rows).sum(axis=1)
    for seeds in np.unique(count[count > 1]).tolist():
        which = np.flatnonzero(count == seeds)
        generator = np.random.default_rng([entropy, seeds])
        weights = generator.multinomial(seeds, np.full(seeds, 1 / seeds), size=resamples) / seeds
        at_once = max(1, NUMBERS_AT_ONCE // resamples)
        for start in range(0, len(which), at_once):
            some = which[start : start + at_once]
            known = rows[some][np.isfinite(rows[some])].reshape(-1, seeds)
            ends[:, some] = _bca(known, weights, confidence)
    low, high = ends.reshape(2, *values.shape[:-1])
    return low, high


def _bca(values: Floats, weights: Floats, confidence: float) -> Floats:
    """Return both ends, (2, designs), of values without NaN, (designs, seeds)."""
    mean = values.mean(axis=1, keepdims=True)
    away = values - mean
    means = np.sort(away @ weights.T, axis=1)
    squares = (away**2).sum(axis=1)
    rounding = 1e-9 * np.sqrt(squares)[:, np.newaxis]
    below = ((means < -rounding).sum(axis=1) + (means <= rounding).sum(axis=1)) / (2 * means.shape[1])  # ties: half
    with np.errstate(divide="ignore", invalid="ignore"):
        acceleration = np.nan_to_num((away**3).sum(axis=1) / (6 * squares**1.5))
    levels = np.array([(1 - confidence) / 2, (1 + confidence) / 2])[:, np.newaxis]
    moved = ndtri(below) + ndtri(levels)
    shares = ndtr(ndtri(below) + moved / (1 - acceleration * moved))
    return np.asarray(mean.T + np.array([_quantiles(means, share) for share in shares]))


def _quantiles(ordered: Floats, shares: Floats) -> Floats:
    """Return one quantile of each row, between its ordered values as NumPy does by default."""
    at = shares * (ordered.shape[1] - 1)
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, ordered.shape[1] - 1)
    rows = np.arange(len(ordered))
    return np.asarray(ordered[rows, below] + (at - below) * (ordered[rows, above] - ordered[rows, below]))

"""How well a mean over seeds is known: Student's interval."""

import numpy as np
import pandas as pd
from scipy import stats

CONFIDENCE = 0.95


def half_width(stds: "pd.Series[float]", seeds: "pd.Series[int]", confidence: float = CONFIDENCE) -> "pd.Series[float]":
    """Return half of Student's confidence interval of means over seeds; NaN for fewer than two seeds.

    Parameters
    ----------
    stds, seeds : pandas.Series, (designs,)
        Standard deviations over seeds, and how many there are.
    confidence : float
    """
    freedom = (seeds - 1).where(seeds > 1)
    quantile = pd.Series(np.asarray(stats.t.ppf((1 + confidence) / 2, freedom)), index=stds.index)
    return quantile * stds / np.sqrt(seeds.where(seeds > 1))

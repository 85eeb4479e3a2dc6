"""How sure a choice is: the chance that a design is the best, and what choosing it may cost."""

import numpy as np
import pandas as pd

from ssbflow.errors import SelectionError

FEW_SEEDS = 3  # below, a deviation says little of its own
NUMBERS_AT_ONCE = 4_000_000  # of draws × designs


def chances(
    means: "pd.Series[float]",
    stds: "pd.Series[float]",
    seeds: "pd.Series[int]",
    generator: np.random.Generator,
    *,
    maximize: bool = True,
    draws: int = 4000,
) -> pd.DataFrame:
    """Return the chance that each design is the best, and the expected regret of choosing it.

    The mean of a design is drawn from Student's distribution about the mean of its seeds: the posterior for normal
    deviates with the usual uninformative prior. A design with fewer than `FEW_SEEDS` takes the pooled deviation of all:
    its own says little, and with two seeds the expectation does not exist.

    Parameters
    ----------
    means, stds, seeds : pandas.Series, (designs,)
        Over the seeds of each design for which the objective exists; one at least.
    generator : numpy.random.Generator
    maximize : bool
    draws : int

    Returns
    -------
    pandas.DataFrame
        ``probability_best``, which sum to 1, and ``expected_regret``: by how much the best design is better on
        average, in units of the objective.

    Raises
    ------
    SelectionError
        All designs together have too few seeds to know a deviation.
    """
    count, std = seeds.to_numpy(), stds.to_numpy()
    freedom = (count - 1).sum()
    if freedom < FEW_SEEDS - 1:
        raise SelectionError("too few seeds ended well to know how sure a choice is: run more of them")
    enough = count >= FEW_SEEDS
    pooled = np.sqrt(np.nansum(std**2 * (count - 1)) / freedom)
    error = np.where(enough, std, pooled) / np.sqrt(count)
    of_each = np.where(enough, count - 1, freedom)
    sign = 1 if maximize else -1
    wins, regret = np.zeros(len(count)), np.zeros(len(count))
    at_once = max(1, NUMBERS_AT_ONCE // len(count))
    for start in range(0, draws, at_once):
        deviates = generator.standard_t(of_each, (min(at_once, draws - start), len(count)))
        drawn = sign * means.to_numpy() + error * deviates
        np.add.at(wins, drawn.argmax(axis=1), 1)
        regret += (drawn.max(axis=1, keepdims=True) - drawn).sum(axis=0)
    return pd.DataFrame({"probability_best": wins / draws, "expected_regret": regret / draws}, index=means.index)

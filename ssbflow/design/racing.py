"""Racing: which designs could still be the best once all their seeds are there, and which seeds to compute next.

Nothing is computed or read here, and nothing is remembered: all is decided anew from the numbers that are there, so
that a race that is stopped goes on as if it had not been, and can be replayed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ssbflow.design.deviations import moderated
from ssbflow.design.more_seeds import one_more, opening_seeds
from ssbflow.design.uncertainty import FEW_SEEDS
from ssbflow.errors import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

IN_THE_RACE = ""
NO_VALUE = "without value"
INFEASIBLE = "ruled out"
WORSE = "worse"
NOT_BETTER = "within reach"


@dataclass(frozen=True)
class RaceRules:
    """When a design leaves.

    Parameters
    ----------
    first_seeds : int
        Of every design, before any leaves.
    confidence : float
        Of each comparison, two-sided.
    within : float
        A design leaves, too, that can be better by no more than this, in units of the objective.
    """

    first_seeds: int = FEW_SEEDS
    confidence: float = 0.95
    within: float = 0.0

    def __post_init__(self) -> None:
        if self.first_seeds < FEW_SEEDS:
            raise InputError(f"first seeds must be {FEW_SEEDS} or more; got {self.first_seeds}")
        if not 0 < self.confidence < 1:
            raise InputError(f"confidence must be between 0 and 1, e.g. 0.95; got {self.confidence:g}")
        if not 0 <= self.within < np.inf:
            raise InputError(f"within must be 0 or more, in units of the objective; got {self.within:g}")


@dataclass(frozen=True, eq=False)
class Scores:
    """What is known of some designs.

    Parameters
    ----------
    ended : (designs, seeds) array of bool
        Cases that are done, failed ones too.
    values : (designs, seeds) array
        The objective, to be maximized; NaN where there is none.
    fulfilled : (constraints, designs) array of bool
        By the means over seeds.
    missed : (constraints, designs) array
        By how much the means miss each constraint, negative where they fulfil it; NaN where no numbers are compared.
    excess : (constraints, designs, seeds) array
        The same of each case; NaN where there is none.
    """

    ended: Bools
    values: Floats
    fulfilled: Bools
    missed: Floats
    excess: Floats


@dataclass(frozen=True, eq=False)
class Verdict:
    """How the designs stand.

    Parameters
    ----------
    mean, error : (designs,) arrays
        Of the objective, over the seeds that are there; the error is that of the mean over all seeds.
    reason : (designs,) array of str
        Why each is out; empty for those in the race.
    best : int or None
        The design with the best mean of those that fulfil the condition; None if none does.
    """

    mean: Floats
    error: Floats
    reason: NDArray[np.str_]
    best: int | None

    @property
    def racing(self) -> Bools:
        """Which designs are in the race, the best one included."""
        return np.asarray(self.reason == IN_THE_RACE)

    @property
    def is_decided(self) -> bool:
        """Whether more seeds would change nothing."""
        return int(self.racing.sum()) <= (0 if self.best is None else 1)


def judge(scores: Scores, rules: RaceRules) -> Verdict:
    """Return which designs may still be what the full factorial would choose.

    A design leaves if by Welch's test its mean over all seeds will not exceed that of the best design which surely
    fulfils the condition, or if it surely does not fulfil the condition. Deviations are moderated (`moderated`); the
    error of a mean over N seeds, of which n are known, is the deviation times √(1/n − 1/N), so that the race ends as
    the full factorial does. Seeds of one number in different designs have nothing in common, so they are not paired.

    Notes
    -----
    Each comparison has its own confidence, without Bonferroni's correction for their number: a design that left by
    chance is compared again whenever the best one's mean changes.
    """
    mean, error, freedom = _final_means(scores.values, scores.ended)
    open_, sure = _feasibility(scores, rules)
    fulfils, has_value = scores.fulfilled.all(axis=0), np.isfinite(mean)
    reason = np.full(len(mean), IN_THE_RACE, dtype=object)
    reason[~open_] = INFEASIBLE
    reason[~has_value] = NO_VALUE
    best = _best(mean, has_value & fulfils)
    ahead = _best(mean, has_value & sure)
    if ahead is not None:
        most = mean - mean[ahead] + _half(np.hypot(error, error[ahead]), _welch(error, freedom, ahead), rules)
        leaves = (reason == IN_THE_RACE) & (most <= rules.within)
        leaves[[ahead, best]] = False  # these are two where the best one may yet turn out not to fulfil the condition
        reason[leaves] = np.where(most[leaves] <= 0, WORSE, NOT_BETTER)
    return Verdict(mean, error, reason.astype(str), best)


def next_seeds(scores: Scores, verdict: Verdict, rules: RaceRules, slots: int = 1) -> Bools:
    """Return which cases to compute next, (designs, seeds); none once the race is decided.

    First every design gets its first seeds; then, as often as this is asked, those in the race get one more each, and
    further ones until the number of cases is a multiple of the slots: workers that would wait.
    """
    opening = opening_seeds(scores.ended, rules.first_seeds)
    if opening.any():
        return opening
    return one_more(scores.ended, verdict.racing & (not verdict.is_decided), slots)


def _final_means(values: Floats, ended: Bools) -> tuple[Floats, Floats, Floats]:
    """Return means over the seeds that are there, how far those over all seeds may be, and degrees of freedom."""
    count, left = np.isfinite(values).sum(axis=1), (~ended).sum(axis=1)
    known = count > 0
    mean = np.full(len(values), np.nan)
    mean[known] = np.nanmean(values[known], axis=1)
    deviations = moderated(values)
    some = np.maximum(count, 1)
    error = np.where(known, deviations.std * np.sqrt(1 / some - 1 / (some + left)), np.inf)
    error[known & (left == 0)] = 0.0  # even where nothing is known of deviations
    return mean, np.where(np.isnan(error), np.inf, error), deviations.freedom


def _feasibility(scores: Scores, rules: RaceRules) -> tuple[Bools, Bools]:
    """Return which designs may fulfil all constraints once all seeds are there, and which surely do."""
    may, surely = np.ones((2, len(scores.values)), dtype=bool)
    for fulfilled, missed, excess in zip(scores.fulfilled, scores.missed, scores.excess, strict=True):
        _, error, freedom = _final_means(excess, scores.ended)
        half = _half(error, freedom, rules)
        compared = np.isfinite(missed) & np.isfinite(excess).any(axis=1) & (half > 0)
        may &= np.where(compared, fulfilled | (missed - half < 0), fulfilled)
        surely &= np.where(compared, fulfilled & (missed + half < 0), fulfilled)
    return may, surely


def _half(error: Floats, freedom: Floats, rules: RaceRules) -> Floats:
    quantile = np.asarray(stats.t.ppf((1 + rules.confidence) / 2, np.maximum(freedom, 1)))
    return np.where(error > 0, quantile * error, 0.0)


def _welch(error: Floats, freedom: Floats, ahead: int) -> Floats:
    """Return the degrees of freedom of the differences to one design (Welch and Satterthwaite)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = error**2 / (error**2 + error[ahead] ** 2)
        found = 1 / (shares**2 / freedom + (1 - shares) ** 2 / freedom[ahead])
    return np.where(np.isfinite(found), found, 1.0)


def _best(mean: Floats, of: Bools) -> int | None:
    """Return the design of the largest mean, the first of equal ones."""
    return int(np.argmax(np.where(of, mean, -np.inf))) if of.any() else None

"""Races replayed on a full factorial: how often they choose what it chooses, and from how many of its cases."""

from dataclasses import dataclass, replace

import numpy as np

from ssbflow.design.racing import Bools, RaceRules, Scores, judge, next_seeds


@dataclass(frozen=True)
class Replays:
    """What came of replayed races.

    Parameters
    ----------
    same : float
        Fraction of races that chose the design of the full factorial.
    share : float
        Of the cases that a race took, on average.
    largest_share : float
        Of the cases, in the longest race.
    regret : float
        By how much the design of the full factorial is better than the one chosen, on average, over the mean of the
        former; a race that chose none is not counted.
    """

    same: float
    share: float
    largest_share: float
    regret: float


def replay(scores: Scores, rules: RaceRules, generator: np.random.Generator, *, count: int, slots: int = 1) -> Replays:
    """Replay a race on bootstrap resamples of a full factorial.

    The seeds of each design are drawn anew, with replacement, from its own: what stands for the full factorial is the
    resample, and what it would choose is its own best design. Constraints hold or not by the mean of their excess, or,
    where they compare no numbers of cases, as they do in the full factorial.

    Parameters
    ----------
    scores : Scores
        Of all cases (`Contest.scores` of a cube that is complete).
    rules : RaceRules
    generator : numpy.random.Generator
    count : int
        How many resamples.
    slots : int
        As of `next_seeds`.
    """
    chosen = [_raced(_resampled(scores, generator), rules, slots) for _ in range(count)]
    regrets, shares = np.array(chosen).T
    return Replays(
        same=float((regrets == 0).mean()),
        share=float(shares.mean()),
        largest_share=float(shares.max()),
        regret=float(regrets[np.isfinite(regrets)].mean()),
    )


def _resampled(scores: Scores, generator: np.random.Generator) -> Scores:
    drawn = generator.integers(scores.values.shape[1], size=scores.values.shape)
    excess = np.take_along_axis(scores.excess, np.broadcast_to(drawn, scores.excess.shape), axis=2)
    whole = replace(scores, values=np.take_along_axis(scores.values, drawn, axis=1), excess=excess)
    return _as_far_as(whole, scores.ended)


def _as_far_as(whole: Scores, ended: Bools) -> Scores:
    """Return what would be known if only some cases had ended."""
    excess = np.where(ended, whole.excess, np.nan)
    count = np.isfinite(excess).sum(axis=2)
    missed = np.where(count > 0, np.nansum(excess, axis=2) / np.maximum(count, 1), np.nan)
    of_cases = np.asarray(np.isfinite(whole.excess).any(axis=(1, 2)))[:, np.newaxis]
    return Scores(
        ended=ended,
        values=np.where(ended, whole.values, np.nan),
        fulfilled=np.where(of_cases, missed <= 0, whole.fulfilled),
        missed=np.where(of_cases, missed, whole.missed),
        excess=excess,
    )


def _raced(whole: Scores, rules: RaceRules, slots: int) -> tuple[float, float]:
    """Return the regret of a race's choice, infinite where it is none, and the share of cases that it took."""
    ended = np.zeros_like(whole.ended)
    while True:
        known = _as_far_as(whole, ended)
        verdict = judge(known, rules)
        wanted = next_seeds(known, verdict, rules, slots)
        if not wanted.any():
            return _regret(whole, rules, verdict.best), float(ended.mean())
        ended = ended | wanted


def _regret(whole: Scores, rules: RaceRules, chosen: int | None) -> float:
    final = judge(whole, rules)
    if chosen is None or final.best is None or not whole.fulfilled[:, chosen].all():
        return 0.0 if chosen == final.best else np.inf
    return float((final.mean[final.best] - final.mean[chosen]) / abs(final.mean[final.best]))

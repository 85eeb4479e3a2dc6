import numpy as np
import pytest

from ssbflow.design.race_replay import replay
from ssbflow.design.racing import RaceRules, Scores


def factorial(means: list[float], noise: float, seeds: int = 8) -> Scores:
    values = np.random.default_rng(0).normal(np.array(means)[:, np.newaxis], noise, (len(means), seeds))
    nothing = np.zeros((0, len(means)))
    return Scores(np.ones(values.shape, bool), values, nothing.astype(bool), nothing, np.zeros((0, *values.shape)))


def test_clear_designs_are_chosen_from_their_first_seeds() -> None:
    found = replay(factorial([0, 10, 20], 0.1), RaceRules(), np.random.default_rng(0), count=20)
    assert (found.same, found.share, found.largest_share, found.regret) == (1, 3 / 8, 3 / 8, 0)


def test_noise_costs_cases() -> None:
    found = replay(factorial([0, 0, 0, 0], 1), RaceRules(), np.random.default_rng(0), count=20)
    assert found.share > 0.6
    assert found.same > 0.7


def test_a_constraint_is_that_of_the_resample() -> None:
    free = factorial([0, 10, 20], 0.1)
    excess = np.repeat([[-1.0], [-1.0], [1.0]], 8, axis=1)[np.newaxis]
    bound = Scores(free.ended, free.values, excess.mean(axis=2) <= 0, excess.mean(axis=2), excess)
    found = replay(bound, RaceRules(), np.random.default_rng(0), count=5)
    assert (found.same, found.share) == (1, 3 / 8)


def test_same_generator_same_replays() -> None:
    one, other = (replay(factorial([0, 1], 1), RaceRules(), np.random.default_rng(3), count=5) for _ in range(2))
    assert one == other
    assert one.same == pytest.approx(one.same)

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ssbflow.design.racing import INFEASIBLE, NO_VALUE, NOT_BETTER, WORSE, RaceRules, Scores, Verdict, judge, next_seeds
from ssbflow.errors import InputError

RULES = RaceRules()


def scores(values: Any, ended: Any = None, excess: Any = None) -> Scores:
    """Scores of cases that ended; a constraint is met where its mean excess is below 0."""
    values = np.asarray(values, dtype=float)
    ended = np.ones(values.shape, dtype=bool) if ended is None else np.asarray(ended)
    excess = np.zeros((0, *values.shape)) if excess is None else np.where(ended, excess, np.nan)
    missed = np.array([np.nanmean(one, axis=1) for one in excess]).reshape(len(excess), len(values))
    return Scores(ended, np.where(ended, values, np.nan), missed < 0, missed, excess)


def raced(values: np.ndarray, rules: RaceRules = RULES, slots: int = 1) -> tuple[Verdict, np.ndarray]:
    """Race over values that are revealed as they are asked for; the last verdict and what was asked for."""
    ended = np.zeros(values.shape, dtype=bool)
    while True:
        known = scores(values, ended)
        verdict = judge(known, rules)
        wanted = next_seeds(known, verdict, rules, slots)
        assert not (wanted & ended).any()
        if not wanted.any():
            return verdict, ended
        ended |= wanted


numbers = st.floats(-10, 10, allow_subnormal=False) | st.just(float("nan"))
tables = st.tuples(st.integers(1, 6), st.integers(3, 6)).flatmap(lambda shape: arrays(float, shape, elements=numbers))


@given(means=st.lists(st.integers(-50, 50), min_size=1, max_size=8), seeds=st.integers(3, 9), slots=st.integers(1, 5))
def test_without_noise_the_first_seeds_decide(means: list[int], seeds: int, slots: int) -> None:
    verdict, asked = raced(np.repeat(np.array(means, float)[:, np.newaxis], seeds, axis=1), slots=slots)
    assert verdict.best == int(np.argmax(means))
    assert asked.sum() == 3 * len(means)
    assert verdict.racing.sum() == 1


@given(values=tables, slots=st.integers(1, 4))
@settings(deadline=None)
def test_a_race_ends_and_chooses_who_has_the_best_mean_of_what_it_saw(values: np.ndarray, slots: int) -> None:
    verdict, asked = raced(values, slots=slots)
    assert (asked.sum(axis=1) >= 3).all()
    if np.isnan(np.where(asked, values, np.nan)).all():
        assert verdict.best is None
        return
    assert verdict.best == np.nanargmax(verdict.mean)
    assert verdict.racing[verdict.best]
    assert verdict.reason[np.isnan(verdict.mean)].tolist() == [NO_VALUE] * int(np.isnan(verdict.mean).sum())


@given(values=tables, generator=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_designs_does_not_matter(values: np.ndarray, generator: Any) -> None:
    values = values + 1e-3 * np.arange(values.size).reshape(values.shape)  # no two means are the same
    order = list(range(len(values)))
    generator.shuffle(order)
    one, other = judge(scores(values[:, :3]), RULES), judge(scores(values[order, :3]), RULES)
    assert one.reason[order].tolist() == other.reason.tolist()
    np.testing.assert_allclose(one.error[order], other.error, rtol=1e-9)


@given(values=tables, slots=st.integers(1, 4))
@settings(deadline=None)
def test_a_race_is_deterministic_and_goes_on_where_it_was_stopped(values: np.ndarray, slots: int) -> None:
    (first, asked), (again, asked_again) = raced(values, slots=slots), raced(values, slots=slots)
    assert (first.best, asked.tolist()) == (again.best, asked_again.tolist())
    known = scores(values, asked)
    assert not next_seeds(known, judge(known, RULES), RULES, slots).any()


@given(values=arrays(float, (1, 5), elements=st.floats(-10, 10)))
def test_the_only_design_stays(values: np.ndarray) -> None:
    verdict, asked = raced(values)
    assert (verdict.best, verdict.racing.tolist(), asked.sum()) == (0, [True], 3)


def test_all_seeds_decide_as_the_full_factorial() -> None:
    values = np.random.default_rng(0).normal(0, 1, (5, 6))
    verdict = judge(scores(values), RULES)
    assert verdict.best == values.mean(axis=1).argmax()
    assert (verdict.racing.sum(), verdict.error.max()) == (1, 0)


def test_near_designs_get_more_seeds_and_far_ones_leave() -> None:
    values = np.random.default_rng(1).normal([[0.0], [0.05], [-9], [-8]], 1, (4, 10))
    verdict, asked = raced(values)
    assert asked.sum(axis=1)[2:].tolist() == [3, 3]
    assert asked.sum(axis=1)[:2].min() > 5
    assert verdict.best == values[:2].mean(axis=1).argmax()


def test_a_design_within_reach_of_the_best_leaves() -> None:
    values = np.random.default_rng(1).normal([[0.0], [0.05], [-0.1]], 0.1, (3, 10))
    verdict, asked = raced(values, dataclasses.replace(RULES, within=1.0))
    assert asked.sum() == 9
    assert sorted(verdict.reason) == ["", NOT_BETTER, WORSE]


def test_a_design_that_left_by_chance_comes_back() -> None:
    """Its three seeds were bad luck, which shows when the best one's mean falls."""
    early = np.array([[2.0, 2.1, 1.9, 0, 0, 0], [0.9, 1.0, 1.1, 5, 5, 5]])
    ended = np.zeros(early.shape, dtype=bool)
    ended[:, :3] = True
    assert judge(scores(early, ended), RULES).reason.tolist() == ["", WORSE]
    ended[0] = True
    assert judge(scores(early, ended), RULES).racing.tolist() == [True, True]


def test_designs_that_surely_do_not_fulfil_the_condition_leave_and_others_wait() -> None:
    values = np.repeat([[3.0], [2.0], [1.0]], 6, axis=1)
    ended = np.zeros(values.shape, dtype=bool)
    ended[:, :3] = True
    noise = np.array([0.1, -0.1, 0.02, 0, 0, 0])
    verdict = judge(scores(values, ended, [[5 + noise, noise, noise - 5]]), RULES)
    assert verdict.reason.tolist() == [INFEASIBLE, "", ""]  # the second may fulfil it, so that the third cannot leave
    assert verdict.best == 2
    verdict = judge(scores(values, ended, [[5 + noise, noise - 5, noise - 5]]), RULES)
    assert (verdict.reason.tolist(), verdict.best) == ([INFEASIBLE, "", WORSE], 1)


def test_no_feasible_design_is_no_best_one() -> None:
    verdict = judge(scores(np.ones((2, 4)), excess=np.ones((1, 2, 4))), RULES)
    assert (verdict.best, verdict.is_decided) == (None, True)


def test_failed_cases_cost_seeds_but_no_values() -> None:
    values = np.array([[np.nan, 1.0, 1.2, 1.1, 1.0], [0.9, np.nan, np.nan, 1.3, 1.2], [np.nan] * 5])
    verdict, asked = raced(values)
    assert verdict.reason[2] == NO_VALUE
    assert asked[2].tolist() == [True, True, True, False, False]
    assert asked[:2].all()
    assert verdict.best == 1


@pytest.mark.parametrize(("slots", "cases"), [(1, 2), (4, 4), (5, 5), (100, 14)])
def test_a_round_fills_the_workers(slots: int, cases: int) -> None:
    values = np.random.default_rng(0).normal(0, 1, (2, 10))
    ended = np.zeros(values.shape, dtype=bool)
    ended[:, :3] = True
    known = scores(values, ended)
    wanted = next_seeds(known, judge(known, RULES), RULES, slots)
    assert wanted.sum() == cases
    assert abs(np.diff(wanted.sum(axis=1))).item() <= 1


@pytest.mark.parametrize("wrong", [{"first_seeds": 2}, {"confidence": 95}, {"within": -1}, {"within": np.nan}])
def test_rules_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="must be"):
        RaceRules(**wrong)  # type: ignore[arg-type]

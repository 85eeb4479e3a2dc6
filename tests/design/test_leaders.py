import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ssbflow.design.leaders import LEADERS, seeds_for_leaders
from ssbflow.design.racing import Scores

NONE = np.nan


def scores_of(values: list[list[float]], ended: NDArray[np.bool_] | None = None, fulfilled: object = ()) -> Scores:
    """Designs × seeds; a case without value is still to be computed, unless it is said to have ended."""
    numbers = np.array(values, dtype=float)
    constraints = np.array(fulfilled, dtype=bool).reshape(-1, len(numbers))
    done = np.isfinite(numbers) if ended is None else ended
    missed = np.full(constraints.shape, np.nan)
    return Scores(done, numbers, constraints, missed, np.full((len(constraints), *numbers.shape), np.nan))


def wanted_of(scores: Scores, cases: int = 99, batch: int = 1) -> list[list[int]]:
    return np.argwhere(seeds_for_leaders(scores, cases, batch)).tolist()


def test_the_best_means_get_one_more_seed_each() -> None:
    one_each = scores_of([[4, NONE, NONE], [1, NONE, NONE], [5, NONE, NONE], [3, NONE, NONE], [2, NONE, NONE]])
    assert wanted_of(one_each) == [[0, 1], [2, 1], [3, 1]]
    fallen = scores_of([[4, NONE, NONE], [1, NONE, NONE], [5, -9, NONE], [3, NONE, NONE], [2, NONE, NONE]])
    assert wanted_of(fallen) == [[0, 1], [3, 1], [4, 1]]


def test_a_batch_is_filled_and_cases_are_not_exceeded() -> None:
    scores = scores_of([[3, NONE, NONE], [2, NONE, NONE], [1, NONE, NONE]])
    assert len(wanted_of(scores, batch=5)) == 5
    assert wanted_of(scores, cases=5, batch=5) == [[0, 1], [0, 2]]
    assert wanted_of(scores, cases=3) == wanted_of(scores, cases=2) == []


def test_who_fails_or_violates_the_condition_leads_nothing() -> None:
    failed = scores_of([[NONE, NONE], [1, NONE]], ended=np.array([[True, False], [True, False]]))
    assert wanted_of(failed) == [[1, 1]]
    ruled_out = scores_of([[2, NONE], [1, NONE]], fulfilled=[[False, True]])
    assert wanted_of(ruled_out) == [[1, 1]]
    assert wanted_of(scores_of([[NONE, NONE]])) == []


def test_leaders_with_all_their_seeds_end_the_search() -> None:
    assert wanted_of(scores_of([[9, 9], [8, 8], [7, 7], [1, NONE]])) == []


@given(
    means=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12, unique=True),
    cases=st.integers(1, 60),
    batch=st.integers(1, 9),
)
def test_only_leaders_get_cases_that_are_open(means: list[float], cases: int, batch: int) -> None:
    scores = scores_of([[mean, NONE, NONE, NONE] for mean in means])
    wanted = seeds_for_leaders(scores, cases, batch)
    assert not (wanted & scores.ended).any()
    assert scores.ended.sum() + wanted.sum() <= max(cases, len(means))
    behind = np.argsort(means)[: max(len(means) - LEADERS, 0)]
    assert not wanted[behind].any()

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ssbflow.design.pareto import pareto_front

few_values = st.sampled_from([-np.inf, -1.0, -0.0, 0.0, 1.0, 1.0000000000000002, 1e308, np.nan])
tables = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=few_values)


def naive(values: np.ndarray) -> list[bool]:
    def dominated(row: np.ndarray) -> bool:
        return any(np.all(other >= row) and np.any(other > row) for other in values if not np.isnan(other).any())

    return [not np.isnan(row).any() and not dominated(row) for row in values]


@given(tables)
def test_front_is_what_brute_force_finds(values: np.ndarray) -> None:
    assert pareto_front(values).tolist() == naive(values)


@given(tables, st.randoms(use_true_random=False))
def test_order_of_the_designs_does_not_matter(values: np.ndarray, random: object) -> None:
    order = np.random.default_rng(random.getrandbits(32)).permutation(len(values))  # type: ignore[attr-defined]
    assert pareto_front(values[order]).tolist() == pareto_front(values)[order].tolist()


@given(tables, st.integers(0, 7))
def test_designs_that_are_dominated_change_nothing(values: np.ndarray, which: int) -> None:
    worse = np.minimum(values[which % len(values)], 1e300) - 1
    found = pareto_front(np.vstack([values, worse]))
    front = pareto_front(values)
    assert found[:-1].tolist() == front.tolist() or np.isneginf(values).any()


def test_nothing_has_no_front() -> None:
    assert pareto_front(np.zeros((0, 2))).tolist() == []


def test_many_equal_designs_are_on_the_front_together() -> None:
    assert pareto_front(np.ones((1000, 3))).all()

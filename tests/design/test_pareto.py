import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ssbflow.design.pareto import pareto_front

few_values = st.sampled_from([-np.inf, -1.0, -0.0, 0.0, 1.0, 1.0000000000000002, 1e308, np.nan])
tables = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=few_values)

finite = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.sampled_from([-1.0, 0.0, 1.0])
)


def naive(values: np.ndarray) -> list[bool]:
    def dominated(row: np.ndarray) -> bool:
        return any(np.all(other >= row) and np.any(other > row) for other in values if not np.isnan(other).any())

    return [not np.isnan(row).any() and not dominated(row) for row in values]


@given(tables)
def test_front_is_what_brute_force_finds(values: np.ndarray) -> None:
    assert pareto_front(values).tolist() == naive(values)


@given(tables, st.data())
def test_order_of_the_designs_does_not_matter(values: np.ndarray, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(values))))
    assert pareto_front(values[order]).tolist() == pareto_front(values)[order].tolist()


@given(finite, st.integers(0, 7))
def test_designs_that_are_dominated_change_nothing(values: np.ndarray, which: int) -> None:
    worse = values[which % len(values)] - 1
    assert pareto_front(np.vstack([values, worse])).tolist() == [*pareto_front(values).tolist(), False]


def test_nothing_has_no_front() -> None:
    assert pareto_front(np.zeros((0, 2))).tolist() == []


def test_many_equal_designs_are_on_the_front_together() -> None:
    assert pareto_front(np.ones((1000, 3))).all()

"""Pareto fronts: the designs that no other one beats in one objective without losing in another."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def pareto_front(values: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Return which rows no other row dominates: is at least as good everywhere, and better somewhere.

    Parameters
    ----------
    values : (designs, objectives) array
        All to be maximized; equal rows are on the front together, rows with NaN never.

    Returns
    -------
    (designs,) array of bool

    Notes
    -----
    Rows are visited from the largest sum of ranks down: whoever is met and left is on the front, and takes what it
    dominates out. That costs designs × front, not designs².
    """
    front = np.zeros(len(values), dtype=bool)
    ranks = _ranks(values)
    left = np.flatnonzero(~np.isnan(values).any(axis=1))
    left = left[np.argsort(-ranks[left].sum(axis=1), kind="stable")]
    while len(left):
        best, rest = ranks[left[0]], ranks[left]
        front[left[(rest == best).all(axis=1)]] = True
        left = left[(rest > best).any(axis=1)]
    return front


def _ranks(values: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Return the rank of each value in its column: sums of ranks are exact, those of values may round or overflow."""
    columns = [np.unique(column, return_inverse=True)[1] for column in values.T]
    return np.stack(columns, axis=1) if columns else np.zeros(values.shape, dtype=np.int64)

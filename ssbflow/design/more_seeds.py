"""Which seeds of which designs to compute next."""

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]


def opening_seeds(ended: Bools, count: int) -> Bools:
    """Return the cases that are still open of the first `count` of every design.

    Parameters
    ----------
    ended : (designs, seeds) array of bool
        Cases that are done; whichever they are, so many count.
    count : int
        No more than there are seeds are taken.
    """
    return _first_open(ended, np.minimum(count, ended.shape[1]) - ended.sum(axis=1))


def one_more(ended: Bools, designs: Bools, slots: int = 1) -> Bools:
    """Return the next case of some designs, and further ones of them until the slots are filled.

    Parameters
    ----------
    ended : (designs, seeds) array of bool
    designs : (designs,) array of bool
        Which get more, as far as there are seeds.
    slots : int
        Cases that run at a time: the number of cases is a multiple of it if it can be, so that no worker waits.
    """
    left = np.where(designs, (~ended).sum(axis=1), 0)
    more = np.minimum(left, 1)
    while (missing := -more.sum() % slots) and (more < left).any():
        more[np.flatnonzero(more < left)[:missing]] += 1
    return _first_open(ended, more)


def _first_open(ended: Bools, counts: NDArray[np.int64]) -> Bools:
    """Return so many of each design's first cases that are not done."""
    return np.asarray(~ended & (np.cumsum(~ended, axis=1) <= counts[:, np.newaxis]))

"""Which cases of a sweep are worth most: the first seeds of every design tell more than many seeds of one."""

import numpy as np

from ssbflow.flow.runner import open_cells
from ssbflow.flow.standing import Indices, Standing
from ssbflow.store.cells import STATUS


def most_valuable_first(found: Standing) -> Indices:
    """Return the cells of a grid that lack something: the designs by turns, those with fewest seeds done first."""
    which = open_cells(found)
    design = found.grid.design
    done = np.bincount(design[found.cells.status == STATUS["ok"]], minlength=int(design.max()) + 1)
    order = np.argsort(design[which], kind="stable")
    of_one = design[which][order]
    turn = np.arange(len(which)) - np.searchsorted(of_one, of_one)  # which of its design's open cases it is
    there = np.empty(len(which), dtype=np.int64)
    there[order] = done[of_one] + turn
    valuable: Indices = which[np.argsort(there, kind="stable")]
    return valuable

"""What cases cost: as planned from their designs, refined by what those that are done have taken."""

import numpy as np
from numpy.typing import NDArray

from ssbflow.flow.planning import expected_seconds
from ssbflow.flow.standing import Indices, Standing
from ssbflow.inputs.case import Design
from ssbflow.packing.grid_fill import expected_particles
from ssbflow.press.ranks import PARTICLES_PER_RANK
from ssbflow.store.grid import Grid

MEASURING_SHARE = 0.1  # of a case's time


def cores_of(design: Design) -> int:
    """Return on how many cores a case of a design runs, if as many are there as it may use."""
    ranks = design.protocol.press.ranks
    return ranks if ranks != "auto" else max(1, int(expected_particles(design)) // PARTICLES_PER_RANK)


def expected_wall_seconds(found: Standing) -> NDArray[np.float64]:
    """Return how long each case of a grid will take (s), (M,), where there are enough cores.

    Where cases of its design are done, as long as their median. Otherwise as planned, times the median of what done
    cases took over what was planned for them. Those that lack only their numbers take a fraction of it.
    """
    design = found.grid.design
    planned = _planned_seconds(found.grid)
    taken = found.cells.values("wall_time")
    done = np.isfinite(taken)
    scale = float(np.median(taken[done] / planned[design[done]])) if done.any() else 1.0
    of_design = planned * scale
    for number in np.unique(design[done]):
        of_design[number] = np.median(taken[done & (design == number)])
    seconds = of_design[design]
    seconds[found.to_measure] *= MEASURING_SHARE
    return seconds


def longest_first(found: Standing, which: Indices) -> Indices:
    """Return cells of a grid in the order of their expected times: a long case begun last is waited for alone."""
    return which[np.argsort(-expected_wall_seconds(found)[which], kind="stable")]


def _planned_seconds(grid: Grid) -> NDArray[np.float64]:
    """Return the planned time (s) of a case of each design; NaN for those that no case is asked of."""
    seconds = np.full(len(grid.compositions) * len(grid.distributions), np.nan)
    compositions, distributions = list(grid.compositions.values()), list(grid.distributions.values())
    for number in np.unique(grid.design).tolist():
        composition, distribution = divmod(number, len(distributions))
        design = Design(
            composition=compositions[composition], distribution=distributions[distribution], protocol=grid.protocol
        )
        seconds[number] = expected_seconds(design) / cores_of(design)
    return seconds

"""How the cases of a grid stand, before anything is computed: done, to be measured, to be pressed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssbflow.flow.case_task import Outcome
from ssbflow.store.cells import STATUS, Cells, read_cells
from ssbflow.store.flat import record
from ssbflow.store.grid import Grid
from ssbflow.store.layout import Store
from ssbflow.store.records import Failure

FAILURE = tuple(f"failure.{name}" for name in Failure.model_fields)

WALL_TIME = "values.wall_time"

Indices = NDArray[np.int64]
"""Of cells in `Grid.asked`."""


@dataclass(frozen=True, eq=False)
class Standing:
    """The cells of a grid, sorted by what is to be done.

    Parameters
    ----------
    done : list of Outcome
        Of those that have their numbers, or failed.
    to_measure, to_press : (M,) int64
        Those that lack only their numbers, and those that lack everything.
    cells : Cells
        With how long each press took.
    """

    grid: Grid
    done: list[Outcome]
    to_measure: Indices
    to_press: Indices
    cells: Cells


def standing(store: Store, grid: Grid, *, retry: bool = False) -> Standing:
    """Return how the cases of a grid stand in a store; with `retry`, failed ones are still to be done."""
    cells = read_cells(store, grid, [*FAILURE, WALL_TIME], FAILURE)
    open_ = np.isin(cells.status, [STATUS["pending"], STATUS["failed"]] if retry else [STATUS["pending"]])
    simulated = np.append(cells.simulations.rows["status"].to_numpy() == "ok", False)[cells.simulation_row]
    return Standing(
        grid,
        _outcomes(cells, np.flatnonzero(~open_)),
        np.flatnonzero(open_ & simulated),
        np.flatnonzero(open_ & ~simulated),
        cells,
    )


def recorded_attempts(found: Standing) -> NDArray[np.int64]:
    """Return how many times each case of a grid was simulated and measured, (M,), failures included."""
    cells = found.cells
    simulated = cells.simulations.floats("attempt", cells.simulation_row)
    measured = cells.measures.floats("attempt", cells.measure_row)
    return (np.nan_to_num(simulated) + np.nan_to_num(measured)).astype(np.int64)


def _outcomes(cells: Cells, which: Indices) -> list[Outcome]:
    case_ids = cells.case_id.take(which).to_pylist()
    failed = (cells.status[which] == STATUS["failed"]).tolist()
    return [
        Outcome(case_id, "failed", _failure(cells, at)) if bad else Outcome(case_id, "ok")
        for case_id, at, bad in zip(case_ids, which.tolist(), failed, strict=True)
    ]


def _failure(cells: Cells, at: int) -> Failure:
    measured = int(cells.measure_row[at])
    outcomes, row = (cells.measures, measured) if measured >= 0 else (cells.simulations, int(cells.simulation_row[at]))
    return Failure.model_validate(record(outcomes.rows.slice(row, 1).to_pylist()[0])["failure"])

"""The cells of a grid as they stand: which case fills each, how it ended, and its numbers."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ssbflow.inputs.identity import PHYSICS_VERSION
from ssbflow.store.grid import Grid
from ssbflow.store.keys import ids_of, keys_of
from ssbflow.store.layout import Store
from ssbflow.store.ledger import measured_as
from ssbflow.store.loose import LooseRecords, measure_folders, read_loose
from ssbflow.store.outcomes import Outcomes, known_outcomes

STATUS = {"not_asked_for": -1, "pending": 0, "ok": 1, "failed": 2}
VERSION_COLUMN = "inputs.physics_version"

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cells:
    """Every cell of a grid that was asked for, in the order of `Grid.asked`.

    Parameters
    ----------
    grid : Grid
    case_id : (M,) pyarrow strings
    status : (M,) int8
        As `STATUS`.
    physics_version : (M,) int16
    simulations, measures : Outcomes
        What the rows count in.
    simulation_row, measure_row : (M,) int64
        Of the records behind each cell; −1 where there is none.
    """

    grid: Grid
    case_id: pa.Array
    status: NDArray[np.int8]
    physics_version: NDArray[np.int16]
    simulations: Outcomes
    measures: Outcomes
    simulation_row: Rows
    measure_row: Rows

    def values(self, name: str) -> NDArray[np.float64]:
        """Return a cube variable of every cell; NaN where it does not exist, or where there is no outcome."""
        column = f"values.{name}"
        if column in self.measures.rows.column_names:
            return self.measures.floats(column, self.measure_row)
        return self.simulations.floats(column, self.simulation_row)

    def texts(self, column: str) -> pa.Array:
        """Return a text column of the record that decided each cell: the measurement's where there is one."""
        of_measure = self.measures.texts(column, self.measure_row)
        return pc.coalesce(of_measure, self.simulations.texts(column, self.simulation_row))


def read_cells(
    store: Store,
    grid: Grid,
    of_simulations: Sequence[str] = (),
    of_measures: Sequence[str] = (),
    *,
    loose: LooseRecords | None = None,
) -> Cells:
    """Return how the cells of a grid stand under today's physics.

    Parameters
    ----------
    store : Store
    grid : Grid
    of_simulations, of_measures : sequence of str
        Columns of the ledger to be read along.
    loose : LooseRecords, optional
        Where they have been read already.
    """
    measure_ids = list(dict.fromkeys(grid.measure_ids))
    if loose is None:
        loose = read_loose([store.records, *measure_folders(store, measure_ids)])
    with ThreadPoolExecutor() as beside:  # a million case ids are hashed while a million rows are read
        simulations = beside.submit(known_outcomes, store, loose, [VERSION_COLUMN, *of_simulations])
        measures = beside.submit(known_outcomes, store, loose, of_measures, measured_as(measure_ids))
        grid.case_keys()
    return _under(PHYSICS_VERSION, grid, simulations.result(), measures.result())


def with_other_physics(cells: Cells) -> Cells:
    """Return cells filled up with outcomes under other versions of the physics, the newest first.

    What is pending under today's leaves an older outcome in its place: a cube does not empty when the physics changes.
    """
    for version in _other_versions(cells.simulations):
        cells = _newest_of(cells, _under(version, cells.grid, cells.simulations, cells.measures))
    return cells


def _under(version: int, grid: Grid, simulations: Outcomes, measures: Outcomes) -> Cells:
    """Return the cells as they stand under one version of the physics."""
    case_keys = grid.case_keys(version)
    measure_keys = keys_of(pa.array(grid.measure_ids))[grid.asked[:, 0]]
    simulation_row, measure_row = simulations.find(case_keys), measures.find(case_keys ^ measure_keys)
    simulated, measured = _status(simulations, simulation_row), _status(measures, measure_row)
    status = np.where(simulated == STATUS["ok"], measured, simulated)
    # a measurement without its simulation tells nothing, nor one of a simulation that failed when tried again
    measure_row = np.where(simulated == STATUS["ok"], measure_row, -1)
    versions = np.full(len(status), version, dtype=np.int16)
    return Cells(grid, ids_of(case_keys), status, versions, simulations, measures, simulation_row, measure_row)


def _status(outcomes: Outcomes, rows: Rows) -> NDArray[np.int8]:
    well = pc.equal(outcomes.rows["status"], "ok").to_numpy()
    of_row = np.append(np.where(well, STATUS["ok"], STATUS["failed"]), STATUS["pending"]).astype(np.int8)
    return of_row[rows]


def _newest_of(cells: Cells, others: Cells) -> Cells:
    """Return, cell by cell, the outcome under the newer physics; whatever is pending gives way."""
    pending, newer = cells.status == STATUS["pending"], others.physics_version > cells.physics_version
    takes = (others.status != STATUS["pending"]) & (pending | newer)
    return Cells(
        cells.grid,
        pc.if_else(pa.array(takes), others.case_id, cells.case_id),
        np.where(takes, others.status, cells.status),
        np.where(takes, others.physics_version, cells.physics_version),
        cells.simulations,
        cells.measures,
        np.where(takes, others.simulation_row, cells.simulation_row),
        np.where(takes, others.measure_row, cells.measure_row),
    )


def _other_versions(simulations: Outcomes) -> list[int]:
    if VERSION_COLUMN not in simulations.rows.column_names:
        return []
    there = {int(text) for text in pc.unique(simulations.rows[VERSION_COLUMN]).to_pylist() if text}
    return sorted(there - {PHYSICS_VERSION})

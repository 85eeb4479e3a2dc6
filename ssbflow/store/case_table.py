"""``cases.parquet``: all cases in one flat table, for pandas, duckdb and whoever reads parquet."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xarray as xr

from ssbflow.store.cells import STATUS, VERSION_COLUMN, Cells
from ssbflow.store.cube import TOLD, VARIABLES
from ssbflow.store.durable import replaced_durably
from ssbflow.store.flat import joined
from ssbflow.store.grid import Grid
from ssbflow.store.keys import KeyIndex, keys_of
from ssbflow.store.layout import Store
from ssbflow.store.ledger import file_digest, latest_attempts, measurements
from ssbflow.store.loose import LooseRecords
from ssbflow.store.outcomes import Outcomes, known_outcomes

TEXTS = ["cube", "composition", "distribution", "measure_id", "status", *(name.replace(".", "_") for name in TOLD)]
NAMES = {status: name for name, status in STATUS.items()}


def case_rows(cells: Cells, cube: xr.Dataset) -> pa.Table:
    """Return a row for each cell that has an outcome: its labels, how it ended, and every cube variable."""
    which = np.flatnonzero(cells.status != STATUS["pending"])
    grid, some = cells.grid, pa.array(which)
    at = np.ravel_multi_index(tuple(grid.places[which].T), grid.shape)
    whole = len(at) == cube["status"].size and not grid.is_listed
    composition, distribution, seed = cells.grid.asked[which].T
    columns: dict[str, Any] = {
        "cube": pa.repeat(grid.name, len(which)),
        "composition": _labels(list(grid.compositions), composition),
        "distribution": _labels(list(grid.distributions), distribution),
        "seed": np.array(grid.seeds, dtype=np.int64)[seed],
        "case_id": cells.case_id.take(some),
        "measure_id": _labels(grid.measure_ids, composition),
        "physics_version": cells.physics_version[which],
        "status": pa.array([NAMES[status] for status in cells.status[which].tolist()]),
    }
    columns |= {column.replace(".", "_"): cells.texts(column).take(some) for column in TOLD}
    flat = {variable.name: cube[variable.name].values.ravel() for variable in VARIABLES}
    columns |= {name: values if whole else values[at] for name, values in flat.items()}
    return pa.table(columns)


def kept_rows(store: Store, sha256: str | None, cubes: Sequence[str]) -> list[pa.Table] | None:
    """Return the rows of some cubes as they were last written; None if the table is not what was written."""
    if not cubes:
        return []
    if not store.case_table.exists() or file_digest(store.case_table) != sha256:
        return None
    table = pq.read_table(store.case_table)
    return [table.filter(pc.is_in(table["cube"], pa.array(cubes)))]


def write_case_table(store: Store, loose: LooseRecords, of_cubes: Sequence[pa.Table], grids: Sequence[Grid]) -> str:
    """Write the table of all cases: those of the cubes, then those in none of the store's grids; return its sha256."""
    table = joined([*of_cubes, *_in_no_grid(store, loose, of_cubes, grids)])
    how = {name: "zstd" if name in TEXTS else "none" for name in table.column_names}  # numbers are dense
    with replaced_durably(store.case_table) as temporary:
        pq.write_table(table, temporary, compression=how, use_dictionary=TEXTS)
    return file_digest(store.case_table)


def _in_no_grid(
    store: Store, loose: LooseRecords, of_cubes: Sequence[pa.Table], grids: Sequence[Grid]
) -> list[pa.Table]:
    """Return the rows of cases that no sweep asks for: those of a search, and of older physics."""
    told = [keys_of(table["case_id"]) for table in of_cubes]
    asked = KeyIndex(np.concatenate([*told, *(grid.case_keys() for grid in grids)]))
    known = known_outcomes(store, loose, [])
    strays = pc.unique(known.rows["case_id"].filter(pa.array(asked.find(known.index.keys) < 0)))
    if not len(strays):
        return []
    columns = [f"values.{variable.name}" for variable in VARIABLES]
    simulations = known_outcomes(store, loose, [*columns, *TOLD, VERSION_COLUMN, "inputs.seed"])
    measures = known_outcomes(store, loose, [*columns, *TOLD], measurements)
    return [_stray_rows(simulations, Outcomes(latest_attempts(measures.rows)), strays)]


def _stray_rows(simulations: Outcomes, measures: Outcomes, strays: pa.Array) -> pa.Table:
    """Join each stray simulation with its measurements; one row where it has none."""
    measure_row = np.flatnonzero(pc.is_in(measures.rows["case_id"], strays).to_numpy())
    measured = measures.texts("case_id", measure_row)
    unmeasured = strays.filter(pc.invert(pc.is_in(strays, measured)))
    case_id = pa.array([*measured.to_pylist(), *unmeasured.to_pylist()], pa.string())
    measure_row = np.append(measure_row, np.full(len(unmeasured), -1))
    simulation_row = pc.index_in(case_id, simulations.rows["case_id"]).to_numpy(zero_copy_only=False)
    of_simulation = {name: simulations.texts(name, simulation_row) for name in ("status", *TOLD)}
    of_measure = {name: measures.texts(name, measure_row) for name in ("status", *TOLD)}
    texts = {name: pc.coalesce(of_measure[name], of_simulation[name]) for name in of_measure}
    columns: dict[str, Any] = {
        "seed": simulations.texts("inputs.seed", simulation_row).cast(pa.int64()),
        "case_id": case_id,
        "measure_id": measures.texts("measure_id", measure_row),
        "physics_version": simulations.texts(VERSION_COLUMN, simulation_row).cast(pa.int16()),
        **{name.replace(".", "_"): values for name, values in texts.items()},
    }
    for variable in VARIABLES:
        name = f"values.{variable.name}"
        of_measures, of_simulations = measures.floats(name, measure_row), simulations.floats(name, simulation_row)
        columns[variable.name] = np.where(np.isnan(of_measures), of_simulations, of_measures)
    return pa.table(columns)


def _labels(labels: list[str], at: Any) -> pa.Array:
    return pa.array(labels, pa.string()).take(pa.array(at))

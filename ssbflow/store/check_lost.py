"""Checking cubes against records: what waits to be published, and what was published and has no record any more."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import zarr
from numpy.typing import NDArray

from ssbflow.errors import StoreError
from ssbflow.store.cells import STATUS, Cells
from ssbflow.store.cube import build_cube, read_cube_cells
from ssbflow.store.current import Current
from ssbflow.store.findings import Finding, Kind
from ssbflow.store.grid import cube_grid
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import cube_names
from ssbflow.store.versions import content_digest


def check_against_records(store: Store, current: Current, versions: dict[str, str]) -> list[Finding]:
    """Return what the records do not tell any more, and which cubes would say something else if published now.

    Parameters
    ----------
    store : Store
    current : Current
    versions : dict
        Cube → its newest version, of those that are whole.
    """
    try:
        return [finding for name in cube_names(store) for finding in _check_cube(store, current, name, versions)]
    except (StoreError, ValueError, FileNotFoundError):
        return []  # sweeps, ledger or versions are damaged: that is told elsewhere


def _check_cube(store: Store, current: Current, name: str, versions: dict[str, str]) -> list[Finding]:
    link = store.cube_link(name)
    if name not in current.cubes:
        return [Finding(link, Kind.STALE, "is not published yet")]
    if name not in versions:
        return []
    told = _told(store, versions[name])  # before the records are read: whatever is published is recorded by then
    cells = read_cube_cells(store, cube_grid(store, name))
    lost = _lost(store, cells, told)
    if not lost and content_digest(build_cube(cells)) != current.versions[versions[name]].content:
        return [Finding(link, Kind.STALE, "the records say more than the newest version")]
    return lost


def _told(store: Store, version: str) -> pa.Array:
    """Return the cases that have an outcome in a version."""
    cube = zarr.open_group(store.versions / version, mode="r")
    status, case_id = np.asarray(cube["status"]), np.asarray(cube["case_id"])
    ended = np.isin(status, [STATUS["ok"], STATUS["failed"]])
    return pa.array(case_id[ended].astype(object).tolist(), pa.string())


def _lost(store: Store, cells: Cells, told: pa.Array) -> list[Finding]:
    """Return simulations and measurements that a version tells of and no record does."""
    simulated = cells.simulations.rows["case_id"].cast(pa.string())
    unsimulated = told.filter(pc.invert(pc.is_in(told, simulated)))
    findings = [
        Finding(store.record(case_id), Kind.LOST, "is published, and there is no record of it", case_id)
        for case_id in unsimulated.to_pylist()
    ]
    for at in _unmeasured(cells, told).tolist():
        case_id = cells.case_id[at].as_py()
        measure_id = cells.grid.measure_ids[int(cells.grid.asked[at, 0])]
        path = store.measure_record(measure_id, case_id)
        message = "is published, and there is no record of its measures"
        findings.append(Finding(path, Kind.LOST, message, case_id, measure_id))
    return findings


def _unmeasured(cells: Cells, told: pa.Array) -> NDArray[np.int64]:
    """Return the cells that wait for a measurement and that a version has numbers of."""
    was_told = pc.is_in(cells.case_id, told).to_numpy(zero_copy_only=False)
    return np.flatnonzero((cells.status == STATUS["pending"]) & (cells.simulation_row >= 0) & was_told)

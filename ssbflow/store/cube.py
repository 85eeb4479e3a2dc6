"""The cube: the labelled xarray dataset over composition, distribution and seed, made from records."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import xarray as xr

from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.identity import canonical_json, identity
from ssbflow.press import pressed
from ssbflow.store.grid import Grid
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, MeasureRecord, read_record
from ssbflow.store.source import git_commit, source_line
from ssbflow.structure import measures
from ssbflow.variable import Variable

DIMS = ("composition", "distribution", "seed")
VARIABLES: tuple[Variable, ...] = (*pressed.VARIABLES, *measures.VARIABLES)
STATUS = {"not_asked_for": -1, "pending": 0, "ok": 1, "failed": 2}
CELLS_PER_CHUNK = 250_000

Cells = np.ndarray[Any, Any]

CompositionCoordinate = tuple[Variable, Callable[[Composition], float | str]]
DistributionCoordinate = tuple[Variable, Callable[[Distribution], float | str]]

COMPOSITION_COORDINATES: tuple[CompositionCoordinate, ...] = (
    (Variable("eam_wt", "1", "weight fraction of EAM, as mixed"), lambda c: c.weight_percent.eam / 100),
    (Variable("se_wt", "1", "weight fraction of SE, as mixed"), lambda c: c.weight_percent.se / 100),
    (Variable("carbon_wt", "1", "weight fraction of carbon, as mixed"), lambda c: c.weight_percent.carbon / 100),
    (Variable("binder_wt", "1", "weight fraction of binder, as mixed"), lambda c: c.weight_percent.binder / 100),
    (Variable("eam_vol_target", "1", "EAM volume over volume of EAM and SE, as mixed"),
     lambda c: c.eam_volume_fraction),
    (Variable("eam_material", "1", "material of the EAM"), lambda c: c.eam.name),
    (Variable("se_material", "1", "material of the SE"), lambda c: c.se.name),
)  # fmt: skip

DISTRIBUTION_COORDINATES: tuple[DistributionCoordinate, ...] = (
    (Variable("eam_d50", "um", "D50 of the EAM in its stated basis"), lambda d: d.eam.median_um),
    (Variable("se_d50", "um", "D50 of the SE in its stated basis"), lambda d: d.se.median_um),
    (Variable("eam_kind", "1", "kind of the EAM's size distribution"), lambda d: d.eam.kind),
    (Variable("se_kind", "1", "kind of the SE's size distribution"), lambda d: d.se.kind),
    (Variable("size_ratio", "1", "D50 of the EAM over D50 of the SE"), lambda d: d.eam.median_um / d.se.median_um),
)


def build_cube(store: Store, grid: Grid) -> xr.Dataset:
    """Return the cube of a grid from the records that are there.

    Cells that no sweep asked for have status −1, cells without records 0; both are NaN everywhere.
    """
    status = np.full(grid.shape, STATUS["not_asked_for"], dtype=np.int8)
    case_ids = np.full(grid.shape, "", dtype=object)
    values = {variable.name: np.full(grid.shape, np.nan) for variable in VARIABLES}
    lammps_versions = set()
    for at, case in grid.cells().items():
        cell = read_cell(store, case.case_id, case.measure_id(grid.analysis))
        case_ids[at], status[at] = case.case_id, STATUS[cell.status]
        for name, value in cell.values.items():
            if value is not None:
                values[name][at] = value
        if cell.record and cell.record.status == "ok":
            lammps_versions.add(str(cell.record.provenance["lammps_version"]))
    source = {"source": source_line(sorted(lammps_versions)), "git_commit": git_commit() or "unknown"}
    return xr.Dataset(_variables(grid, status, case_ids, values), _coordinates(grid), {**_attributes(grid), **source})


@dataclass(frozen=True)
class CellState:
    """One cell: its status by name, its values by cube variable, and the case record behind it."""

    status: str
    values: dict[str, float | None]
    record: CaseRecord | None


def read_cell(store: Store, case_id: str, measure_id: str) -> CellState:
    """Return the state of one cell from the two records behind it."""
    record = read_record(store.record(case_id), CaseRecord)
    if record is None:
        return CellState("pending", {}, None)
    if record.status == "failed":
        return CellState("failed", {}, record)
    measured = read_record(store.measure_record(measure_id, case_id), MeasureRecord)
    if measured is None:
        return CellState("pending", record.values, record)
    return CellState(measured.status, {**record.values, **measured.values}, record)


def cube_encoding(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Return fills and chunks: one chunk for each variable until a cube is large."""
    chunks = _chunk_shape(tuple(dataset.sizes[dim] for dim in DIMS))
    encoding: dict[str, dict[str, Any]] = {str(name): {"chunks": chunks} for name in dataset.data_vars}
    for variable in VARIABLES:
        encoding[variable.name]["fill_value"] = np.nan
    # Zarr's fill, not CF's _FillValue: readers get int8, not floats with NaN
    encoding["status"]["fill_value"] = STATUS["not_asked_for"]
    return encoding


def _chunk_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Halve the longest side until a chunk has no more cells than it should."""
    chunk = list(shape)
    while np.prod(chunk) > CELLS_PER_CHUNK:
        longest = int(np.argmax(chunk))
        chunk[longest] = -(-chunk[longest] // 2)
    return tuple(chunk)


def _variables(grid: Grid, status: Cells, case_ids: Cells, values: dict[str, Cells]) -> dict[str, Any]:
    analysis = grid.analysis.measure_inputs()
    flags = {"flag_values": np.array(list(STATUS.values()), dtype=np.int8), "flag_meanings": " ".join(STATUS)}
    return {
        "status": (DIMS, status, {"units": "1", "long_name": "state of the case", **flags}),
        "case_id": (DIMS, case_ids, {"units": "1", "long_name": "hash of the simulation's inputs"}),
        **{variable.name: (DIMS, values[variable.name], variable.attributes(analysis)) for variable in VARIABLES},
    }


def _coordinates(grid: Grid) -> dict[str, Any]:
    coordinates: dict[str, Any] = {
        "composition": _labels("composition", grid.compositions),
        "distribution": _labels("distribution", grid.distributions),
        "seed": ("seed", np.array(grid.seeds, dtype=np.int64), {"units": "1", "long_name": "seed"}),
    }
    for variable, value_of in COMPOSITION_COORDINATES:
        coordinates[variable.name] = _along("composition", variable, [value_of(c) for c in grid.compositions.values()])
    for variable, value_of_pair in DISTRIBUTION_COORDINATES:
        found = [value_of_pair(d) for d in grid.distributions.values()]
        coordinates[variable.name] = _along("distribution", variable, found)
    return coordinates


def _labels(dim: str, labels: dict[str, Any]) -> tuple[str, Any, dict[str, str]]:
    return dim, np.array(list(labels), dtype=object), {"units": "1", "long_name": f"label of the {dim}"}


def _along(dim: str, variable: Variable, values: list[float | str]) -> tuple[str, Any, dict[str, str]]:
    kind = object if isinstance(values[0], str) else np.float64
    return dim, np.array(values, dtype=kind), {"units": variable.units, "long_name": variable.long_name}


def _attributes(grid: Grid) -> dict[str, Any]:
    asked = [sweep.model_dump(mode="json") for sweep in grid.sweeps]
    return {
        "Conventions": "CF-1.11, ACDD-1.3",
        "title": f"ssbflow cube {grid.name}",
        "summary": "Pressed electrodes of all-solid-state batteries over composition, distribution and seed",
        "state": "loaded",
        "protocol": canonical_json(grid.protocol.model_dump(mode="json")),
        "analysis": canonical_json(grid.analysis.model_dump(mode="json")),
        "input_hash": identity(asked),
        "history": f"{datetime.now(UTC).isoformat(timespec='seconds')} published by ssbflow",
    }

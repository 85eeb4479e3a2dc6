"""The cube: the labelled xarray dataset over composition, distribution and seed, made from records."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow.compute as pc
import xarray as xr
from zarr.codecs import BloscCodec, ZstdCodec

from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.identity import canonical_json, identity
from ssbflow.press import pressed
from ssbflow.store.cells import STATUS, Cells, read_cells, with_other_physics
from ssbflow.store.grid import Grid
from ssbflow.store.layout import Store
from ssbflow.store.loose import LooseRecords
from ssbflow.store.source import git_commit, source_line
from ssbflow.structure import measures
from ssbflow.variable import Variable

DIMS = ("composition", "distribution", "seed")
LISTED_DIMS = ("design", "seed")
"""Of the cube of a study."""
VARIABLES: tuple[Variable, ...] = (*pressed.VARIABLES, *measures.VARIABLES)
CELLS_PER_CHUNK = 250_000
COMPRESSOR = BloscCodec(cname="zstd", clevel=1, shuffle="shuffle")  # smaller and five times faster than plain zstd
LAMMPS = "provenance.lammps_version"
TEXT = np.dtypes.StringDType()  # xarray takes objects apart one by one
TOLD = ("failure.phase", "failure.cause", "failure.message")
"""What the table of cases says of how each ended."""

Values = np.ndarray[Any, Any]

CompositionCoordinate = tuple[Variable, Callable[[Composition], float | str]]
DistributionCoordinate = tuple[Variable, Callable[[Distribution], float | str]]


def _known(of_material: float | None) -> float:
    return float("nan") if of_material is None else of_material


COMPOSITION_COORDINATES: tuple[CompositionCoordinate, ...] = (
    (Variable("eam_wt", "1", "weight fraction of EAM, as mixed"), lambda c: c.weight_percent.eam / 100),
    (Variable("se_wt", "1", "weight fraction of SE, as mixed"), lambda c: c.weight_percent.se / 100),
    (Variable("carbon_wt", "1", "weight fraction of carbon, as mixed"), lambda c: c.weight_percent.carbon / 100),
    (Variable("binder_wt", "1", "weight fraction of binder, as mixed"), lambda c: c.weight_percent.binder / 100),
    (Variable("eam_vol_target", "1", "EAM volume over volume of EAM and SE, as mixed"),
     lambda c: c.eam_volume_fraction),
    (Variable("eam_material", "1", "material of the EAM"), lambda c: c.eam.name),
    (Variable("eam_capacity", "mAh g-1", "capacity of the EAM's material; NaN where it has none"),
     lambda c: _known(c.eam.capacity_mah_g)),
    (Variable("eam_mean_voltage", "V", "mean discharge voltage of the EAM's material against Li+/Li; NaN if unknown"),
     lambda c: _known(c.eam.mean_voltage_v)),
    (Variable("se_material", "1", "material of the SE"), lambda c: c.se.name),
)  # fmt: skip

DISTRIBUTION_COORDINATES: tuple[DistributionCoordinate, ...] = (
    (Variable("eam_d50", "um", "D50 of the EAM in its stated basis"), lambda d: d.eam.median_um),
    (Variable("se_d50", "um", "D50 of the SE in its stated basis"), lambda d: d.se.median_um),
    (Variable("eam_kind", "1", "kind of the EAM's size distribution"), lambda d: d.eam.kind),
    (Variable("se_kind", "1", "kind of the SE's size distribution"), lambda d: d.se.kind),
    (Variable("size_ratio", "1", "D50 of the EAM over D50 of the SE"), lambda d: d.eam.median_um / d.se.median_um),
)


def read_cube_cells(
    store: Store, grid: Grid, loose: LooseRecords | None = None, beside: tuple[Sequence[str], Sequence[str]] = ((), ())
) -> Cells:
    """Return the cells of a grid with all that a cube, or the table of cases, tells of them.

    `beside` names further columns of the ledger, of simulations and of measures.
    """
    of_simulations = [*(f"values.{variable.name}" for variable in pressed.VARIABLES), *TOLD, LAMMPS]
    of_measures = [*(f"values.{variable.name}" for variable in measures.VARIABLES), *TOLD]
    wanted = (dict.fromkeys([*own, *more]) for own, more in zip((of_simulations, of_measures), beside, strict=True))
    today = read_cells(store, grid, *map(list, wanted), loose=loose)
    return with_other_physics(today)


def build_cube(cells: Cells) -> xr.Dataset:
    """Return the cube of a grid as its cells stand.

    Cells that no sweep asked for have status −1, cells without an outcome 0; both are NaN everywhere.
    """
    grid = cells.grid
    dims = LISTED_DIMS if grid.is_listed else DIMS
    physics = np.where(cells.status == STATUS["pending"], 0, cells.physics_version).astype(np.int16)
    variables = _states(
        dims,
        _spread(grid, cells.status, STATUS["not_asked_for"]),
        _spread(grid, np.array(cells.case_id.to_pylist(), dtype=TEXT), ""),
        _spread(grid, physics, 0),
    )
    analysis = grid.analysis.measure_inputs()
    for variable in VARIABLES:
        values = _spread(grid, cells.values(variable.name), np.nan)
        variables[variable.name] = (dims, values, variable.attributes(analysis))
    lammps = pc.unique(cells.simulations.texts(LAMMPS, cells.simulation_row)).to_pylist()
    source = {"source": source_line(sorted(filter(None, lammps))), "git_commit": git_commit() or "unknown"}
    return xr.Dataset(variables, _coordinates(grid), {**_attributes(grid), **source})


def cube_encoding(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Return fills and chunks: one chunk for each variable until a cube is large."""
    chunks = _chunk_shape(dataset["status"].shape)
    encoding: dict[str, dict[str, Any]] = {str(name): {"chunks": chunks} for name in dataset.data_vars}
    for variable in VARIABLES:
        encoding[variable.name] |= {"fill_value": np.nan, "compressors": [COMPRESSOR]}
    encoding["case_id"]["compressors"] = [ZstdCodec(level=1)]  # hashes: a higher level saves nothing
    # Zarr's fill, not CF's _FillValue: readers get int8, not floats with NaN
    encoding["status"]["fill_value"] = STATUS["not_asked_for"]
    encoding["physics_version"]["fill_value"] = 0
    return encoding


def _chunk_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Halve the longer side until a chunk has no more cells than it should; seeds, read together mostly, come last."""
    chunk = list(shape)
    while np.prod(chunk) > CELLS_PER_CHUNK:
        sides = chunk[:2] if max(chunk[:2]) > 1 else chunk
        longest = int(np.argmax(sides))
        chunk[longest] = -(-chunk[longest] // 2)
    return tuple(chunk)


def _spread(grid: Grid, of_cells: Values, fill: float | str) -> Values:
    """Return an array over the grid of what is known of its cells; cells that nobody asked for get the fill."""
    if len(of_cells) == np.prod(grid.shape) and not grid.is_listed:
        return of_cells.reshape(grid.shape)
    spread = np.full(grid.shape, fill, dtype=of_cells.dtype)
    spread[tuple(grid.places.T)] = of_cells
    return spread


def _states(dims: tuple[str, ...], status: Values, case_ids: Values, physics: Values) -> dict[str, Any]:
    flags = {"flag_values": np.array(list(STATUS.values()), dtype=np.int8), "flag_meanings": " ".join(STATUS)}
    # CF's missing_value lets xarray read objects, not StringDType, of which its `where` knows nothing (xarray #10965)
    about_ids = {"units": "1", "long_name": "hash of the simulation's inputs", "missing_value": ""}
    about_physics = {"units": "1", "long_name": "version of the simulation's physics; 0 without an outcome"}
    return {
        "status": (dims, status, {"units": "1", "long_name": "status of the case", **flags}),
        "case_id": (dims, case_ids, about_ids),
        "physics_version": (dims, physics, about_physics),
    }


def _coordinates(grid: Grid) -> dict[str, Any]:
    seeds = ("seed", np.array(grid.seeds, dtype=np.int64), {"units": "1", "long_name": "seed"})
    if grid.is_listed:
        return {"seed": seeds, **_of_listed(grid)}
    coordinates = {
        "composition": _labels("composition", "composition", list(grid.compositions)),
        "distribution": _labels("distribution", "distribution", list(grid.distributions)),
        "seed": seeds,
    }
    compositions, distributions = list(grid.compositions.values()), list(grid.distributions.values())
    return {
        **coordinates,
        **_inputs("composition", COMPOSITION_COORDINATES, compositions),
        **_inputs("distribution", DISTRIBUTION_COORDINATES, distributions),
    }


def _of_listed(grid: Grid) -> dict[str, Any]:
    """Return what is known of each design of a study."""
    compositions, distributions = zip(*grid.listed, strict=True)
    rounds, roles = zip(*((study.round, study.role) for study in grid.listed.values()), strict=True)
    about_round = {"units": "1", "long_name": "round of the study in which the design was asked for first"}
    return {
        "design": _labels("design", "design", ["/".join(labels) for labels in grid.listed]),
        "composition": _labels("design", "composition", list(compositions)),
        "distribution": _labels("design", "distribution", list(distributions)),
        "round": ("design", np.array(rounds, dtype=np.int64), about_round),
        "role": ("design", np.array(roles, dtype=object), {"units": "1", "long_name": "what the design was asked for"}),
        **_inputs("design", COMPOSITION_COORDINATES, [grid.compositions[label] for label in compositions]),
        **_inputs("design", DISTRIBUTION_COORDINATES, [grid.distributions[label] for label in distributions]),
    }


def _inputs(dim: str, coordinates: Sequence[tuple[Variable, Callable[[Any], Any]]], of: list[Any]) -> dict[str, Any]:
    return {variable.name: _along(dim, variable, [value_of(one) for one in of]) for variable, value_of in coordinates}


def _labels(dim: str, of: str, labels: list[str]) -> tuple[str, Any, dict[str, str]]:
    return dim, np.array(labels, dtype=object), {"units": "1", "long_name": f"label of the {of}"}


def _along(dim: str, variable: Variable, values: list[float | str]) -> tuple[str, Any, dict[str, str]]:
    kind = object if isinstance(values[0], str) else np.float64
    return dim, np.array(values, dtype=kind), {"units": variable.units, "long_name": variable.long_name}


def _attributes(grid: Grid) -> dict[str, Any]:
    asked = [sweep.model_dump(mode="json") for sweep in grid.sweeps]
    over = "design and seed" if grid.is_listed else "composition, distribution and seed"
    return {
        "Conventions": "CF-1.11, ACDD-1.3",
        "title": f"ssbflow cube {grid.name}",
        "cube": grid.name,
        "summary": f"Pressed electrodes of all-solid-state batteries over {over}",
        "state": "loaded",
        "protocol": canonical_json(grid.protocol.model_dump(mode="json")),
        "analysis": canonical_json(grid.analysis.model_dump(mode="json")),
        "input_hash": identity(asked),
        "history": f"{datetime.now(UTC).isoformat(timespec='seconds')} published by ssbflow",
    }

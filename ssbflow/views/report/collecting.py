"""Collecting what a report says from the records of a store: a cube need not be published for it."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ssbflow.design.derived import completed
from ssbflow.errors import InputError, SelectionError, StoreError, did_you_mean
from ssbflow.inputs.identity import MEASURE_VERSION
from ssbflow.store.case_zip import read_packing
from ssbflow.store.cells import STATUS, Cells
from ssbflow.store.cube import build_cube, read_cube_cells
from ssbflow.store.current import Current
from ssbflow.store.datasets import is_url, resolve_dataset
from ssbflow.store.grid import Grid, cube_grid
from ssbflow.store.layout import Store
from ssbflow.store.source import git_commit, ssbflow_version
from ssbflow.store.sweeps import cube_names, describe
from ssbflow.views.report.asked import asked_of
from ssbflow.views.report.model import Report, Spheres
from ssbflow.views.report.numbers import OBJECTIVE, best_case, numbers
from ssbflow.views.report.ran import OF_MEASURES, OF_SIMULATIONS, causes, programs, ran
from ssbflow.views.report.spheres import spheres


def collect(store: str | Path, cube: str | None = None, case: str | None = None) -> Report:
    """Return what a report of one cube says, as its records stand now.

    Parameters
    ----------
    store : path or str
        A store, or a name in the catalog of datasets.
    cube : str, optional
        Name of the cube; the store's default one if left out.
    case : str, optional
        ``case_id`` of the packing to show; the best design's if left out.

    Raises
    ------
    InputError
        A store that is not on this machine.
    SelectionError
        There is no such cube or case.
    StoreError
        There is no store here, or the file of the case that was asked for is not there.
    """
    layout, grid = _grid(store, cube)
    cells = read_cube_cells(layout, grid, beside=(OF_SIMULATIONS, OF_MEASURES))
    built = completed(build_cube(cells))
    found, cause_of_cell = causes(cells)
    shown, why_none = _spheres(layout, cells, case)
    return Report(
        store=str(layout.root),
        cube=grid.name,
        made=datetime.now(UTC),
        asked=asked_of(grid),
        ran=ran(cells),
        causes=found,
        numbers=numbers(cells, built, cause_of_cell),
        spheres=shown,
        no_spheres=why_none,
        provenance=_provenance(layout, cells),
    )


def _grid(store: str | Path, cube: str | None) -> tuple[Store, Grid]:
    given = resolve_dataset(store)
    if is_url(given.store):
        raise InputError(f"{given.store} is not on this machine, and a report needs its records; copy the store here")
    layout = Store(Path(given.store).absolute())
    known = cube_names(layout)
    if not known:
        raise StoreError(f"{layout.root} was asked for nothing yet; run a sweep into it: ssbflow run SWEEP.yaml")
    name = cube or given.cube or Current.read(layout).default or known[0]
    if name not in known:
        raise SelectionError(f"no cube {name!r} in {layout.root}{did_you_mean(name, known)}; it has {', '.join(known)}")
    return layout, cube_grid(layout, name)


def _spheres(store: Store, cells: Cells, wanted: str | None) -> tuple[Spheres | None, str]:
    """Return the packing to show; or none, and why."""
    if wanted is None:
        at = best_case(cells, cells.values(OBJECTIVE))
        if at is None:
            return None, "No case has ended well yet, so there is no packing to show."
    else:
        at = _place(cells, wanted)
    case_id = str(cells.case_id[at])
    try:
        packing = read_packing(store.case_zip(case_id))
    except StoreError as error:
        if wanted is not None:
            raise
        return None, str(error)
    return spheres(packing, cells.grid.analysis, case_id, _title(cells, at)), ""


def _place(cells: Cells, case_id: str) -> int:
    at = cells.case_id.index(case_id).as_py()
    if at < 0:
        raise SelectionError(f"no case {case_id!r} in cube {cells.grid.name}; take a case_id from the cube")
    if cells.status[at] == STATUS["pending"]:
        raise SelectionError(f"case {case_id} has not ended yet; see: ssbflow status STORE")
    return int(at)


def _title(cells: Cells, at: int) -> str:
    grid = cells.grid
    composition, distribution, seed = grid.asked[at].tolist()
    labels = list(grid.compositions)[composition], list(grid.distributions)[distribution]
    return f"{'/'.join(labels)}, seed {grid.seeds[seed]}"


def _provenance(store: Store, cells: Cells) -> dict[str, str]:
    physics = np.unique(cells.physics_version[cells.status != STATUS["pending"]]).tolist()
    description, current = describe(store), Current.read(store)
    return {
        "store": str(store.root),
        "store made": f"{datetime.fromisoformat(description.created):%Y-%m-%d %H:%M} UTC",
        "schema version": str(description.schema_version),
        "cube": cells.grid.name,
        "newest published version": current.cubes.get(cells.grid.name, "none yet").removesuffix(".zarr"),
        **programs(cells),
        "physics version": ", ".join(map(str, physics)) or "none yet",
        "measure version": str(MEASURE_VERSION),
        "measure ids": ", ".join(dict.fromkeys(cells.grid.measure_ids)),
        "this page written by": f"ssbflow {ssbflow_version()}, commit {git_commit() or 'not told'}",
    }

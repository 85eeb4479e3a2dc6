"""A sweep in rounds: somebody says, from the numbers that are there, which of its cases to compute next."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr
from distributed import Client
from numpy.typing import NDArray

from ssbflow.flow.batch import Batch, RunSummary, compute
from ssbflow.flow.cost import longest_first
from ssbflow.flow.events import Callback
from ssbflow.flow.runner import CaseTasks, check_machine_of, open_cells
from ssbflow.flow.standing import Standing, standing
from ssbflow.inputs.identity import PHYSICS_VERSION
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import build_cube, read_cube_cells
from ssbflow.store.grid import Grid, grid_of
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import register_sweep


class Round(NamedTuple):
    """What to compute next.

    Parameters
    ----------
    name : str
        For those who watch.
    cells : array of bool
        Of the shape of the sweep's cube.
    """

    name: str
    cells: NDArray[np.bool_]


NextRound = Callable[[xr.Dataset, int], Round]
"""From the sweep's own cube as it stands, and the number of workers, to the next round; the last has no cells."""


def run_rounds(
    sweep: Sweep,
    store: str | Path,
    next_round: NextRound,
    client: Client | None = None,
    callbacks: Iterable[Callback] = (),
) -> RunSummary:
    """Compute cases of a sweep round by round, until no more are wanted.

    The sweep is registered whole: its cases that no round asks for stay pending, and `ssbflow.run` computes them later.
    What the store has is never computed again, failed cases neither.

    Returns
    -------
    RunSummary
        ``pending`` are the cases that no round asked for.

    Raises
    ------
    InputError, StoreError, LammpsNotFoundError, ClusterError, KeyboardInterrupt
        As `ssbflow.run`.
    """
    layout, grid, watching = Store(Path(store).resolve()), grid_of(sweep), tuple(callbacks)
    register_sweep(layout, sweep)
    found = standing(layout, grid)
    todo = longest_first(found, open_cells(found))
    begun = np.zeros(len(grid.asked), dtype=bool)
    parts: list[RunSummary] = []
    while True:
        name, wanted = next_round(_as_it_stands(layout, grid, begun), slots_of(client))
        which = todo[(wanted[tuple(grid.places.T)] & ~begun)[todo]]
        if not len(which):
            return _whole(layout, found, parts)
        if not begun[found.to_press].any() and np.isin(which, found.to_press).any():
            check_machine_of(sweep.protocol.press, client)
        begun[which] = True
        batch = Batch(f"{sweep.name}, {name}", layout, grid.name, [], CaseTasks(layout, found, which))
        parts.append(compute(batch, client, watching))


def slots_of(client: Client | None) -> int:
    """Return how many cases run at a time: 1 without a client, and while no worker is there."""
    return 1 if client is None else max(1, sum(client.nthreads().values()))


def _as_it_stands(store: Store, grid: Grid, begun: NDArray[np.bool_]) -> xr.Dataset:
    """Return the cube of a grid; outcomes of older physics are none, and who was begun and left none has failed."""
    cube = build_cube(read_cube_cells(store, grid))
    status = cube["status"].where(cube["physics_version"].isin([0, PHYSICS_VERSION]), STATUS["pending"])
    tried = np.zeros(grid.shape, dtype=bool)
    tried[tuple(grid.places[begun].T)] = True
    lost = tried & (status == STATUS["pending"])
    return cube.assign(status=status.where(~lost, STATUS["failed"]).astype(np.int8))


def _whole(store: Store, before: Standing, parts: list[RunSummary]) -> RunSummary:
    """Return how all cases of the sweep stand after the rounds."""
    done = standing(store, before.grid).done
    recorded = {outcome.case_id for outcome in done}
    without = [one for part in parts for one in part.failures if one.case_id not in recorded]
    failures = (*(outcome for outcome in done if outcome.status == "failed"), *without)
    total = len(before.grid.asked)
    return RunSummary(
        total=total,
        computed=sum(part.computed for part in parts),
        skipped=len(before.done),
        ok=len(done) + len(without) - len(failures),
        failed=len(failures),
        pending=total - len(done) - len(without),
        failures=failures,
        store=store.root,
        cube=before.grid.name,
        wall_time_s=sum(part.wall_time_s for part in parts),
    )

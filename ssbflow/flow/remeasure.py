"""Measuring again: the stored cases of a cube under another analysis, without LAMMPS."""

from collections.abc import Iterable
from pathlib import Path

from dask.delayed import delayed as lazily
from distributed import Client

from ssbflow.flow.batch import Batch, CaseTask, RunSummary, compute
from ssbflow.flow.case_task import measure_stored, needs_press, recorded
from ssbflow.flow.events import Callback
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.store.grid import Grid, grids
from ssbflow.store.layout import Store
from ssbflow.store.publish import stored_grid
from ssbflow.store.sweeps import register_sweep


def remeasure(
    store: str | Path,
    analysis: Analysis | None = None,
    *,
    cube: str | None = None,
    client: Client | None = None,
    callbacks: Iterable[Callback] = (),
) -> RunSummary:
    """Measure the stored cases of a cube under another analysis, and publish them as a cube of their own.

    Nothing is simulated: cases without a simulation stay pending, failed ones stay failed. Cases that have their
    numbers already are left alone.

    Parameters
    ----------
    store : path
    analysis : Analysis, optional
        With a label of its own, which the new cube is named by. The cube's own if left out: its cases are measured
        again where the measures have changed since (``MEASURE_VERSION``).
    cube : str, optional
        Whose cases: protocol label, dot, analysis label; the default cube if left out.
    client : distributed.Client, optional
        Measures the cases one after another in this process if left out.
    callbacks : iterable of Callback

    Returns
    -------
    RunSummary

    Raises
    ------
    InputError
        The analysis's label means something else in the store already.
    SelectionError
        There is no cube of this name.
    StoreError
        There is no store here, nothing is published in it, or it cannot be written.
    """
    layout = Store(Path(store).resolve())
    grid = _with_analysis(stored_grid(layout, cube), analysis)
    for sweep in grid.sweeps:
        register_sweep(layout, sweep)
    return compute(_batch(layout, grid), client, callbacks)


def _with_analysis(grid: Grid, analysis: Analysis | None) -> Grid:
    """Return the same cells under another analysis."""
    sweeps = [sweep.model_copy(update={"analysis": analysis or grid.analysis}) for sweep in grid.sweeps]
    (changed,) = grids(sweeps).values()
    return changed


def _batch(store: Store, grid: Grid) -> Batch:
    """Sort the cases of a grid: those that have their numbers, those to be measured, those without a simulation."""
    done, tasks, pending = [], [], 0
    for key, case in _measurements(grid).items():
        outcome = recorded(case, grid.analysis, store)
        if outcome:
            done.append(outcome)
        elif needs_press(case, store):
            pending += 1
        else:
            task = lazily(measure_stored)(case, grid.analysis, store, dask_key_name=key)
            tasks.append(CaseTask(case.case_id, task))
    return Batch(grid.name, store, grid.name, done, tasks, pending)


def _measurements(grid: Grid) -> dict[str, Case]:
    """Return the case of each measurement by its key in Dask.

    Two compositions may differ only in what measures use: then one simulation is measured twice. And a session may
    still hold the result of a run, whose key is the case id alone.
    """
    return {
        f"measure-{case.case_id}-{case.measure_id(grid.analysis)}": case
        for sweep in grid.sweeps
        for case in sweep.cases()
    }

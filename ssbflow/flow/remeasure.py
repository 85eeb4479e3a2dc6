"""Measuring again: the stored cases of a cube under another analysis, without LAMMPS."""

from collections.abc import Iterable
from pathlib import Path

from dask.delayed import delayed as lazily
from distributed import Client

from ssbflow.flow.batch import Batch, CaseTask, RunSummary, compute
from ssbflow.flow.case_task import measure_stored
from ssbflow.flow.events import Callback
from ssbflow.flow.standing import standing
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.store.grid import Grid, grid_of
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
    return grid_of(*(sweep.model_copy(update={"analysis": analysis or grid.analysis}) for sweep in grid.sweeps))


def _batch(store: Store, grid: Grid) -> Batch:
    """Sort the cases of a grid: those that have their numbers, those to be measured, those without a simulation."""
    found = standing(store, grid)
    tasks = [
        CaseTask(case.case_id, lazily(measure_stored)(case, grid.analysis, store, dask_key_name=_key(case, grid)))
        for case in grid.cases(found.to_measure)
    ]
    return Batch(grid.name, store, grid.name, found.done, tasks, pending=len(found.to_press))


def _key(case: Case, grid: Grid) -> str:
    """Return the name in Dask of a measurement: a session may hold the result of a run, whose key is the case id."""
    return f"measure-{case.case_id}-{case.measure_id(grid.analysis)}"

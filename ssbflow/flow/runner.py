"""Running a sweep: its cases as tasks, with everything durable in the store."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from dask.delayed import Delayed
from dask.delayed import delayed as lazily
from distributed import Client

from ssbflow.flow.batch import Batch, CaseTask, RunSummary, compute
from ssbflow.flow.case_task import run_case
from ssbflow.flow.events import Callback
from ssbflow.flow.standing import standing
from ssbflow.inputs.case import Case
from ssbflow.inputs.protocol import Press
from ssbflow.inputs.sweep import Sweep
from ssbflow.press.ranks import check_machine
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import cube_name, register_sweep


def delayed(sweep: Sweep, store: str | Path, *, retry: bool = False) -> dict[str, Delayed]:
    """Return each case of a sweep as one lazy task, for sessions that compose their own graphs.

    Parameters
    ----------
    sweep : Sweep
    store : path
        Where the tasks leave their records; the sweep is registered there now.
    retry : bool
        Whether failed cases are to be computed again.

    Returns
    -------
    dict of str to dask.delayed.Delayed
        ``case_id`` → task, whose key is the case id and whose result is an `Outcome`.

    Raises
    ------
    InputError, StoreError
        As `run`.
    """
    layout = Store(Path(store).resolve())
    register_sweep(layout, sweep)
    return {case.case_id: _task(case, sweep, layout, retry) for case in sweep.cases()}


def _task(case: Case, sweep: Sweep, store: Store, retry: bool) -> Delayed:
    task: Delayed = lazily(run_case)(case, sweep.analysis, store, retry=retry, dask_key_name=case.case_id)
    return task


def run(
    sweep: Sweep,
    store: str | Path,
    client: Client | None = None,
    *,
    retry: bool = False,
    callbacks: Iterable[Callback] = (),
) -> RunSummary:
    """Compute what a sweep still lacks and publish its cube.

    Parameters
    ----------
    sweep : Sweep
    store : path
        Made if it does not exist.
    client : distributed.Client, optional
        Runs the cases one after another in this process if left out.
    retry : bool
        Whether failed cases are computed again; otherwise they count as done.
    callbacks : iterable of Callback

    Returns
    -------
    RunSummary

    Raises
    ------
    InputError
        A label means something else in the store already, or the press wants more ranks than there are cores.
    StoreError
        The store cannot be written.
    LammpsNotFoundError
        There is no LAMMPS where the cases would run.
    """
    layout = Store(Path(store).resolve())
    register_sweep(layout, sweep)
    found = standing(layout, grid_of(sweep), retry=retry)
    if len(found.to_press):
        _check_machine(sweep.protocol.press, client)
    todo = found.grid.cases(np.union1d(found.to_press, found.to_measure))
    tasks = [CaseTask(case.case_id, _task(case, sweep, layout, retry)) for case in todo]
    return compute(Batch(sweep.name, layout, cube_name(sweep), found.done, tasks), client, callbacks)


def _check_machine(press: Press, client: Client | None) -> None:
    """Look for LAMMPS and cores where the cases will run, before any is submitted."""
    if client is None:
        check_machine(press)
    else:
        client.submit(check_machine, press, pure=False).result()

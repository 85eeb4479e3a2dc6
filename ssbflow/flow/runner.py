"""Running a sweep: its cases as tasks, with everything durable in the store."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from dask.delayed import Delayed
from dask.delayed import delayed as lazily
from distributed import Client

from ssbflow.flow.batch import Batch, CaseTask, RunSummary, compute
from ssbflow.flow.case_task import run_case
from ssbflow.flow.cost import longest_first
from ssbflow.flow.events import Callback
from ssbflow.flow.standing import Indices, Standing, recorded_attempts, standing
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.inputs.identity import identity
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
    return {case.case_id: _task(case.case_id, case, sweep.analysis, layout, retry=retry) for case in sweep.cases()}


def _task(key: str, case: Case, analysis: Analysis, store: Store, *, retry: bool) -> Delayed:
    task: Delayed = lazily(run_case)(case, analysis, store, retry=retry, dask_key_name=key)
    return task


def run(
    sweep: Sweep,
    store: str | Path,
    client: Client | None = None,
    *,
    retry: bool = False,
    callbacks: Iterable[Callback] = (),
) -> RunSummary:
    """Compute what a sweep still lacks and publish its cube; the same again goes on where it was stopped.

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
    ClusterError
        The scheduler is gone.
    KeyboardInterrupt
        Somebody stopped it: by Ctrl-C once, after the cases that ran then, twice, at once. All that was computed is
        recorded and published.
    """
    layout = Store(Path(store).resolve())
    register_sweep(layout, sweep)
    found = standing(layout, grid_of(sweep), retry=retry)
    if len(found.to_press):
        check_machine_of(sweep.protocol.press, client)
    todo = longest_first(found, open_cells(found))
    tasks = CaseTasks(layout, found, todo, retry=retry)
    return compute(Batch(sweep.name, layout, cube_name(sweep), found.done, tasks), client, callbacks)


def open_cells(found: Standing) -> Indices:
    """Return the cells of a grid that lack something, in order."""
    return np.union1d(found.to_press, found.to_measure)


class CaseTasks:
    """The tasks of some cells of a grid, made one by one: there may be a million.

    Their keys in Dask tell of store, analysis and the records that are there: a session may hold the result of a case
    under its plain id, from `delayed`, or from before it was tried again; two clients that do the same share them.
    """

    def __init__(self, store: Store, found: Standing, which: Indices, *, retry: bool = False) -> None:
        self.store, self.grid, self.which, self.retry = store, found.grid, which, retry
        self._records = recorded_attempts(found)[which]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.which)

    def __iter__(self) -> Iterator[CaseTask]:
        """Yield them in order."""
        about = [identity([str(self.store.root), measure_id])[:8] for measure_id in self.grid.measure_ids]
        composition = self.grid.asked[self.which, 0]
        for case, at, records in zip(self.grid.cases(self.which), composition, self._records, strict=True):
            key = f"{case.case_id}-{about[at]}-{records}"
            task = partial(_task, case=case, analysis=self.grid.analysis, store=self.store)
            yield CaseTask(case.case_id, task(key, retry=self.retry), again=partial(_again, task, key))


def _again(task: Callable[..., Delayed], key: str, number: int) -> Delayed:
    return task(f"{key}-{number}", retry=True)


def check_machine_of(press: Press, client: Client | None) -> None:
    """Look for LAMMPS and cores where the cases will run, before any is submitted."""
    if client is None:
        check_machine(press)
    else:
        client.submit(check_machine, press, pure=False).result()

"""Running a sweep: its cases as tasks, in windows, with everything durable in the store."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from dask.delayed import Delayed
from dask.delayed import delayed as lazily
from distributed import Client, as_completed

from ssbflow.flow.case_task import Outcome, is_done, needs_press, run_case
from ssbflow.flow.events import Callback, Callbacks
from ssbflow.inputs.case import Case
from ssbflow.inputs.protocol import Press
from ssbflow.inputs.sweep import Sweep
from ssbflow.press.ranks import check_machine
from ssbflow.store.grid import cube_name
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish
from ssbflow.store.records import Failure
from ssbflow.store.sweeps import register_sweep

TASKS_PER_THREAD = 3  # submitted ahead: enough that no worker waits, few enough that the scheduler stays light
PUBLISH_EVERY_S = 10.0
PUBLISH_SHARE = 20  # at least so many times the last publish's duration between two


@dataclass(frozen=True)
class RunSummary:
    """How a sweep stands after a run.

    Parameters
    ----------
    total, computed, skipped, ok, failed : int
        Cases; `skipped` had their records before, `ok` and `failed` count these too.
    failures : tuple of Outcome
        Those of this run and of earlier ones.
    store : Path
    cube : str
        Name of the cube that the sweep fills.
    wall_time_s : float
    """

    total: int
    computed: int
    skipped: int
    ok: int
    failed: int
    failures: tuple[Outcome, ...]
    store: Path
    cube: str
    wall_time_s: float


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
    started = time.perf_counter()
    layout, tell = Store(Path(store).resolve()), Callbacks(callbacks)
    register_sweep(layout, sweep)
    status = {case.case_id: (case, is_done(case, sweep.analysis, layout)) for case in sweep.cases()}
    todo = [case for case, state in status.values() if state is None or (retry and state == "failed")]
    if any(needs_press(case, layout, retry=retry) for case in todo):
        _check_machine(sweep.protocol.press, client)
    tell.sweep_started(sweep.name, len(status), len(status) - len(todo))
    publisher = _Publisher(layout, cube_name(sweep), tell)
    computed = {}
    try:
        for outcome in _outcomes([_task(case, sweep, layout, retry) for case in todo], client):
            computed[outcome.case_id] = outcome
            tell.case_ended(outcome)
            publisher.publish_if_due()
    finally:
        # also after Ctrl-C: what was computed is in the store and shall be in the cube
        publisher.publish()
        tell.sweep_ended()
    before = [
        _recorded(case, sweep, layout) for case, state in status.values() if case.case_id not in computed and state
    ]
    return _summary(sweep, layout, list(computed.values()), before, time.perf_counter() - started)


def _recorded(case: Case, sweep: Sweep, store: Store) -> Outcome:
    """Return the outcome that a done case's records tell; nothing is computed."""
    return run_case(case, sweep.analysis, store)


def _summary(
    sweep: Sweep, store: Store, computed: list[Outcome], before: list[Outcome], wall_time_s: float
) -> RunSummary:
    failures = tuple(outcome for outcome in (*before, *computed) if outcome.status == "failed")
    total = len(computed) + len(before)
    return RunSummary(
        total=total,
        computed=len(computed),
        skipped=len(before),
        ok=total - len(failures),
        failed=len(failures),
        failures=failures,
        store=store.root,
        cube=cube_name(sweep),
        wall_time_s=wall_time_s,
    )


def _check_machine(press: Press, client: Client | None) -> None:
    """Look for LAMMPS and cores where the cases will run, before any is submitted."""
    if client is None:
        check_machine(press)
    else:
        client.submit(check_machine, press, pure=False).result()


def _outcomes(tasks: list[Delayed], client: Client | None) -> Iterator[Outcome]:
    """Compute tasks and yield their outcomes as they come."""
    return _one_by_one(tasks) if client is None else _distributed(tasks, client)


def _one_by_one(tasks: list[Delayed]) -> Iterator[Outcome]:
    for task in tasks:
        try:
            yield task.compute(scheduler="synchronous")
        except Exception as error:
            yield _without_record(str(task.key), error)


def _distributed(tasks: list[Delayed], client: Client) -> Iterator[Outcome]:
    """Keep a window of tasks submitted, never the whole graph."""
    waiting = iter(tasks)
    threads = sum(client.nthreads().values())
    window = max(2, TASKS_PER_THREAD * threads)
    running: Any = as_completed([client.compute(task) for task in islice(waiting, window)])
    for future in running:
        error = future.exception()
        yield future.result() if error is None else _without_record(future.key, error)
        for task in islice(waiting, 1):
            running.add(client.compute(task))


def _without_record(case_id: str, error: Exception) -> Outcome:
    """Return the outcome of a task that could not even leave a record: its worker died, or the disk is full."""
    message = f"{error}; run the sweep again to compute it"
    return Outcome(case_id, "failed", Failure(phase="task", cause=type(error).__name__, message=message))


class _Publisher:
    """Publishes one cube now and then: the longer it takes, the rarer."""

    def __init__(self, store: Store, cube: str, tell: Callback) -> None:
        self.store, self.cube, self.tell = store, cube, tell
        self.next_at = time.monotonic() + PUBLISH_EVERY_S

    def publish(self) -> None:
        started = time.monotonic()
        versions = publish(self.store, (self.cube,))
        ended = time.monotonic()
        self.next_at = ended + max(PUBLISH_EVERY_S, PUBLISH_SHARE * (ended - started))
        self.tell.published(versions)

    def publish_if_due(self) -> None:
        if time.monotonic() >= self.next_at:
            self.publish()

"""A batch of tasks that fill one cube: computed in windows, published now and then, summed up."""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from dask.delayed import Delayed
from distributed import Client, as_completed

from ssbflow.errors import StoreError
from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback, Callbacks
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish
from ssbflow.store.records import Failure

log = logging.getLogger("ssbflow")

TASKS_PER_THREAD = 3  # submitted ahead: enough that no worker waits, few enough that the scheduler stays light
PUBLISH_EVERY_S = 10.0
PUBLISH_SHARE = 20  # at least so many times the last publish's duration between two


@dataclass(frozen=True)
class RunSummary:
    """How the cases of a cube stand after a run.

    Parameters
    ----------
    total, computed, skipped, ok, failed, pending : int
        Cases; `skipped` had their records before, `ok` and `failed` count these too. `pending` are those that have no
        simulation where only measures were asked for.
    failures : tuple of Outcome
        Those of this run and of earlier ones.
    store : Path
    cube : str
        Name of the cube that was filled.
    wall_time_s : float
        Of computing and publishing.
    """

    total: int
    computed: int
    skipped: int
    ok: int
    failed: int
    pending: int
    failures: tuple[Outcome, ...]
    store: Path
    cube: str
    wall_time_s: float

    @property
    def cube_link(self) -> Path:
        """Link to the newest version of the cube."""
        return Store(self.store).cube_link(self.cube)


class CaseTask(NamedTuple):
    """A lazy task that brings a case to its records; several tasks may serve one case."""

    case_id: str
    task: Delayed


@dataclass(frozen=True)
class Batch:
    """The cases of one cube, sorted by what is to be done.

    Parameters
    ----------
    name : str
        For those who watch.
    store : Store
    cube : str
        Name of the cube to publish.
    done : list of Outcome
        Of the cases that need nothing.
    tasks : list of CaseTask
    pending : int
        Cases that this batch leaves alone.
    """

    name: str
    store: Store
    cube: str
    done: list[Outcome]
    tasks: list[CaseTask]
    pending: int = 0


def compute(batch: Batch, client: Client | None, callbacks: Iterable[Callback]) -> RunSummary:
    """Compute the tasks of a batch and publish its cube, now and then and at the end.

    Parameters
    ----------
    batch : Batch
    client : distributed.Client or None
        None computes one task after another in this process.
    callbacks : iterable of Callback
    """
    started, tell = time.perf_counter(), Callbacks(callbacks)
    tell.sweep_started(batch.name, len(batch.done) + len(batch.tasks), len(batch.done))
    publisher = _Publisher(batch.store, batch.cube, tell)
    computed = []
    try:
        for outcome in _outcomes(batch.tasks, client):
            computed.append(outcome)
            tell.case_ended(outcome)
            publisher.publish_if_due()
    finally:
        # also after Ctrl-C: what was computed is in the store and shall be in the cube
        publisher.publish()
        tell.sweep_ended()
    return _summary(batch, computed, time.perf_counter() - started)


def _summary(batch: Batch, computed: list[Outcome], wall_time_s: float) -> RunSummary:
    ended = (*batch.done, *computed)
    failures = tuple(outcome for outcome in ended if outcome.status == "failed")
    return RunSummary(
        total=len(ended) + batch.pending,
        computed=len(computed),
        skipped=len(batch.done),
        ok=len(ended) - len(failures),
        failed=len(failures),
        pending=batch.pending,
        failures=failures,
        store=batch.store.root,
        cube=batch.cube,
        wall_time_s=wall_time_s,
    )


def _outcomes(tasks: list[CaseTask], client: Client | None) -> Iterator[Outcome]:
    """Compute tasks and yield their outcomes as they come."""
    return _one_by_one(tasks) if client is None else _distributed(tasks, client)


def _one_by_one(tasks: list[CaseTask]) -> Iterator[Outcome]:
    for case_id, task in tasks:
        try:
            yield task.compute(scheduler="synchronous")
        except Exception as error:
            yield _without_record(case_id, error)


def _distributed(tasks: list[CaseTask], client: Client) -> Iterator[Outcome]:
    """Keep a window of tasks submitted, never the whole graph."""
    case_ids = {task.key: case_id for case_id, task in tasks}
    waiting = (task for _, task in tasks)
    threads = sum(client.nthreads().values())
    window = max(2, TASKS_PER_THREAD * threads)
    running: Any = as_completed([client.compute(task) for task in islice(waiting, window)])
    for future in running:
        error = future.exception()
        yield future.result() if error is None else _without_record(case_ids[future.key], error)
        for task in islice(waiting, 1):
            running.add(client.compute(task))


def _without_record(case_id: str, error: Exception) -> Outcome:
    """Return the outcome of a task that could not even leave a record: its worker died, or the disk is full."""
    message = f"{error}; run the same again to compute it"
    return Outcome(case_id, "failed", Failure(phase="task", cause=type(error).__name__, message=message))


class _Publisher:
    """Publishes one cube now and then: the longer it takes, the rarer."""

    def __init__(self, store: Store, cube: str, tell: Callback) -> None:
        self.store, self.cube, self.tell = store, cube, tell
        self.next_at = time.monotonic() + PUBLISH_EVERY_S

    def publish(self, *, cases: bool = True) -> None:
        """Publish the cube, and the table of all cases with it unless there is more to come."""
        started = time.monotonic()
        versions = publish(self.store, (self.cube,), cases=cases)
        ended = time.monotonic()
        self.next_at = ended + max(PUBLISH_EVERY_S, PUBLISH_SHARE * (ended - started))
        self.tell.published(versions)

    def publish_if_due(self) -> None:
        """Publish; what goes wrong meanwhile is told and tried again later: the cases go on."""
        if time.monotonic() < self.next_at:
            return
        try:
            self.publish(cases=False)
        except StoreError as error:
            log.warning("not published: %s; tried again in %g s", error, PUBLISH_EVERY_S)
            self.next_at = time.monotonic() + PUBLISH_EVERY_S

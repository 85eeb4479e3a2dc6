"""A batch of tasks that fill one cube: computed, published now and then, summed up."""

import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from distributed import Client

from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback, Callbacks
from ssbflow.flow.interruption import interruptible, let_workers_outlive_interruptions
from ssbflow.flow.publisher import Publisher
from ssbflow.flow.tries import without_record
from ssbflow.flow.window import CaseTask, Window
from ssbflow.store.layout import Store

__all__ = ["Batch", "CaseTask", "RunSummary", "compute", "outcomes"]


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


class Tasks(Sized, Iterable[CaseTask], Protocol):
    """So many tasks; a list of them, or what makes them one by one."""


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
    tasks : list of CaseTask, or what makes them one by one
        In the order in which they are begun.
    pending : int
        Cases that this batch leaves alone.
    """

    name: str
    store: Store
    cube: str
    done: list[Outcome]
    tasks: Tasks
    pending: int = 0


def compute(batch: Batch, client: Client | None, callbacks: Iterable[Callback]) -> RunSummary:
    """Compute the tasks of a batch and publish its cube, now and then and at the end, also after Ctrl-C.

    Parameters
    ----------
    batch : Batch
    client : distributed.Client or None
        None computes one task after another in this process.
    callbacks : iterable of Callback

    Raises
    ------
    KeyboardInterrupt
        Somebody stopped it; what was computed is recorded and published.
    ClusterError
        The scheduler is gone; likewise.
    """
    started, tell = time.perf_counter(), Callbacks(callbacks)
    tell.sweep_started(batch.name, len(batch.done) + len(batch.tasks), len(batch.done))
    publisher = Publisher(batch.store, (batch.cube,), tell)
    computed = []
    try:
        with interruptible(tell) as interruption:
            for outcome in outcomes(batch.tasks, client, tell, lambda: interruption.asked):
                computed.append(outcome)
                tell.case_ended(outcome)
                publisher.publish_if_due()
    finally:
        publisher.publish()
        tell.sweep_ended()
    if interruption.asked:
        raise KeyboardInterrupt
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


def outcomes(
    tasks: Iterable[CaseTask], client: Client | None, tell: Callback, stopping: Callable[[], bool]
) -> Iterator[Outcome]:
    """Compute tasks and yield their outcomes as they come; begin no more once it is `stopping`.

    Without a client nothing is tried again: that is the plain course of things, and what fails is seen at once.
    """
    if client is None:
        yield from _one_by_one(takewhile(lambda _: not stopping(), tasks))
        return
    let_workers_outlive_interruptions(client)
    with closing(Window(client, tell, stopping).outcomes(tasks)) as ended:
        yield from ended


def _one_by_one(tasks: Iterable[CaseTask]) -> Iterator[Outcome]:
    for task in tasks:
        try:
            yield task.task.compute(scheduler="synchronous")
        except Exception as error:
            yield without_record(task.case_id, error)

"""A night: the most valuable cases that several sweeps lack, within hours and a budget; the rest goes on tomorrow."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
from distributed import Client

from ssbflow.errors import ClusterError
from ssbflow.flow.allowance import Allowance, Cost
from ssbflow.flow.batch import outcomes
from ssbflow.flow.cost import cores_of, expected_wall_seconds
from ssbflow.flow.events import Callback, Callbacks
from ssbflow.flow.interruption import interruptible
from ssbflow.flow.publisher import Publisher
from ssbflow.flow.runner import CaseTasks, check_machine_of
from ssbflow.flow.standing import Indices, Standing, standing
from ssbflow.flow.tonight import Tonight
from ssbflow.flow.value import most_valuable_first
from ssbflow.flow.window import CaseTask
from ssbflow.inputs.night import Night
from ssbflow.inputs.reading import load_sweep
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store
from ssbflow.store.locks import locked
from ssbflow.store.publish import publish
from ssbflow.store.sweeps import cube_name, register_sweep

log = logging.getLogger("ssbflow")

TAG = "nightly-"
DONE, HOURS, BUDGET, STOPPED = "everything is done", "the hours end", "the budget is used up", "somebody stopped it"


@dataclass(frozen=True)
class NightRun:
    """How a night went, as the store tells: runs that were killed in the same night count too.

    Parameters
    ----------
    date : str
        Of its evening.
    begins, ends : datetime
        The hours.
    ok, failed, pending : int
        Cases that ended this night, and cases that are left.
    failures : dict
        Cause → cases.
    core_hours, budget_core_hours : float
    stopped : str
        Why no more was begun.
    cubes : dict
        Name → version that was published.
    tag : str
        Of the default cube's version.
    """

    date: str
    begins: datetime
    ends: datetime
    ok: int
    failed: int
    pending: int
    failures: dict[str, int]
    core_hours: float
    budget_core_hours: float
    stopped: str
    cubes: dict[str, str]
    tag: str


def local_now() -> datetime:
    """Return the time by this machine's clock, with its zone."""
    return datetime.now().astimezone()


def one_night_at_a_time(store: Store) -> AbstractContextManager[None]:
    """Keep others from working on the same store for the night.

    Raises
    ------
    StoreError
        Somebody does already.
    """
    return locked(store.night_lock, or_say="another nightly run works on this store; wait for it to end, or stop it")


def run_night(
    night: Night,
    client: Client | None = None,
    callbacks: Iterable[Callback] = (),
    now: Callable[[], datetime] = local_now,
) -> NightRun:
    """Compute the most valuable cases that there is time and a budget for; publish, and tag the default cube.

    Sweeps go by priority; in one, designs by how few of their seeds are done. Failed cases stay failed.

    Parameters
    ----------
    night : Night
    client : distributed.Client, optional
    callbacks : iterable of Callback
    now : callable
        The clock.

    Raises
    ------
    InputError
        It is not night, or a sweep cannot be used.
    StoreError, LammpsNotFoundError
        As `run`.
    """
    begins, ends = night.hours.night(now())
    store, sweeps = Store(night.store.resolve()), _by_priority(night)
    for sweep in sweeps:
        register_sweep(store, sweep)
    cubes = tuple(dict.fromkeys(map(cube_name, sweeps)))
    left = 3600 * night.budget_core_hours - Tonight(store, cubes, begins).core_seconds
    allowance = Allowance(ends, left, now, partial(_threads, client))
    stopped = _compute(store, sweeps, client, Callbacks([allowance, *callbacks]), allowance)
    versions = publish(store, tag=f"{TAG}{begins:%Y-%m-%d}")
    tonight = Tonight(store, cubes, begins)
    return NightRun(
        date=f"{begins:%Y-%m-%d}",
        begins=begins,
        ends=ends,
        ok=tonight.ok,
        failed=tonight.failures.total(),
        pending=tonight.pending,
        failures=dict(tonight.failures.most_common()),
        core_hours=tonight.core_seconds / 3600,
        budget_core_hours=night.budget_core_hours,
        stopped=stopped if tonight.pending else DONE,
        cubes={name: path.name for name, path in versions.items()},
        tag=f"{TAG}{begins:%Y-%m-%d}",
    )


def _threads(client: Client | None) -> int:
    try:
        return sum(client.nthreads().values()) if client else 1
    except OSError:
        return 1  # that the scheduler is gone is told elsewhere


def _by_priority(night: Night) -> list[Sweep]:
    return [load_sweep(sweep.file) for sweep in sorted(night.sweeps, key=lambda sweep: -sweep.priority)]


def _compute(store: Store, sweeps: list[Sweep], client: Client | None, tell: Callbacks, allowance: Allowance) -> str:
    """Compute what is admitted, and return why no more was."""
    found = [(sweep, standing(store, grid_of(sweep))) for sweep in sweeps]
    for sweep, stands in found:
        if len(stands.to_press):
            check_machine_of(sweep.protocol.press, client)
    total, done = (sum(map(len, some)) for some in zip(*((s.grid.asked, s.done) for _, s in found), strict=True))
    tell.sweep_started("night", total, done)
    publisher, stopped = Publisher(store, tuple(dict.fromkeys(map(cube_name, sweeps))), tell), ""
    tasks = _admitted(store, [stands for _, stands in found], allowance)
    with interruptible(tell) as interruption:
        try:
            for outcome in outcomes(tasks, client, tell, lambda: interruption.asked or allowance.is_over()):
                tell.case_ended(outcome)
                publisher.publish_if_due()
        except ClusterError as error:
            stopped = str(error)
            log.error("%s", error)
        except KeyboardInterrupt:
            stopped = STOPPED
    tell.sweep_ended()
    if interruption.asked:
        return STOPPED
    if allowance.is_over() or "time" in allowance.refusals:
        return stopped or HOURS
    return stopped or (BUDGET if allowance.refusals else DONE)


def _admitted(store: Store, found: list[Standing], allowance: Allowance) -> Iterator[CaseTask]:
    """Yield the tasks that are admitted in turn, each once; a short one may fit where a long one did not."""
    seen = set()
    for stands in found:
        which = most_valuable_first(stands)
        costs = zip(expected_wall_seconds(stands)[which].tolist(), _cores(stands, which), strict=True)
        for task, (seconds, cores) in zip(CaseTasks(store, stands, which), costs, strict=True):
            if task.task.key not in seen and allowance.admits(task.case_id, Cost(seconds, cores)):
                seen.add(task.task.key)
                yield task


def _cores(found: Standing, which: Indices) -> list[int]:
    """Return on how many cores each case runs."""
    number, cores = found.grid.design[which], {}
    for index, one in zip(which, number.tolist(), strict=True):
        if one not in cores:
            cores[one] = cores_of(next(found.grid.cases(np.array([index]))).design)
    return [cores[one] for one in number.tolist()]

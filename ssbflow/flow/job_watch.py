"""Seeing that the jobs one asked for come: a failed submission raises nothing in Dask, and its slot stays taken."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dask_jobqueue.core import JobQueueCluster
from distributed import Client, Scheduler
from distributed.diagnostics.plugin import SchedulerPlugin
from tornado.ioloop import PeriodicCallback

from ssbflow.errors import ClusterError
from ssbflow.flow.jobqueue import GIVEN_UP_AFTER_S, TellingJob
from ssbflow.flow.queues import Queue, Standing, ask

log = logging.getLogger("ssbflow")

LOOKS_EVERY_S = 5.0
SOON_S = 0.5  # after that the cluster has heard of it
PAUSE_S = 5.0  # after the first failure, then twice as long each time
LONGEST_PAUSE_S = 600.0
TRIES = 8  # in a row without a worker: a queue that is down for a quarter of an hour is waited for
ROUNDS = 3  # of waiting for the first worker
LOG_LINES = 5


class JobWatch(SchedulerPlugin):
    """Looks after the jobs of a cluster: asks again for those that failed, and knows why.

    Parameters
    ----------
    jobs : JobQueueCluster
    queue : Queue
    logs : Path
        Folder of what the jobs print.
    tries : int
        After so many failures in a row it gives up.
    """

    def __init__(self, jobs: JobQueueCluster, queue: Queue, logs: Path, tries: int = TRIES) -> None:
        self.jobs, self.queue, self.logs, self.tries = jobs, queue, logs, tries
        self.failures: list[str] = []
        self.gave_up = self.has_lost_all = False
        self._next_at = 0.0
        self._arrived: set[TellingJob] = set()
        self._looking = asyncio.Lock()
        self._callback = PeriodicCallback(self._look, LOOKS_EVERY_S * 1000)

    def begin(self) -> None:
        """Begin to look."""
        self._call(self._begin)

    def _begin(self) -> None:
        if self.jobs.scheduler is not None:
            self.jobs.scheduler.add_plugin(self)
        self._callback.start()

    def add_worker(self, scheduler: Scheduler, worker: str, **_: Any) -> None:
        """Note at once that a worker has come: it may be lost before one looks, and Dask replaces it then."""
        self._note_arrivals({scheduler.workers[worker].name})

    def remove_worker(self, scheduler: Scheduler, worker: str, **_: Any) -> None:  # noqa: ARG002
        """Look as soon as Dask has given up the job of a lost worker: its cases wait for another."""
        if self.jobs.loop is not None:
            self.jobs.loop.call_later(GIVEN_UP_AFTER_S + SOON_S, self._look)

    def end(self) -> None:
        """Look no more."""
        self._call(self._callback.stop)

    def _call(self, function: Callable[[], object]) -> None:
        """Call something in the thread that Dask works in."""
        if self.jobs.loop is not None:
            self.jobs.loop.add_callback(function)

    def standing(self) -> Standing:
        """Ask the queue."""
        return ask(self.queue)

    def why(self) -> str:
        """Return what failed last, and what the queue says now."""
        said = self.failures[-1:] or ["nothing has failed that one could see"]
        return f"{said[0]}; {self.queue.ask[0]} says: {self.standing().words or 'no jobs'}"

    async def _look(self) -> None:
        async with self._looking:
            if self._callback.is_running():
                await self._look_after_jobs()

    async def _look_after_jobs(self) -> None:
        here = {worker["name"] for worker in self.jobs.scheduler_info["workers"].values()}
        self._note_arrivals(here)
        if self.gave_up and self._arrived and not here and self.jobs.scheduler is not None:
            self.has_lost_all = True
            await self.jobs.scheduler.close(reason="no worker is left")  # or everybody would wait for ever
            return
        # listed before one asks: of a job that is submitted meanwhile, the queue has not heard
        submitted = [(name, job) for name, job in self.jobs.workers.items() if job.job_id or job.complaint]
        standing = await asyncio.to_thread(self.standing)
        for name, job in submitted:
            reason = self._failure(job, standing)
            if reason:
                self._failed(reason)
                self.jobs.workers.pop(name, None)
        if time.monotonic() >= self._next_at and not self.gave_up and self._lacks_some():
            self.jobs.scale(len(self.jobs.worker_spec))  # submits those that are wanted and not there

    def _note_arrivals(self, here: set[object]) -> None:
        """Note whose workers are here, by their names."""
        new = {job for name, job in self.jobs.workers.items() if name in here} - self._arrived
        if new:
            self._arrived |= new
            self.failures.clear()

    def _failure(self, job: TellingJob, standing: Standing) -> str:
        """Return why a job will never bring a worker, or nothing."""
        if job.complaint:
            return f"{self.queue.submit} failed: {job.complaint}"
        if job.job_id and job not in self._arrived and standing.has_lost(job.job_id):
            return f"job {job.job_id} ended before its worker came{self._last_words(job.job_id)}"
        return ""

    def _failed(self, reason: str) -> None:
        pause = min(PAUSE_S * 2 ** len(self.failures), LONGEST_PAUSE_S)
        self.failures.append(reason)
        if len(self.failures) >= self.tries:
            self.gave_up = True
            log.error("%s; given up after %d times", reason, len(self.failures))
        else:
            self._next_at = time.monotonic() + pause
            log.warning("%s; tried again in %g s", reason, pause)

    def _lacks_some(self) -> bool:
        return bool(set(self.jobs.worker_spec) - set(self.jobs.workers))

    def _last_words(self, job_id: str) -> str:
        """Return the end of what a job printed."""
        paths = sorted(self.logs.glob(f"*{job_id}*"), key=lambda path: path.stat().st_mtime)
        lines = [line for path in paths for line in path.read_text(errors="replace").splitlines() if line.strip()]
        return f", printing: {' / '.join(lines[-LOG_LINES:])}" if lines else f"; see {self.logs}"


def wait_for_first_worker(client: Client, watch: JobWatch, timeout_s: float) -> float:
    """Wait until a worker has come, and return how long it took (s).

    Each time that none has come in `timeout_s` it is said why, and waited once more, `ROUNDS` times in all. Meanwhile
    the watch submits again what failed, or ended without a worker.

    Raises
    ------
    ClusterError
        None came, in the words of the queue.
    """
    started = time.monotonic()
    for left in reversed(range(ROUNDS)):
        if _has_come(client, watch, timeout_s):
            return time.monotonic() - started
        waited = time.monotonic() - started
        if watch.gave_up or not left:
            raise ClusterError(f"no worker came in {waited:.0f} s: {watch.why()}")
        log.warning("no worker has come in %.0f s: %s; still waiting", waited, watch.why())
    raise AssertionError("unreachable")


def _has_come(client: Client, watch: JobWatch, timeout_s: float) -> bool:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until and not watch.gave_up:
        if client.nthreads():
            return True
        time.sleep(0.2)
    return False

"""Tasks on a cluster: a few submitted at a time, tried again where it was not the case's fault."""

import queue
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import count
from typing import NamedTuple

from dask.delayed import Delayed
from dask.graph_manipulation import clone
from dask.typing import Key
from distributed import Client, Future, Worker
from distributed.comm.addressing import get_address_host

from ssbflow.errors import ClusterError
from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback
from ssbflow.flow.nodes import Nodes
from ssbflow.flow.tries import Tries, without_record

TASKS_PER_THREAD = 3  # submitted ahead: enough that no worker waits, few enough that the scheduler stays light
LOOKS_EVERY_S = 1.0
GATHERED_WITHIN_S = 30.0
SILENT_S = 10.0  # without a worker, before it is said: those of a job that ended are replaced meanwhile


class CaseTask(NamedTuple):
    """A lazy task that brings a case to its records; several tasks may serve one case.

    Parameters
    ----------
    case_id : str
    task : Delayed
        Results in an `Outcome`.
    again : callable, optional
        Makes the task that tries again a case whose record says that it failed, by the number of the try. Without it,
        only what left no record is tried again.
    """

    case_id: str
    task: Delayed
    again: Callable[[int], Delayed] | None = None


class _Submitted(NamedTuple):
    """A task on its way, and the hosts that it may run on; all if there are none."""

    task: CaseTask
    future: Future[Outcome]
    hosts: list[str] | None


class Window:
    """Keeps a few tasks submitted, never all of them.

    Parameters
    ----------
    client : distributed.Client
    tell : Callback
    stopping : callable
        Whether nothing more is to be begun.
    """

    def __init__(self, client: Client, tell: Callback, stopping: Callable[[], bool]) -> None:
        self.client, self.tell, self.stopping = client, tell, stopping
        self._waiting: Iterator[CaseTask] = iter(())
        self._again: deque[CaseTask] = deque()
        self._submitted: dict[Key, _Submitted] = {}
        self._done: queue.SimpleQueue[Future[Outcome]] = queue.SimpleQueue()
        self._tries, self._nodes, self._seeds = Tries(), Nodes(), count()
        self._workers: dict[str, int] = {}
        self._looked_at = self._worker_seen_at = time.monotonic()
        self._drained = self._silence_told = False

    def outcomes(self, tasks: Iterable[CaseTask]) -> Generator[Outcome, None, None]:
        """Compute tasks and yield their outcomes as they come.

        Raises
        ------
        ClusterError
            The scheduler is gone.
        """
        self._waiting = iter(tasks)
        self._look_at_workers()
        try:
            while self._fill():
                submitted = self._next_done()
                outcome = self._outcome(submitted) if submitted else None
                if submitted and outcome and not self._tried_again(submitted, outcome):
                    yield outcome
        finally:
            self._forget(list(self._submitted))

    def _fill(self) -> bool:
        """Submit as many as there is room for; return whether anything is on its way."""
        if self.stopping():
            self._drain()
            return bool(self._submitted)
        self._wait_for_scheduler()
        room = max(2, TASKS_PER_THREAD * sum(self._workers.values()))
        while len(self._submitted) < room:
            task = self._again.popleft() if self._again else next(self._waiting, None)
            if task is None:
                break
            self._submit(task)
        return bool(self._submitted)

    def _submit(self, task: CaseTask) -> None:
        hosts = self._nodes.others(self._workers)
        where = {"workers": hosts, "allow_other_workers": False} if hosts else {}
        future = self.client.compute(task.task, **where)
        self._submitted[future.key] = _Submitted(task, future, hosts)
        future.add_done_callback(self._done.put)

    def _next_done(self) -> _Submitted | None:
        """Wait for a task to end, or until it is time to look around: there may be more workers, or none."""
        if time.monotonic() >= self._looked_at + LOOKS_EVERY_S:
            self._look()
            return None
        try:
            future = self._done.get(timeout=LOOKS_EVERY_S)
        except queue.Empty:
            return None
        submitted = self._submitted.get(future.key)
        # not one that was taken back meanwhile
        return submitted if submitted and submitted.future is future else None

    def _outcome(self, submitted: _Submitted) -> Outcome | None:
        """Return how a task ended; nothing where its result got lost, which Dask computes again."""
        future = submitted.future
        try:
            outcome: Outcome = future.result(timeout=GATHERED_WITHIN_S)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # what Dask cancels is no Exception
            if isinstance(error, TimeoutError) and future.status != "error":
                future.add_done_callback(self._done.put)
                return None
            self._wait_for_scheduler()
            outcome = without_record(submitted.task.case_id, error)
        del self._submitted[future.key]
        return outcome

    def _tried_again(self, submitted: _Submitted, outcome: Outcome) -> bool:
        """Judge where it ran, and line it up once more if it may be tried again."""
        avoided, task, failure = self._nodes.note(outcome), submitted.task, outcome.failure
        if avoided:
            self.tell.said(avoided)
        recorded = failure is not None and failure.phase != "task"
        if failure is None or self.stopping() or (recorded and task.again is None):
            return False
        if not self._tries.again(task.case_id, failure.cause):
            return False
        self.tell.case_retried(outcome)
        if recorded and task.again is not None:
            self._again.append(task._replace(task=task.again(self._tries.number(task.case_id))))
        else:
            self._line_up_again(task)
        return True

    def _line_up_again(self, task: CaseTask) -> None:
        """Line a task up under another key: what becomes of the old one may still be on its way from the scheduler."""
        self._again.append(task._replace(task=clone(task.task, seed=next(self._seeds))))

    def _look(self) -> None:
        """See to the scheduler, the workers, and tasks that no worker is left for."""
        self._wait_for_scheduler()
        self._look_at_workers()
        here = {get_address_host(worker) for worker in self._workers}
        stranded = [key for key, one in self._submitted.items() if one.hosts and here and not here & {*one.hosts}]
        for key in stranded:
            self._line_up_again(self._submitted[key].task)
        self._forget(stranded)

    def _look_at_workers(self) -> None:
        self._looked_at = time.monotonic()
        try:
            self._workers = self.client.nthreads()
        except OSError:
            return  # the scheduler is seen to the next time
        if self._workers:
            self._worker_seen_at, self._silence_told = time.monotonic(), False
        elif time.monotonic() > self._worker_seen_at + SILENT_S and not self._silence_told:
            self._silence_told = True
            self.tell.said("no worker is here: waiting for one to come; Ctrl-C stops")

    def _wait_for_scheduler(self) -> None:
        """Wait while the client tries to reach its scheduler again.

        Raises
        ------
        ClusterError
            It could not.
        """
        if self.client.status == "connecting":
            self.tell.said("the scheduler does not answer: waiting for it")
        while self.client.status == "connecting" and not self.stopping():
            time.sleep(0.1)
        if self.client.status != "running":
            raise ClusterError(
                "the scheduler is gone; everything that was recorded is in the store: start a cluster and run the same "
                "again to go on"
            )

    def _drain(self) -> None:
        """Take back what no worker has begun."""
        if self._drained:
            return
        self._drained = True
        running = self.client.run(_executing, on_error="ignore")
        begun = {key for keys in running.values() for key in keys or ()}
        self._forget([key for key in self._submitted if key not in begun])

    def _forget(self, keys: list[Key]) -> None:
        """Take tasks back; one that runs already runs on, and leaves its records."""
        futures = [self._submitted.pop(key).future for key in keys]
        if futures and self.client.status == "running":
            self.client.cancel(futures)


def _executing(dask_worker: Worker) -> list[Key]:
    """Return the keys of the tasks that a worker computes just now."""
    return [task.key for task in dask_worker.state.executing]

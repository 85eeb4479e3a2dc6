"""Ctrl-C: once, and no more cases are begun; twice, and those that run are not waited for."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from distributed import Client, LocalCluster, Worker, WorkerPlugin

from ssbflow.flow.events import Callback

SAID = "stopping: no more cases are begun, those that run are waited for; Ctrl-C again leaves them"


class Interruption:
    """Whether somebody has asked to stop."""

    def __init__(self, tell: Callback) -> None:
        self.asked, self._tell = False, tell

    def note(self, *_: object) -> None:
        """Note that somebody asks, as a signal's handler.

        Raises
        ------
        KeyboardInterrupt
            He asked before.
        """
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._tell.said(SAID)


@contextmanager
def interruptible(tell: Callback) -> Iterator[Interruption]:
    """Let the first Ctrl-C only be noted; in threads other than the main one, which gets none, nothing changes."""
    interruption = Interruption(tell)
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = signal.signal(signal.SIGINT, interruption.note)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)


class _Deaf(WorkerPlugin):
    """Lets a worker not hear Ctrl-C, which a terminal sends to all processes that were started from it."""

    name = "deaf to Ctrl-C"

    def setup(self, worker: Worker) -> None:  # noqa: ARG002
        with suppress(ValueError):  # a worker in a thread
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def let_workers_outlive_interruptions(client: Client) -> None:
    """Let the workers that this process started go on until they are told to stop."""
    if isinstance(client.cluster, LocalCluster):
        client.register_plugin(_Deaf())

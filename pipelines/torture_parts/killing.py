"""The crew of a trial, and who kills them: without warning, one after the other, each started again at once."""

import multiprocessing
import os
import random
import time
import warnings
from collections.abc import Sequence
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from unittest import mock

from torture_parts.trial import Member, Trial

PRELOADED = [
    "ssbflow.flow.case_task",
    "ssbflow.store.publish",
    "ssbflow.store.opening",
    "ssbflow.store.case_zip",
    "dask.array",
]
LIFE_S = (0.1, 2.0)  # between two kills
END_S = 120.0
VICTIMS = ("writer", "writer", "publisher", "publisher", "reader")  # readers get time to see something
NICENESS = {"publisher": 0, "writer": 5, "reader": 5}  # with few processors no version would ever get ready else


class Crew:
    """Processes that work on a store.

    Parameters
    ----------
    trial : Trial
    members : sequence of Member
    generator : random.Random
        Of the kills.
    """

    def __init__(self, trial: Trial, members: Sequence[Member], generator: random.Random) -> None:
        self.trial, self.generator = trial, generator
        # children are forked from a process that has imported everything and has no threads: they start in no time
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(PRELOADED)
        with mock.patch.dict(os.environ, PYTHONWARNINGS="ignore:resource_tracker"):
            resource_tracker.ensure_running()  # it would tell of the semaphores that the killed did not release
        self.lives = dict.fromkeys(members, 0)
        self.processes: dict[Member, BaseProcess] = {}
        for member in members:
            self._start(member)

    def kill_one(self) -> None:
        """Kill one of a random role, and start it again."""
        role = self.generator.choice(VICTIMS)
        member = self.generator.choice([one for one in self.processes if one.role == role])
        process = self.processes[member]
        process.kill()
        process.join()
        self.trial.note(member.role, "killed", number=member.number)
        self._start(member)

    def tend(self, seconds: float) -> None:
        """Wait, and start those again that fell over something; what it was stands among the violations."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for member, process in list(self.processes.items()):
                if process.exitcode is not None:
                    self.trial.note(member.role, "fell", number=member.number, exit_code=process.exitcode)
                    self._start(member)
            time.sleep(min(0.05, left))

    def pause(self) -> float:
        """Return how long (s) to wait for the next kill."""
        return self.generator.uniform(*LIFE_S)

    def finish(self) -> None:
        """Let everybody come to an end."""
        self.trial.finish()
        deadline = time.monotonic() + END_S
        for member, process in self.processes.items():
            process.join(max(0.0, deadline - time.monotonic()))
            if process.exitcode is None:
                self.trial.violate(member.role, f"number {member.number} does not come to an end")
                process.kill()
                process.join()

    def _start(self, member: Member) -> None:
        self.lives[member] += 1
        process = self.context.Process(target=live, args=(member, self.trial, self.lives[member]), daemon=True)
        process.start()
        self.processes[member] = process


def live(member: Member, trial: Trial, life: int) -> None:
    """Work in a process of one's own, where every warning is an error."""
    warnings.simplefilter("error")
    os.nice(NICENESS[member.role])
    member.run(trial, life)

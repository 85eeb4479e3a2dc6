"""What PBS and Slurm say of our jobs: which are waiting, which run, and why."""

import getpass
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

ASK_TIMEOUT_S = 30


@dataclass(frozen=True)
class Queue:
    """The commands of a queue.

    Parameters
    ----------
    submit : str
        Command that takes a job script.
    ask : tuple of str
        Command that lists the jobs of this user which have not ended.
    state_of : callable
        Words of a line of that list → state.
    waiting : tuple of str
        States of jobs that wait for their turn.
    """

    submit: str
    ask: tuple[str, ...]
    state_of: Callable[[list[str]], str]
    waiting: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What a queue said.

    Parameters
    ----------
    states : dict or None
        Job's number → state, of those that have not ended; None where the queue did not answer.
    words : str
        Its own.
    """

    states: dict[str, str] | None
    words: str

    def has_lost(self, job_id: str) -> bool:
        """Whether the queue answered, and does not know a job any more."""
        return self.states is not None and job_id not in self.states


QUEUES = {
    "pbs": Queue(
        submit="qsub",
        ask=("qstat", "-u", getpass.getuser()),
        state_of=lambda words: words[-2],  # before the elapsed time, in both layouts that qstat has
        waiting=("Q", "H", "W"),
    ),
    "slurm": Queue(
        submit="sbatch",
        ask=("squeue", "--noheader", "--me", "--format=%i %T %r"),
        state_of=lambda words: words[1],
        waiting=("PENDING", "CONFIGURING"),
    ),
}


def ask(queue: Queue) -> Standing:
    """Ask a queue for the jobs of this user."""
    try:
        answer = subprocess.run(
            queue.ask, capture_output=True, text=True, timeout=ASK_TIMEOUT_S, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Standing(None, f"{queue.ask[0]}: {error}")
    if answer.returncode != 0:
        return Standing(None, f"{queue.ask[0]}: {answer.stderr.strip() or answer.stdout.strip()}")
    lines = [words for words in map(str.split, answer.stdout.splitlines()) if len(words) > 1 and words[0][0].isdigit()]
    return Standing({_number(words[0]): queue.state_of(words) for words in lines}, answer.stdout.strip())


def _number(job_id: str) -> str:
    """Return 123 of 123.server or 123_4: as dask-jobqueue keeps it."""
    digits = [character.isdigit() for character in job_id] + [False]
    return job_id[: digits.index(False)]

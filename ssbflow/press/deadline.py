"""The end of the job that a press runs in: it stops before, with a checkpoint, and goes on in another job."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ssbflow.errors import PressError

SETTING = "SSBFLOW_JOB_ENDS"  # seconds since 1970 by this machine's clock; set in the job's script, then by its worker
JOB_ENDS = "job ends"
MARGIN_S = 10.0  # to notice (every 100 steps) and to write the checkpoint; the job itself lasts longer than its worker


def time_left_s() -> float:
    """Return how long presses may run in this job yet (s); without end outside of a job."""
    ends = os.environ.get(SETTING)
    return float(ends) - MARGIN_S - time.time() if ends else float("inf")


@contextmanager
def within_job(time_limit_s: float) -> Iterator[float]:
    """Hand out how long a press may run (s): its own limit, or what is left in the job.

    Raises
    ------
    PressError
        The cause is ``"job ends"`` where it was the job that ended a press, or leaves it no time at all.
    """
    left = time_left_s()
    if left <= 0:
        raise PressError("the job ends, too soon to press anything; another job does", cause=JOB_ENDS)
    try:
        yield min(time_limit_s, left)
    except PressError as error:
        if error.cause != "time limit" or time_limit_s <= left:
            raise
        message = f"the job ends: stopped after {left:.0f} s; goes on from its checkpoint in another job"
        raise PressError(message, cause=JOB_ENDS, exit_code=error.exit_code, log_tail=error.log_tail) from error

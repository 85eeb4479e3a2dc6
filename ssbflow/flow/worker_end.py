"""How a worker leaves; Dask loads this into every worker that is started for a run.

At the end of its lifetime a plain Dask worker throws its running tasks away. Here presses are stopped a little before,
each with a checkpoint, no new case is begun, and the worker leaves when its last case has its record.
"""

import asyncio
import os
import time

from distributed import Worker
from distributed.core import Status

import ssbflow.flow.case_task  # noqa: F401  loaded before the scheduler counts heartbeats: it may take long
from ssbflow.press.deadline import MARGIN_S, SETTING

LOOKS_EVERY_S = 0.5
ANSWERED_WITHIN_S = 2.0  # less than the nanny's patience with a worker that closes


def dask_setup(worker: Worker) -> None:
    """Tell presses when this worker leaves, which is at random within the stagger, and see that it does."""
    if worker.lifetime:
        os.environ[SETTING] = str(time.time() + worker.lifetime)
        # as presses are stopped: a case begun any later would be one for nothing
        worker.loop.call_later(max(0.0, worker.lifetime - MARGIN_S), leave, worker)


async def leave(worker: Worker) -> None:
    """Begin nothing new, wait for what runs, then close; the nanny too, so that the job ends."""
    if worker.status != Status.running:
        return  # it is being closed already
    worker.status = Status.closing_gracefully
    while worker.state.executing:
        await asyncio.sleep(LOOKS_EVERY_S)
    await worker.close(nanny=True, reason="the job ends")


async def dask_teardown(worker: Worker) -> None:
    """Let the last heartbeat be answered: a worker that hangs up before logs the traceback of a lost scheduler."""
    worker.periodic_callbacks["heartbeat"].stop()
    until = time.monotonic() + ANSWERED_WITHIN_S
    while worker.rpc.active and time.monotonic() < until:
        await asyncio.sleep(0.01)

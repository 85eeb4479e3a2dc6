import asyncio
from concurrent.futures import CancelledError

import pytest
from distributed.comm import CommClosedError

from ssbflow.errors import DiskError, StoreError
from ssbflow.flow.tries import LIMITS, Tries, cause_of, without_record
from ssbflow.press.checkpoints import RESUMABLE


@pytest.mark.parametrize("cause", LIMITS)
def test_each_case_is_tried_so_often_for_each_cause(cause: str) -> None:
    tries = Tries()
    assert [tries.again("a", cause) for _ in range(LIMITS[cause] + 2)] == [True] * LIMITS[cause] + [False] * 2
    assert tries.again("b", cause)
    assert tries.number("b") == 1


@pytest.mark.parametrize("cause", ["not settled", "lost atoms", "lammps error", "PackingError", "StoreError"])
def test_what_would_come_again_is_not_tried_again(cause: str) -> None:
    assert not Tries().again("a", cause)


def test_what_can_be_resumed_is_tried_again_but_for_the_own_limit_of_a_press() -> None:
    assert {*RESUMABLE} - {*LIMITS} == {"time limit"}


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (CancelledError(), "CancelledError"),
        (asyncio.CancelledError(), "CancelledError"),
        (CommClosedError(), "CommClosedError"),
        (DiskError("full"), "DiskError"),
        (StoreError("no simulation"), "StoreError"),
        (KeyError("x"), "KeyError"),
    ],
)
def test_errors_are_known_by_name(error: BaseException, cause: str) -> None:
    assert cause_of(error) == cause


def test_a_task_without_a_record_is_told_with_its_worker() -> None:
    error = DiskError("/scratch: full")
    error.worker = "tcp://10.0.0.1:1"
    outcome = without_record("a", error)
    assert outcome.failure is not None
    assert (outcome.failure.phase, outcome.worker) == ("task", "tcp://10.0.0.1:1")
    assert outcome.failure.message == "/scratch: full; run the same again to compute it"

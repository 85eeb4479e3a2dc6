import signal
import threading

import dask
import pytest

from ssbflow.flow.batch import outcomes
from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback
from ssbflow.flow.interruption import SAID, interruptible
from ssbflow.flow.window import CaseTask


class Heard(Callback):
    def __init__(self) -> None:
        self.messages: list[str] = []

    def said(self, message: str) -> None:
        self.messages.append(message)


def test_the_first_ctrl_c_is_noted_and_the_second_raises() -> None:
    heard, before = Heard(), signal.getsignal(signal.SIGINT)
    with interruptible(heard) as interruption:
        assert not interruption.asked
        signal.raise_signal(signal.SIGINT)
        assert (interruption.asked, heard.messages) == (True, [SAID])
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_are_left_alone() -> None:
    seen = []

    def work() -> None:
        with interruptible(Heard()) as interruption:
            seen.append((interruption.asked, signal.getsignal(signal.SIGINT)))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, before)]


def test_one_after_another_the_case_that_runs_is_the_last() -> None:
    def work(number: int) -> Outcome:
        if number == 2:
            signal.raise_signal(signal.SIGINT)
        return Outcome(str(number), "ok")

    tasks = [CaseTask(str(number), dask.delayed(work)(number)) for number in range(5)]
    heard = Heard()
    with interruptible(heard) as interruption:
        ended = list(outcomes(tasks, None, heard, lambda: interruption.asked))
    assert [outcome.case_id for outcome in ended] == ["0", "1", "2"]

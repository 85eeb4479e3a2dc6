import time
from pathlib import Path

import pytest

from ssbflow.errors import PressError
from ssbflow.flow.simulate import pack_case, press_case
from ssbflow.inputs.case import Case
from ssbflow.press.checkpoints import RESUMABLE
from ssbflow.press.deadline import JOB_ENDS, MARGIN_S, SETTING, time_left_s, within_job


@pytest.fixture(autouse=True)
def no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)


def job_that_ends_in(monkeypatch: pytest.MonkeyPatch, left_s: float) -> None:
    """A job that leaves a press so many seconds."""
    monkeypatch.setenv(SETTING, str(time.time() + left_s + MARGIN_S))


def test_outside_of_a_job_only_the_own_limit_counts() -> None:
    assert time_left_s() == float("inf")
    with within_job(3600) as limit_s:
        assert limit_s == 3600


def test_in_a_job_the_shorter_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    job_that_ends_in(monkeypatch, 100)
    with within_job(3600) as limit_s:
        assert limit_s == pytest.approx(100, abs=1)
    with within_job(50) as limit_s:
        assert limit_s == 50


@pytest.mark.parametrize(("own_limit_s", "cause"), [(3600, JOB_ENDS), (50, "time limit")])
def test_it_is_told_which_of_the_two_ended_a_press(
    monkeypatch: pytest.MonkeyPatch, own_limit_s: float, cause: str
) -> None:
    job_that_ends_in(monkeypatch, 100)
    with pytest.raises(PressError) as caught, within_job(own_limit_s):
        raise PressError("stopped by the time limit", cause="time limit", exit_code=4, log_tail="tail")
    assert (caught.value.cause, caught.value.exit_code, caught.value.log_tail) == (cause, 4, "tail")
    assert cause in RESUMABLE


def test_other_failures_keep_their_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    job_that_ends_in(monkeypatch, 100)
    with pytest.raises(PressError) as caught, within_job(3600):
        raise PressError("lost", cause="lost atoms")
    assert caught.value.cause == "lost atoms"


def test_no_press_begins_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    job_that_ends_in(monkeypatch, -1)
    with pytest.raises(PressError, match="too soon") as caught, within_job(3600):
        pytest.fail("nothing may begin")
    assert caught.value.cause == JOB_ENDS


@pytest.mark.lammps
def test_a_press_that_the_job_cuts_short_goes_on_in_the_next(
    monkeypatch: pytest.MonkeyPatch, tiny_case: Case, tmp_path: Path
) -> None:
    settling = tiny_case.design.protocol.press.settling.replace(time_step_fraction=0.003)  # a hundred times as long
    press = tiny_case.design.protocol.press.replace(settling=settling)
    protocol = tiny_case.design.protocol.replace(press=press)
    case = tiny_case.replace(design=tiny_case.design.replace(protocol=protocol))
    loose = pack_case(case)
    job_that_ends_in(monkeypatch, 1)
    with pytest.raises(PressError) as caught:
        press_case(case, loose, tmp_path / "press")
    assert caught.value.cause == JOB_ENDS
    monkeypatch.delenv(SETTING)
    assert press_case(case, loose, tmp_path / "press").resumed

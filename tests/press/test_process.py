import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ssbflow.errors import PressError
from ssbflow.press.files import SCRIPT
from ssbflow.press.lmp import Lmp, find_lmp
from ssbflow.press.process import run_lmp

CHILD = "child.pid"


def shell_lmp(folder: Path, *lines: str) -> Lmp:
    """A program in the place of `lmp`."""
    path = folder / "lmp"
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return Lmp(str(path), "none", "")


def lives(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def gone_soon(pid: int) -> bool:
    """A killed process takes a moment to vanish."""
    for _ in range(100):
        if not lives(pid):
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder to run in; the child whose number lies in it is ended afterwards."""
    yield tmp_path
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((tmp_path / CHILD).read_text()), signal.SIGKILL)


def child_of(folder: Path) -> int:
    return int((folder / CHILD).read_text())


def test_time_limit_ends_the_whole_process_group(folder: Path) -> None:
    lmp = shell_lmp(folder, "sleep 300 &", f"echo $! > {CHILD}", "echo 'Step 1200' > log.lammps", "wait")
    started = time.monotonic()
    with pytest.raises(PressError, match=r"after 0\.5 s") as raised:
        run_lmp(lmp, folder, time_limit_s=0.5)
    assert time.monotonic() - started < 10
    assert raised.value.cause == "time limit"
    assert "Step 1200" in raised.value.log_tail
    assert gone_soon(child_of(folder))


@pytest.mark.parametrize("silenced", ["", ">/dev/null 2>&1"], ids=["holds the error stream", "holds nothing"])
def test_children_do_not_outlive_an_lmp_that_ended_by_itself(folder: Path, silenced: str) -> None:
    lmp = shell_lmp(folder, f"sleep 300 {silenced} &", f"echo $! > {CHILD}", "exit 1")
    with pytest.raises(PressError):
        run_lmp(lmp, folder, time_limit_s=1)
    assert gone_soon(child_of(folder))


def test_interrupt_ends_the_whole_process_group(folder: Path) -> None:
    def interrupt(number: int, stack: object) -> None:
        raise KeyboardInterrupt

    def interrupt_when_running() -> None:
        while not ((folder / CHILD).exists() and (folder / CHILD).read_text().strip()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGUSR1)

    lmp = shell_lmp(folder, "sleep 300 &", f"echo $! > {CHILD}", "wait")
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        threading.Thread(target=interrupt_when_running, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            run_lmp(lmp, folder, time_limit_s=60)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert gone_soon(child_of(folder))


@pytest.mark.lammps
def test_broken_script_fails_with_cause_exit_code_and_tail(tmp_path: Path) -> None:
    (tmp_path / SCRIPT).write_text("units micro\nnonsense 1 2 3\n", encoding="utf-8")
    with pytest.raises(PressError, match="nonsense") as raised:
        run_lmp(find_lmp(), tmp_path, time_limit_s=60)
    assert raised.value.cause == "lammps error"
    assert raised.value.exit_code == 1
    assert "Unknown command: nonsense" in raised.value.log_tail


@pytest.mark.lammps
def test_missing_script_fails_with_what_lammps_says(tmp_path: Path) -> None:
    with pytest.raises(PressError) as raised:
        run_lmp(find_lmp(), tmp_path, time_limit_s=60)
    assert raised.value.cause == "lammps error"
    assert SCRIPT in raised.value.log_tail


@pytest.mark.lammps
def test_good_script_leaves_its_log(tmp_path: Path) -> None:
    (tmp_path / SCRIPT).write_text('print "all is well"\n', encoding="utf-8")
    run_lmp(find_lmp(), tmp_path, time_limit_s=60)
    assert "all is well" in (tmp_path / "log.lammps").read_text(encoding="utf-8")


def test_signal_that_killed_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(PressError, match="SIGSEGV") as raised:
        run_lmp(shell_lmp(tmp_path, "kill -SEGV $$"), tmp_path, time_limit_s=60)
    assert (raised.value.cause, raised.value.exit_code) == ("killed", -signal.SIGSEGV)


def test_words_on_the_error_stream_stand_in_the_tail(tmp_path: Path) -> None:
    lmp = shell_lmp(tmp_path, "echo 'libmpi.so.12: cannot open shared object file' >&2", "exit 127")
    with pytest.raises(PressError, match="127") as raised:
        run_lmp(lmp, tmp_path, time_limit_s=60)
    assert raised.value.exit_code == 127
    assert "libmpi.so.12" in raised.value.log_tail


def test_bytes_that_are_no_text_on_the_error_stream_do_no_harm(tmp_path: Path) -> None:
    with pytest.raises(PressError) as raised:
        run_lmp(shell_lmp(tmp_path, r"printf 'bad \377 byte' >&2", "exit 3"), tmp_path, time_limit_s=60)
    assert raised.value.exit_code == 3


def test_tail_is_the_end_of_a_long_log(tmp_path: Path) -> None:
    lmp = shell_lmp(tmp_path, "seq 1 1000 > log.lammps", "echo 'ERROR: Lost atoms' >> log.lammps", "exit 1")
    with pytest.raises(PressError, match="Lost atoms") as raised:
        run_lmp(lmp, tmp_path, time_limit_s=60)
    assert raised.value.cause == "lost atoms"
    lines = raised.value.log_tail.splitlines()
    assert lines[-2:] == ["1000", "ERROR: Lost atoms"]
    assert len(lines) < 100

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ssbflow.errors import PressError
from ssbflow.press import names, process
from ssbflow.press.lmp import Lmp, find_lmp
from ssbflow.press.process import TAIL_LINES, run_lmp

CHILD = "child.pid"


def program(path: Path, *lines: str) -> Path:
    """A shell script that can be run."""
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return path


def shell_lmp(folder: Path, *lines: str) -> Lmp:
    """A program in the place of `lmp`."""
    return Lmp(str(program(folder / "lmp", *lines)), "none", "")


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


def eventually_nobody_in(folder: Path) -> bool:
    """Whether all processes that work in a folder are soon gone."""
    for _ in range(100):
        if not any(works_in(found, folder) for found in psutil.process_iter()):
            return True
        time.sleep(0.05)
    return False


def works_in(found: psutil.Process, folder: Path) -> bool:
    with contextlib.suppress(psutil.Error):
        return found.status() != psutil.STATUS_ZOMBIE and Path(found.cwd()) == folder.resolve()
    return False


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder to run in; the child whose number lies in it is ended afterwards."""
    yield tmp_path
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((tmp_path / CHILD).read_text()), signal.SIGKILL)


def child_of(folder: Path) -> int:
    return int((folder / CHILD).read_text())


def test_hung_lmp_is_ended_with_its_whole_process_group(folder: Path) -> None:
    lmp = shell_lmp(folder, "sleep 300 &", f"echo $! > {CHILD}", "echo 'Step 1200' > log.lammps", "wait")
    started = time.monotonic()
    with pytest.raises(PressError, match=r"after 0\.5 s") as raised:
        run_lmp(lmp, folder, time_limit_s=0.25, grace_s=0.25)
    assert 0.5 <= time.monotonic() - started < 10
    assert raised.value.cause == "time limit"
    assert "Step 1200" in raised.value.log_tail
    assert gone_soon(child_of(folder))


def test_lmp_that_ends_by_itself_a_little_late_is_not_killed(tmp_path: Path) -> None:
    said = f"{names.TIME_LIMIT} at step 400"
    lmp = shell_lmp(tmp_path, "sleep 0.3", f"echo '{said}' > {names.LOG}", f"exit {names.EXIT_TIME_LIMIT}")
    with pytest.raises(PressError) as raised:
        run_lmp(lmp, tmp_path, time_limit_s=0.1, grace_s=30)
    assert str(raised.value) == said
    assert (raised.value.cause, raised.value.exit_code) == ("time limit", names.EXIT_TIME_LIMIT)


@pytest.mark.parametrize(("limit_s", "said"), [(60, "60"), (0.01, "1"), (59.001, "60")])
def test_script_is_told_its_variables_and_a_time_limit_in_whole_seconds(
    tmp_path: Path, limit_s: float, said: str
) -> None:
    lmp = shell_lmp(tmp_path, 'echo "$@" > words', "pwd >> words")
    run_lmp(lmp, tmp_path, limit_s, {"start": "press", "checkpoint": "press.1.checkpoint"})
    words, folder = (tmp_path / "words").read_text().splitlines()
    settings = [pair.split() for pair in words.split("-var")[1:]]
    assert settings == [["start", "press"], ["checkpoint", "press.1.checkpoint"], ["time_limit", said]]
    assert words.split()[:4] == ["-in", names.SCRIPT, "-log", names.LOG]
    assert Path(folder).samefile(tmp_path)


def test_several_ranks_are_started_by_mpiexec(tmp_path: Path) -> None:
    mpiexec = program(tmp_path / "mpiexec", "printf '%s ' \"$@\" > words")
    run_lmp(Lmp("/path/of/lmp", "none", "", str(mpiexec)), tmp_path, 60, ranks=3)
    assert (tmp_path / "words").read_text().split()[:5] == ["-n", "3", "/path/of/lmp", "-in", names.SCRIPT]


@pytest.mark.parametrize("silenced", ["", ">/dev/null 2>&1"], ids=["holds the error stream", "holds nothing"])
def test_children_do_not_outlive_an_lmp_that_ended_by_itself(folder: Path, silenced: str) -> None:
    lmp = shell_lmp(folder, f"sleep 300 {silenced} &", f"echo $! > {CHILD}", "exit 1")
    with pytest.raises(PressError):
        run_lmp(lmp, folder, time_limit_s=10)
    assert gone_soon(child_of(folder))


def test_interrupt_ends_the_whole_process_group(folder: Path) -> None:
    def interrupt(number: int, stack: object) -> None:
        raise KeyboardInterrupt

    def interrupt_when_running() -> None:
        while not ((folder / CHILD).exists() and (folder / CHILD).read_text().strip()):
            time.sleep(0.01)
        time.sleep(0.3)  # Popen itself has to have returned
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
    (tmp_path / names.SCRIPT).write_text("units micro\nnonsense 1 2 3\n", encoding="utf-8")
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
    assert names.SCRIPT in raised.value.log_tail


@pytest.mark.lammps
def test_good_script_leaves_its_log(tmp_path: Path) -> None:
    (tmp_path / names.SCRIPT).write_text('print "all is well"\n', encoding="utf-8")
    run_lmp(find_lmp(), tmp_path, time_limit_s=60)
    assert "all is well" in (tmp_path / names.LOG).read_text(encoding="utf-8")


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
        run_lmp(shell_lmp(tmp_path, r"printf 'bad \377 byte' >&2", "exit 7"), tmp_path, time_limit_s=60)
    assert (raised.value.cause, raised.value.exit_code) == ("not started", 7)
    assert "bad" in raised.value.log_tail


def test_tail_is_the_end_of_a_long_log(tmp_path: Path) -> None:
    lmp = shell_lmp(tmp_path, "seq 1 1000 > log.lammps", "echo 'ERROR: Lost atoms' >> log.lammps", "exit 1")
    with pytest.raises(PressError, match="Lost atoms") as raised:
        run_lmp(lmp, tmp_path, time_limit_s=60)
    assert raised.value.cause == "lost atoms"
    lines = raised.value.log_tail.splitlines()
    assert lines[-2:] == ["1000", "ERROR: Lost atoms"]
    assert len(lines) == TAIL_LINES


ENDS = [
    pytest.param(names.EXIT_NOT_SETTLED, names.NOT_SETTLED, "not settled", id="not settled"),
    pytest.param(names.EXIT_TIME_LIMIT, names.TIME_LIMIT, "time limit", id="time limit"),
]


@pytest.mark.parametrize(("exit_code", "words", "cause"), ENDS)
@pytest.mark.parametrize("noise", ["", "echo 'a rank said something' >&2"], ids=["silent", "noisy"])
def test_script_that_gives_up_says_why(tmp_path: Path, exit_code: int, words: str, cause: str, noise: str) -> None:
    said = f"{words} after 400 steps"
    log = (f"echo '{line}' >> {names.LOG}" for line in ("ERROR: none of it", said, "Total wall time: 0:00:01"))
    with pytest.raises(PressError) as raised:
        run_lmp(shell_lmp(tmp_path, *log, noise, f"exit {exit_code}"), tmp_path, time_limit_s=60)
    assert str(raised.value) == said
    assert (raised.value.cause, raised.value.exit_code) == (cause, exit_code)


@pytest.mark.parametrize(("exit_code", "words", "cause"), ENDS)
def test_script_that_gave_up_without_a_log_is_told_by_its_exit_code(
    tmp_path: Path, exit_code: int, words: str, cause: str
) -> None:
    with pytest.raises(PressError, match=words) as raised:
        run_lmp(shell_lmp(tmp_path, f"exit {exit_code}"), tmp_path, time_limit_s=60)
    assert (raised.value.cause, raised.value.exit_code, raised.value.log_tail) == (cause, exit_code, "")


def test_lmp_that_says_nothing_is_told_by_its_exit_code(tmp_path: Path) -> None:
    with pytest.raises(PressError, match="exit code 1") as raised:
        run_lmp(shell_lmp(tmp_path, "exit 1"), tmp_path, time_limit_s=60)
    assert (raised.value.cause, raised.value.exit_code, raised.value.log_tail) == ("not started", 1, "")


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("ERROR: Lost atoms: original 30 current 29 (thermo.cpp:526)", "lost atoms"),
        ("ERROR on proc 0: Non-numeric atom coords - simulation unstable", "not a number"),
        ("ERROR: Non-numeric pressure - simulation unstable", "not a number"),
        ("ERROR on proc 1: Failed to allocate 123456 bytes for array atom:x", "out of memory"),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "out of memory"),
        ("=   EXIT STRING: KILLED BY SIGNAL: 9 (Killed)", "killed"),
        ("ERROR: Unknown command: nonsense", "lammps error"),
    ],
)
@pytest.mark.parametrize("where", [f">> {names.LOG}", ">&2"], ids=["log", "error stream"])
def test_cause_is_read_from_log_and_error_stream(tmp_path: Path, line: str, cause: str, where: str) -> None:
    lmp = shell_lmp(tmp_path, f"echo before {where}", f'echo "{line}" {where}', f"echo after {where}", "exit 1")
    with pytest.raises(PressError) as raised:
        run_lmp(lmp, tmp_path, time_limit_s=60)
    assert raised.value.cause == cause
    assert line in str(raised.value)


def test_kill_for_want_of_memory_is_told_from_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # the kernel counts them for each control group; a test cannot well use up the machine's memory
    counted = itertools.count()
    monkeypatch.setattr(process, "_out_of_memory_kills", lambda: next(counted))
    with pytest.raises(PressError, match="memory") as raised:
        run_lmp(shell_lmp(tmp_path, "kill -KILL $$"), tmp_path, time_limit_s=60)
    assert (raised.value.cause, raised.value.exit_code) == ("out of memory", -signal.SIGKILL)


PARENT = """
import sys
from pathlib import Path
from ssbflow.press.lmp import Lmp
from ssbflow.press.process import run_lmp
run_lmp(Lmp(sys.argv[1], "none", ""), Path(sys.argv[2]), 300)
"""


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv on this system")
def test_lmp_dies_with_the_process_that_started_it(folder: Path) -> None:
    lmp = shell_lmp(folder, f"echo $$ > {CHILD}.part", f"mv {CHILD}.part {CHILD}", "exec sleep 300")
    parent = subprocess.Popen([sys.executable, "-c", PARENT, lmp.path, str(folder)])
    for _ in range(3000):
        if (folder / CHILD).exists():
            break
        time.sleep(0.01)
    assert lives(child_of(folder))
    parent.kill()
    parent.wait()
    assert gone_soon(child_of(folder))


SEVERAL = """
units micro
region box block 0 4 0 4 0 4
create_box 1 box
mass 1 1.0
create_atoms 1 random 20 1234 box
pair_style zero 1.0
pair_coeff * *
fix move all nve
"""


@pytest.mark.lammps
def test_real_lmp_shares_its_work_among_ranks(tmp_path: Path) -> None:
    (tmp_path / names.SCRIPT).write_text(f"{SEVERAL}\nrun 5\n", encoding="utf-8")
    run_lmp(find_lmp(), tmp_path, time_limit_s=60, ranks=2)
    assert "on 2 procs for 5 steps with 20 atoms" in (tmp_path / names.LOG).read_text(encoding="utf-8")


@pytest.mark.lammps
@pytest.mark.parametrize("ranks", [1, 2])
def test_real_lmp_that_gives_up_says_why_on_any_number_of_ranks(tmp_path: Path, ranks: int) -> None:
    script = f"{SEVERAL}\nprint '{names.NOT_SETTLED} after 5 steps'\nquit {names.EXIT_NOT_SETTLED}\n"
    (tmp_path / names.SCRIPT).write_text(script, encoding="utf-8")
    with pytest.raises(PressError) as raised:
        run_lmp(find_lmp(), tmp_path, time_limit_s=60, ranks=ranks)
    assert (raised.value.cause, raised.value.exit_code) == ("not settled", names.EXIT_NOT_SETTLED)
    assert str(raised.value) == f"{names.NOT_SETTLED} after 5 steps"


@pytest.mark.lammps
def test_no_rank_outlives_a_hung_press(tmp_path: Path) -> None:
    script = f"{SEVERAL}\nrun 0\nprint 'at work' file started\nrun 2000000000\n"
    (tmp_path / names.SCRIPT).write_text(script, encoding="utf-8")
    with pytest.raises(PressError) as raised:
        run_lmp(find_lmp(), tmp_path, time_limit_s=1, ranks=2, grace_s=1)
    assert raised.value.cause == "time limit"
    assert (tmp_path / "started").exists()
    assert eventually_nobody_in(tmp_path)

"""Running `lmp` as a child process that can never outlive its case."""

import contextlib
import math
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ssbflow.errors import PressError
from ssbflow.press import names
from ssbflow.press.leftovers import past_leftovers, remove_leftover
from ssbflow.press.lmp import Lmp

COMPLAINTS = "complaints.txt"
TAIL_LINES = 20
GRACE_S = 60.0  # LAMMPS ends at the limit by itself, with a checkpoint; a hung one is killed so much later
ENDS = {
    names.EXIT_NOT_SETTLED: ("not settled", names.NOT_SETTLED),
    names.EXIT_TIME_LIMIT: ("time limit", names.TIME_LIMIT),
    names.EXIT_LOST_ATOMS: ("lost atoms", names.LOST_ATOMS),
}
"""Exit code of the script → cause, and how the line of the log begins that says so."""

WORDS = {
    "Lost atoms": "lost atoms",
    "Non-numeric": "not a number",
    "Failed to allocate": "out of memory",
    "bad_alloc": "out of memory",
    "KILLED BY SIGNAL": "killed",
    "ERROR": "lammps error",
}
"""Words of the log → cause, first match wins."""


def run_lmp(
    lmp: Lmp,
    folder: Path,
    time_limit_s: float,
    variables: Mapping[str, str] | None = None,
    ranks: int = 1,
    grace_s: float = GRACE_S,
) -> None:
    """Run the script that lies in a folder.

    Parameters
    ----------
    lmp : Lmp
    folder : Path
    time_limit_s : float
        After which LAMMPS ends by itself.
    variables : mapping, optional
        Of the script.
    ranks : int
        MPI processes.
    grace_s : float
        How much later one that does not is killed.

    Raises
    ------
    PressError
        With cause, exit code and the log's tail.
    """
    given = {**(variables or {}), "time_limit": str(math.ceil(time_limit_s))}
    settings = [word for name, value in given.items() for word in ("-var", name, value)]
    options = f"-in {names.SCRIPT} -log {names.LOG} -screen none -nocite".split()
    command = [*dying_with_us(), *past_leftovers([*lmp.command(ranks), *options, *settings])]
    for stale in (names.LOG, COMPLAINTS):
        (folder / stale).unlink(missing_ok=True)
    out_of_memory_before = _out_of_memory_kills()
    with (folder / COMPLAINTS).open("wb") as complaints:
        process = subprocess.Popen(
            command, cwd=folder, env=lmp.environment(), stdin=subprocess.DEVNULL, stdout=complaints,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            exit_code = process.wait(timeout=time_limit_s + grace_s)
        except subprocess.TimeoutExpired:
            raise PressError(
                f"LAMMPS did not end by itself and was killed after {time_limit_s + grace_s:g} s",
                cause="time limit",
                log_tail=log_tail(folder),
            ) from None
        finally:
            _end_group(process)
    if exit_code != 0:
        began = (folder / names.LOG).exists()
        raise _failure(exit_code, log_tail(folder), began, _out_of_memory_kills() > out_of_memory_before)


def dying_with_us() -> list[str]:
    """Return the words by which the kernel ends the child when this process is killed, where the system has them."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def log_tail(folder: Path) -> str:
    """Return the last lines of the LAMMPS log and of what it printed besides."""
    return "\n".join([*_last_lines(folder / names.LOG), *_last_lines(folder / COMPLAINTS)])


def _last_lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return lines[-TAIL_LINES:]


def _failure(exit_code: int, tail: str, began: bool, out_of_memory: bool) -> PressError:
    if exit_code in ENDS:
        cause, beginning = ENDS[exit_code]
        message = next((line for line in tail.splitlines() if line.startswith(beginning)), beginning)
    elif out_of_memory:
        message, cause = "the system killed LAMMPS for want of memory; make the box smaller", "out of memory"
    elif exit_code < 0:
        message, cause = f"LAMMPS was killed by {signal.Signals(-exit_code).name}", "killed"
    elif word := next((word for word in WORDS if word in tail), ""):
        line = next(line for line in reversed(tail.splitlines()) if word in line)
        message, cause = f"LAMMPS failed: {line.strip()}", WORDS[word]
    elif began:
        message, cause = f"LAMMPS failed: exit code {exit_code}", "lammps error"
    else:
        said = " ".join(tail.split()) or "it said nothing"
        message, cause = f"LAMMPS did not start: exit code {exit_code}, {said}", "not started"
    return PressError(message, cause=cause, exit_code=exit_code, log_tail=tail)


def _out_of_memory_kills() -> int:
    """Return how many processes of this control group the kernel has killed for want of memory; 0 where unknown."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        group = Path("/proc/self/cgroup").read_text(encoding="ascii").strip().split("::")[1]
        events = (Path("/sys/fs/cgroup") / group.lstrip("/") / "memory.events").read_text(encoding="ascii")
        return int(dict(line.split() for line in events.splitlines())["oom_kill"])
    return 0


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started, also what it left behind when it ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    remove_leftover(process.pid)

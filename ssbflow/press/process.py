"""Running `lmp` as a child process that can never outlive its case."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from ssbflow.errors import PressError
from ssbflow.press.files import NOT_SETTLED, SCRIPT
from ssbflow.press.lmp import Lmp

LOG = "log.lammps"
TAIL_LINES = 20
CAUSES = {NOT_SETTLED: "not settled", "Lost atoms": "lost atoms", "ERROR": "lammps error"}
"""Words of the log → cause, first match wins."""


def run_lmp(lmp: Lmp, folder: Path, time_limit_s: float) -> None:
    """Run the script that lies in a folder.

    Raises
    ------
    PressError
        With cause, exit code and the log's tail.
    """
    command = [lmp.path, "-in", SCRIPT, "-log", LOG, "-screen", "none", "-nocite"]
    process = subprocess.Popen(
        command, cwd=folder, env=lmp.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        _, complaint = process.communicate(timeout=time_limit_s)
    except subprocess.TimeoutExpired:
        raise PressError(
            f"LAMMPS was stopped after {time_limit_s:g} s; raise press.time_limit_s or make the box smaller",
            cause="time limit",
            log_tail=log_tail(folder),
        ) from None
    finally:
        _end_group(process)
    if process.returncode != 0:
        raise _failure(process.returncode, log_tail(folder, complaint))


def log_tail(folder: Path, complaint: str = "") -> str:
    """Return the last lines of the LAMMPS log, and what stood on its error stream."""
    log = folder / LOG
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join([*lines[-TAIL_LINES:], *complaint.splitlines()[-TAIL_LINES:]])


def _failure(exit_code: int, tail: str) -> PressError:
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        return PressError(f"LAMMPS was killed by {name}", cause="killed", exit_code=exit_code, log_tail=tail)
    word = next((word for word in CAUSES if word in tail), "ERROR")
    line = next((line for line in reversed(tail.splitlines()) if word in line), f"exit code {exit_code}")
    return PressError(f"LAMMPS failed: {line.strip()}", cause=CAUSES[word], exit_code=exit_code, log_tail=tail)


def _end_group(process: subprocess.Popen[str]) -> None:
    """End the child and whatever it started; nothing happens where all have ended."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

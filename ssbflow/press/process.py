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
COMPLAINTS = "stderr.txt"
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
    with (folder / COMPLAINTS).open("wb") as complaints:
        process = subprocess.Popen(
            command, cwd=folder, env=lmp.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=complaints, start_new_session=True,
        )  # fmt: skip
        try:
            exit_code = process.wait(timeout=time_limit_s)
        except subprocess.TimeoutExpired:
            raise PressError(
                f"LAMMPS was stopped after {time_limit_s:g} s; raise press.time_limit_s or make the box smaller",
                cause="time limit",
                log_tail=log_tail(folder),
            ) from None
        finally:
            _end_group(process)
    if exit_code != 0:
        raise _failure(exit_code, log_tail(folder))


def log_tail(folder: Path) -> str:
    """Return the last lines of the LAMMPS log and of its error stream."""
    return "\n".join([*_last_lines(folder / LOG), *_last_lines(folder / COMPLAINTS)])


def _last_lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return lines[-TAIL_LINES:]


def _failure(exit_code: int, tail: str) -> PressError:
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        return PressError(f"LAMMPS was killed by {name}", cause="killed", exit_code=exit_code, log_tail=tail)
    word = next((word for word in CAUSES if word in tail), "ERROR")
    line = next((line for line in reversed(tail.splitlines()) if word in line), f"exit code {exit_code}")
    return PressError(f"LAMMPS failed: {line.strip()}", cause=CAUSES[word], exit_code=exit_code, log_tail=tail)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started, also what it left behind when it ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

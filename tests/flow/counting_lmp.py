"""A LAMMPS that counts its presses, and has trouble where it is told to."""

import os
import shlex
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ssbflow.press import names
from ssbflow.press.leftovers import past_leftovers
from ssbflow.press.lmp import SETTING, find_lmp
from ssbflow.press.process import dying_with_us

SLOW = "sleep 1"
WORKER_KILLED = "kill -9 $PPID; sleep 9"  # its parent is the worker
LAMMPS_KILLED = "kill -9 $$"
HELD = (  # where it has a whole checkpoint, until it is killed
    f"until tail -c 16 {names.checkpoint('press', 1)} 2>/dev/null | grep -aq RestartT; do sleep 0.1; done; "
    "kill -STOP $lmp; touch held"
)
SLOWED = "while kill -STOP $lmp 2>/dev/null; do sleep 0.9; kill -CONT $lmp; sleep 0.1; done"  # ten times
FAILS = "echo 'ERROR: out of luck' > log.lammps; exit 7"
WAIT_S = 45.0


def once(folder: Path, trouble: str, about: str = "trouble") -> str:
    """A trouble that only the first press has that meets it."""
    return f"mkdir {folder / about} 2>/dev/null && {{ {trouble}; }}"


def in_case(case_id: str, trouble: str) -> str:
    """A trouble that only one case has."""
    return f'[ "${{PWD##*/}}" = {case_id} ] && {{ {trouble}; }}'


def first_time(folder: Path, trouble: str) -> str:
    """A trouble that each case has once."""
    return once(folder, trouble, about="met-${PWD##*/}")


class CountingLmp:
    """A script in front of the real `lmp`; it notes each press that begins, and each that comes to its end.

    Parameters
    ----------
    folder : Path
    troubles : str
        Lines of shell before each press.
    while_pressing : str
        Lines beside it; ``$lmp`` is its process.
    """

    def __init__(self, folder: Path, *troubles: str, while_pressing: str = "") -> None:
        real = find_lmp()
        self.path, self.folder = folder / "lmp", folder
        lines = [
            "#!/bin/sh",
            f"export LD_LIBRARY_PATH={real.library_path}",
            f'case "$*" in *-in*) ;; *) exec {real.path} "$@";; esac',
            f'echo "${{PWD##*/}}" >> {folder / "begun"}',
            *troubles,
            f'{shlex.join(past_leftovers([*dying_with_us(), real.path]))} "$@" & lmp=$!',
            while_pressing,
            "wait $lmp; code=$?",
            f'[ $code = 0 ] && echo "${{PWD##*/}}" >> {folder / "ended"}',
            "exit $code",
        ]
        self.path.write_text("\n".join(lines) + "\n")
        self.path.chmod(self.path.stat().st_mode | stat.S_IXUSR)

    def begun(self) -> Counter[str]:
        """How often each case was begun."""
        return self._noted("begun")

    def ended(self) -> Counter[str]:
        """How often each case came to its end."""
        return self._noted("ended")

    def _noted(self, name: str) -> Counter[str]:
        path = self.folder / name
        return Counter(path.read_text().split()) if path.exists() else Counter()

    def environment(self) -> dict[str, str]:
        """That of a process that uses it."""
        return {**os.environ, SETTING: str(self.path)}


def wait_until(condition: Callable[[], object], within_s: float = WAIT_S) -> None:
    """Wait for something to happen."""
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def cli_run(lmp: CountingLmp, sweep: Path, store: Path, *words: str) -> "subprocess.Popen[str]":
    """Start ``ssbflow run`` as a shell does, in a process group of its own."""
    command = [sys.executable, "-c", "from ssbflow.cli import main; main()", "run", str(sweep), "--store", str(store)]
    return subprocess.Popen(
        [*command, *words], env=lmp.environment(), start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip

"""A stand-in for PBS: qsub really runs the script, in the background; it can be told to fail at first.

Run as a program it is one of the three commands; as a module it puts them into a folder.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from workspace import Workspace

SERVER = "standin"
REFUSAL = "qsub: Unauthorized Request  MSG=group ACL is not satisfied: user me@login, queue workq"


class StandInPbs(Workspace):
    """The commands in a folder, and what tests do with them.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "workspace")
        self.folder, self.programs = folder / "pbs", folder / "bin"
        self.shared = folder / "shared"
        for made in (self.folder, self.programs, self.workspace):
            made.mkdir(parents=True)
        for name in ("qsub", "qdel", "qstat"):
            program = self.programs / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable} -S {__file__} {self.folder} {name} "$@"\n')
            program.chmod(0o755)

    @property
    def cluster_file(self) -> str:
        """A cluster file for it."""
        return (
            "kind: pbs\nqueue: workq\ncores: 2\nmemory_gb: 2\nwalltime: 00:10:00\ninterface: lo\njobs: 1\n"
            f"worker_timeout_s: 60\nshared_folder: {self.shared}\n"
        )

    def fail(self, times: int) -> None:
        """Let the next so many submissions fail."""
        (self.folder / "failures").write_text(str(times))

    def submissions(self) -> list[str]:
        """Return the scripts that were submitted, refused ones too."""
        return [path.read_text() for path in sorted(self.folder.glob("submitted-*"))]

    def jobs(self) -> dict[str, str]:
        """Return id → state of the jobs that run."""
        return {str(number): "R" for number, _ in _running(self.folder)}

    def end(self) -> None:
        """End all jobs."""
        for number, _ in _running(self.folder):
            _delete(self.folder, str(number))


def _running(folder: Path) -> list[tuple[int, int]]:
    """Return number and process of the jobs that run."""
    found = []
    for path in folder.glob("*.pid"):
        process = int(path.read_text())
        if _is_alive(process):
            found.append((int(path.stem), process))
    return sorted(found)


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _submit(folder: Path, script: str) -> int:
    text, number = Path(script).read_text(), len(list(folder.glob("submitted-*"))) + 1
    kept = folder / f"submitted-{number:03d}"
    kept.write_text(text)
    failures = folder / "failures"
    left = int(failures.read_text()) if failures.exists() else 0
    if left:
        failures.write_text(str(left - 1))
        sys.stderr.write(REFUSAL + "\n")
        return 1
    given = re.search(r"^#PBS -o (\S+)/$", text, re.M)
    output = Path(given[1] if given else folder) / f"ssbflow.o{number}"
    with output.open("wb") as file:
        job = subprocess.Popen(
            ["/bin/bash", str(kept)], stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    (folder / f"{number}.pid").write_text(str(job.pid))
    sys.stdout.write(f"{number}.{SERVER}\n")
    return 0


def _delete(folder: Path, job_id: str) -> int:
    path = folder / f"{job_id.partition('.')[0]}.pid"
    if not path.exists():
        sys.stderr.write(f"qdel: Unknown Job Id {job_id}\n")
        return 153
    with contextlib.suppress(ProcessLookupError):
        os.killpg(int(path.read_text()), signal.SIGKILL)
    return 0


def _list(folder: Path) -> int:
    lines = [
        f"{number}.{SERVER} me workq ssbflow {process} 1 2 2gb 00:10 R 00:00" for number, process in _running(folder)
    ]
    if lines:
        header = "Job ID Username Queue Jobname SessID NDS TSK Memory Time S Time"
        sys.stdout.write("\n".join(["", f"{SERVER}:", header, "-" * 60, *lines]) + "\n")
    return 0


if __name__ == "__main__":
    where, command, *arguments = sys.argv[1:]
    commands = {"qsub": _submit, "qdel": _delete}
    sys.exit(_list(Path(where)) if command == "qstat" else commands[command](Path(where), arguments[0]))

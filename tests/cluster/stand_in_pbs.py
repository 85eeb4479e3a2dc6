"""A stand-in for PBS: qsub really runs the script, in the background; it can be told to fail at first.

Its one node can be taken offline, so that jobs wait. Run as a program it is one of the four commands; as a module it
puts them into a folder.
"""

import contextlib
import getpass
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from workspace import Workspace

SERVER = "standin"
NODE = "localhost"
OFFLINE = "offline"
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
        for name in ("qsub", "qdel", "qstat", "pbsnodes"):
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
        """Return id → state of the jobs that have not ended."""
        return {str(number): state for number, _, state in _jobs(self.folder)}

    def delete(self, job: str) -> None:
        """Delete a job."""
        _delete(self.folder, [job])

    def drain(self) -> None:
        """Let the node take no further jobs."""
        subprocess.run([self.programs / "pbsnodes", "-o", NODE], check=True)

    def resume(self) -> None:
        """Let the node take jobs again."""
        subprocess.run([self.programs / "pbsnodes", "-r", NODE], check=True)

    def end(self) -> None:
        """End all jobs."""
        for number, *_ in _jobs(self.folder):
            self.delete(str(number))


def _jobs(folder: Path) -> list[tuple[int, str, str]]:
    """Return number, process and state of the jobs that wait or run."""
    waiting = [(int(path.stem), "--", "Q") for path in folder.glob("*.waiting")]
    begun = [(int(path.stem), path.read_text(), "R") for path in folder.glob("*.pid")]
    return sorted([*waiting, *(job for job in begun if _is_alive(int(job[1])))])


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _submit(folder: Path, arguments: list[str]) -> int:
    text, number = Path(arguments[0]).read_text(), len(list(folder.glob("submitted-*"))) + 1
    _script(folder, number).write_text(text)
    failures = folder / "failures"
    left = int(failures.read_text()) if failures.exists() else 0
    if left:
        failures.write_text(str(left - 1))
        sys.stderr.write(REFUSAL + "\n")
        return 1
    if (folder / OFFLINE).exists():
        (folder / f"{number}.waiting").touch()
    else:
        _start(folder, number)
    sys.stdout.write(f"{number}.{SERVER}\n")
    return 0


def _script(folder: Path, number: int) -> Path:
    return folder / f"submitted-{number:03d}"


def _start(folder: Path, number: int) -> None:
    script = _script(folder, number)
    given = re.search(r"^#PBS -o (\S+)/$", script.read_text(), re.M)
    output = Path(given[1] if given else folder) / f"ssbflow.o{number}"
    with output.open("wb") as file:
        job = subprocess.Popen(
            ["/bin/bash", str(script)], stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    (folder / f"{number}.pid").write_text(str(job.pid))


def _delete(folder: Path, arguments: list[str]) -> int:
    job_id = arguments[0]
    number = job_id.partition(".")[0]
    if (folder / f"{number}.waiting").exists():
        (folder / f"{number}.waiting").unlink()
        return 0
    path = folder / f"{number}.pid"
    if not path.exists():
        sys.stderr.write(f"qdel: Unknown Job Id {job_id}\n")
        return 153
    with contextlib.suppress(ProcessLookupError):
        os.killpg(int(path.read_text()), signal.SIGKILL)
    return 0


def _list(folder: Path, arguments: list[str]) -> int:
    lines = [
        f"{number}.{SERVER} {getpass.getuser()} workq ssbflow {process} 1 2 2gb 00:10 {state} 00:00"
        for number, process, state in _jobs(folder)
    ]
    if lines:
        header = "Job ID Username Queue Jobname SessID NDS TSK Memory Time S Time"
        sys.stdout.write("\n".join(["", f"{SERVER}:", header, "-" * 60, *lines]) + "\n")
    return 0


def _nodes(folder: Path, arguments: list[str]) -> int:
    offline = folder / OFFLINE
    if arguments[0] == "-a":
        sys.stdout.write(f"{NODE}\n     state = {'offline' if offline.exists() else 'free'}\n")
    elif arguments[0] == "-o":
        offline.touch()
    else:
        offline.unlink(missing_ok=True)
        for path in sorted(folder.glob("*.waiting")):
            path.unlink()
            _start(folder, int(path.stem))
    return 0


COMMANDS = {"qsub": _submit, "qdel": _delete, "qstat": _list, "pbsnodes": _nodes}

if __name__ == "__main__":
    where, command, *words = sys.argv[1:]
    sys.exit(COMMANDS[command](Path(where), words))

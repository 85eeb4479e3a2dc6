"""Which program made the data: for attributes of cubes and provenance of records."""

import importlib.metadata
import subprocess
from functools import cache
from pathlib import Path

from ssbflow.errors import LammpsNotFoundError
from ssbflow.press.lmp import find_lmp

CHECKOUT = Path(__file__).parents[2]


@cache
def ssbflow_version() -> str:
    """Return the version of the installed package."""
    return importlib.metadata.version("ssbflow")


@cache
def git_commit() -> str:
    """Return the commit of a checkout that ssbflow runs from; empty for an installed package."""
    if not (CHECKOUT / ".git").exists():
        return ""
    command = ["git", "-C", str(CHECKOUT), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()


def lammps_version() -> str:
    """Return the version of the LAMMPS that would be used here; empty where there is none."""
    try:
        return find_lmp().version
    except LammpsNotFoundError:
        return ""


def source_attributes() -> dict[str, str]:
    """Return the program, its LAMMPS and its commit."""
    return {
        "source": f"ssbflow {ssbflow_version()}, LAMMPS {lammps_version() or 'unknown'}",
        "git_commit": git_commit() or "unknown",
    }

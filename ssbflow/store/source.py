"""Which program made the data: for attributes of cubes and provenance of records."""

import importlib.metadata
import subprocess
from functools import cache
from pathlib import Path

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


def source_line(lammps_versions: list[str]) -> str:
    """Return the programs that made data: this ssbflow, and every LAMMPS that pressed a case."""
    return f"ssbflow {ssbflow_version()}, LAMMPS {' and '.join(lammps_versions) or 'none yet'}"

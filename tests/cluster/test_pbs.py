"""The same on a real PBS, where this machine can submit to one.

``SSBFLOW_TEST_PBS`` names a cluster file with ``jobs: 1`` and a `shared_folder`; the tests work in the current folder,
which the nodes must see.
"""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_cases import (
    a_press_goes_on_that_is_longer_than_its_job,
    a_press_goes_on_whose_job_is_deleted,
    a_press_goes_on_whose_job_is_killed_at_its_walltime,
    a_sweep_is_computed,
    doctor_finds_all_well,
)
from workspace import Workspace

from ssbflow.flow.queues import QUEUES, ask

SETTING = "SSBFLOW_TEST_PBS"

pytestmark = [
    pytest.mark.pbs,
    pytest.mark.cluster,
    pytest.mark.lammps,
    pytest.mark.skipif(shutil.which("qsub") is None, reason="no qsub on the PATH: not a login node of a PBS"),
    pytest.mark.skipif(SETTING not in os.environ, reason=f"{SETTING} names no cluster file to submit with"),
]


class RealPbs(Workspace):
    """The PBS of this machine."""

    def __init__(self, workspace: Path) -> None:
        super().__init__(workspace)
        self.cluster_file = Path(os.environ[SETTING]).read_text(encoding="utf-8")

    def jobs(self) -> dict[str, str]:
        """Return id → state of this user's jobs that have not ended."""
        states = ask(QUEUES["pbs"]).states
        assert states is not None, getpass.getuser()
        return states

    def delete(self, job: str) -> None:
        """Delete a job behind the back of who submitted it."""
        subprocess.run(["qdel", job], check=True)


@pytest.fixture
def pbs() -> Iterator[RealPbs]:
    """It, and a folder for this test."""
    with tempfile.TemporaryDirectory(prefix="ssbflow-pbs-", dir=Path.cwd(), ignore_cleanup_errors=True) as name:
        yield RealPbs(Path(name))


def test_doctor_finds_all_well(pbs: RealPbs) -> None:
    doctor_finds_all_well(pbs)


def test_a_sweep_with_a_fixed_number_of_jobs(pbs: RealPbs) -> None:
    a_sweep_is_computed(pbs, "fixed", "2", seeds=6)


def test_a_sweep_with_as_many_jobs_as_there_is_work(pbs: RealPbs) -> None:
    a_sweep_is_computed(pbs, "adaptive", "{minimum: 0, maximum: 3}", seeds=8)


def test_a_press_goes_on_whose_job_is_deleted(pbs: RealPbs) -> None:
    a_press_goes_on_whose_job_is_deleted(pbs, pbs.delete)


def test_a_press_goes_on_that_is_longer_than_its_job(pbs: RealPbs) -> None:
    a_press_goes_on_that_is_longer_than_its_job(pbs)


def test_a_press_goes_on_whose_job_is_killed_at_its_walltime(pbs: RealPbs) -> None:
    a_press_goes_on_whose_job_is_killed_at_its_walltime(pbs)

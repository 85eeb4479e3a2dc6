"""The same on a real PBS, where this machine can submit to one.

Jobs go into its default queue, or as a cluster file with ``jobs: 1`` and a `shared_folder` says, which
``SSBFLOW_TEST_PBS`` names. The tests work in the current folder, which the nodes must see; as root, in the folder for
temporary files, for an ordinary user.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_cases import (
    a_node_that_is_drained_is_waited_for,
    a_press_goes_on_that_is_longer_than_its_job,
    a_press_goes_on_whose_job_is_deleted,
    a_press_goes_on_whose_job_is_killed_at_its_walltime,
    a_sweep_is_computed,
    doctor_finds_all_well,
)
from other_user import give
from real_pbs import RealPbs, other_user

pytestmark = [
    pytest.mark.pbs,
    pytest.mark.cluster,
    pytest.mark.lammps,
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("qsub") is None, reason="no qsub on the PATH: not a login node of a PBS"),
]


@pytest.fixture
def pbs() -> Iterator[RealPbs]:
    """It, and a folder for this test."""
    user = other_user()
    where = Path.cwd() if user is None else None
    with tempfile.TemporaryDirectory(prefix="ssbflow-pbs-", dir=where, ignore_cleanup_errors=True) as name:
        give(Path(name), user)
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


def test_a_node_that_is_drained_is_waited_for(pbs: RealPbs) -> None:
    pbs.skip_unless_it_may_be_drained()
    a_node_that_is_drained_is_waited_for(pbs, pbs.drain, pbs.resume, pbs.delete)

"""Jobs of a real Slurm that end before their cases do: cancelled, killed, out of time, on a node that is drained."""

import pytest
from cluster_cases import a_node_that_is_drained_is_waited_for, slow
from counted_sweep import CountedSweep
from counting_lmp import HELD, SLOWED
from slurm_fixture import Slurm

pytestmark = [pytest.mark.cluster, pytest.mark.lammps, pytest.mark.timeout(600)]


def named(cluster: str, name: str) -> str:
    """A cluster file whose jobs are known by a comment."""
    return f"{cluster}directives: [--comment={name}]\n"


@pytest.fixture(scope="module")
def lost(running_slurm: Slurm) -> tuple[CountedSweep, CountedSweep]:
    """Three presses whose jobs end in their middle, each in its way, and one that is longer than its job."""
    slurm, one_core = running_slurm, running_slurm.cluster_file.replace("cores: 2", "cores: 1")
    short = one_core.replace("00:10:00", "00:01:30")  # of which a worker stays 23 to 67 s; slowed, the press takes 70
    longer = CountedSweep(slurm, "longer", slow(1), named(short, "longer"), SLOWED)
    three = named(one_core.replace("jobs: 1", "jobs: 3"), "ended")
    ended = CountedSweep(slurm, "ended", slow(3), three, HELD)
    with longer.running(), ended.running():
        slurm.wait_until(lambda: len([*ended.store.rglob("held")]) == 3)
        cancelled, killed, out_of_time = slurm.jobs(comment="ended")
        slurm.end_walltime(out_of_time)
        slurm.kill(killed)
        slurm.cancel(cancelled)
        assert ended.lmp.ended() == {}
    assert slurm.jobs(ended=True)[out_of_time] == "TIMEOUT"
    return ended, longer


def test_presses_whose_jobs_end_before_them_go_on_in_others(
    running_slurm: Slurm, lost: tuple[CountedSweep, CountedSweep]
) -> None:
    ended, _ = lost
    # once more where a job that is about to be killed still begins what was taken from another
    assert all(2 <= begun <= 3 for begun in ended.lmp.begun().values())
    assert ended.were_resumed() == [True] * 3
    assert len(running_slurm.jobs(ended=True, comment="ended")) >= 4


def test_a_press_that_is_longer_than_its_job_ends_in_a_later_one(
    running_slurm: Slurm, lost: tuple[CountedSweep, CountedSweep]
) -> None:
    _, longer = lost
    assert longer.lmp.begun().total() >= 2
    assert longer.were_resumed() == [True]
    states = running_slurm.jobs(ended=True, comment="longer").values()
    assert len(states) >= 2
    # the worker stopped the press in time: no job was ended by Slurm
    assert "TIMEOUT" not in states


def test_a_node_that_is_drained_is_waited_for(slurm: Slurm) -> None:
    a_node_that_is_drained_is_waited_for(slurm, slurm.drain, slurm.resume, slurm.cancel)

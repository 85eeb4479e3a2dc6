"""Jobs of a real Slurm that end before their cases do: cancelled, killed, out of time, on a node that is drained."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from cluster_cases import SSBFLOW, a_node_that_is_drained_is_waited_for, slow
from counting_lmp import HELD, SLOWED, CountingLmp, first_time
from slurm_fixture import Slurm

import ssbflow
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record

pytestmark = [pytest.mark.cluster, pytest.mark.lammps, pytest.mark.timeout(600)]

ENDS_WITHIN_S = 240


class RunningSweep:
    """A sweep that runs on a cluster file of its name into a store of its name, its presses counted."""

    def __init__(self, slurm: Slurm, name: str, sweep: str, cluster: str, trouble: str = "") -> None:
        self.slurm, self.name, self.store = slurm, name, slurm.workspace / name
        self.file = slurm.place(f"{name}.yaml", sweep)
        folder = slurm.place(f"{name}.presses/kept", "").parent
        self.lmp = CountingLmp(folder, while_pressing=first_time(folder, trouble) if trouble else "")
        slurm.place(f"{name}.cluster.yaml", f"{cluster}lammps: {self.lmp.path}\ndirectives: [--comment={name}]\n")
        command = [SSBFLOW, "run", self.file, "--store", name, "--cluster", f"{name}.cluster.yaml"]
        self.client = slurm.begin(command, slurm.workspace / f"{name}.out")

    @property
    def sweep(self) -> Sweep:
        return ssbflow.load_sweep(self.file)

    @property
    def once(self) -> Counter[str]:
        """Each case once."""
        return Counter(case.case_id for case in self.sweep.cases())

    def jobs(self, *, ended: bool = False) -> dict[str, str]:
        """Return id → state of its jobs."""
        return self.slurm.jobs(ended=ended, comment=self.name)

    def comes_to_its_end(self) -> None:
        """Wait for the client, which must be content."""
        code = self.client.wait(ENDS_WITHIN_S)
        assert code == 0, (self.slurm.workspace / f"{self.name}.out").read_text()
        cube = ssbflow.open_cube(self.store).load()
        assert (cube["status"] == 1).all()

    def were_resumed(self) -> list[bool]:
        """Whether the press of each case that was kept went on from a checkpoint."""
        records = [case_record(Store(self.store), case_id) for case_id in self.once]
        return [record is not None and record.provenance["resumed"] for record in records]


@contextmanager
def running(slurm: Slurm, name: str, sweep: str, cluster: str, trouble: str = "") -> Iterator[RunningSweep]:
    """Begin a sweep; it does not outlive its test."""
    begun = RunningSweep(slurm, name, sweep, cluster, trouble)
    try:
        yield begun
    finally:
        begun.client.kill()
        begun.client.wait()


@pytest.fixture(scope="module")
def lost(running_slurm: Slurm) -> Iterator[tuple[RunningSweep, RunningSweep]]:
    """Three presses whose jobs end in their middle, each in its way, and one that is longer than its job."""
    slurm, three = running_slurm, running_slurm.cluster_file.replace("cores: 2", "cores: 1")
    with ExitStack() as stack:
        short = three.replace("00:10:00", "00:01:30")  # of which a worker stays 23 to 67 s; slowed, the press takes 70
        longer = stack.enter_context(running(slurm, "longer", slow(1), short, SLOWED))
        ended = stack.enter_context(running(slurm, "ended", slow(3), three.replace("jobs: 1", "jobs: 3"), HELD))
        slurm.wait_until(lambda: len([*ended.store.rglob("held")]) == 3)
        cancelled, killed, out_of_time = ended.jobs()
        slurm.end_walltime(out_of_time)
        slurm.kill(killed)
        slurm.cancel(cancelled)
        assert ended.lmp.ended() == {}
        ended.comes_to_its_end()
        longer.comes_to_its_end()
        assert ended.jobs(ended=True)[out_of_time] == "TIMEOUT"
        yield ended, longer


def test_presses_whose_jobs_end_before_them_go_on_in_others(lost: tuple[RunningSweep, RunningSweep]) -> None:
    ended, _ = lost
    assert ended.lmp.ended() == ended.once
    # once more where a job that is about to be killed still begins what was taken from another
    assert all(2 <= begun <= 3 for begun in ended.lmp.begun().values())
    assert ended.were_resumed() == [True] * 3
    assert len(ended.jobs(ended=True)) >= 4


def test_a_press_that_is_longer_than_its_job_ends_in_a_later_one(lost: tuple[RunningSweep, RunningSweep]) -> None:
    _, longer = lost
    (case_id,) = longer.once
    assert longer.lmp.ended() == longer.once
    assert longer.lmp.begun()[case_id] >= 2
    assert longer.were_resumed() == [True]
    assert len(longer.jobs(ended=True)) >= 2
    # the worker stopped the press in time: no job was ended by Slurm
    assert "TIMEOUT" not in longer.jobs(ended=True).values()


def test_a_node_that_is_drained_is_waited_for(slurm: Slurm) -> None:
    a_node_that_is_drained_is_waited_for(slurm, slurm.drain, slurm.resume, slurm.cancel)

"""What must hold on every cluster: the real Slurm of the tests, the stand-in PBS, and a real PBS where there is one."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from counting_lmp import HELD, SLOWED, CountingLmp, first_time, wait_until

import ssbflow
from ssbflow.flow.queues import QUEUES
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.cluster import load_cluster
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record

SSBFLOW = Path(sys.executable).with_name("ssbflow")
PROGRAM_S = 240
TINY = catalog_folder() / "sweeps" / "doctor.yaml"


class Machine(Protocol):
    """Where commands are run that submit jobs."""

    workspace: Path
    cluster_file: str

    def run(
        self, command: Sequence[str | Path], *, timeout_s: float = ..., **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the workspace."""

    def begin(self, command: Sequence[str | Path], output: Path) -> "subprocess.Popen[bytes]":
        """Start a command in the workspace, and do not wait for it."""

    def place(self, name: str, text: str) -> Path:
        """Write a file into the workspace."""

    def jobs(self) -> dict[str, str]:
        """Return id → state of the jobs that have not ended."""


def doctor_finds_all_well(machine: Machine) -> None:
    """The job script, a worker, LAMMPS, the store and a case; nothing is left behind."""
    machine.place("cluster.yaml", machine.cluster_file)
    place = machine.place("doctored/kept", "").parent
    answer = machine.run(
        [SSBFLOW, "doctor", "--cluster", "cluster.yaml", "--store", place / "store"], timeout_s=PROGRAM_S
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "missing" not in answer.stdout
    for said in ("distributed.cli.dask_worker tls://", "worker: came in", "LAMMPS on the node", "a case: computed in"):
        assert said in answer.stdout
    assert [path.name for path in place.iterdir()] == ["kept"]
    assert machine.jobs() == {}


def a_sweep_is_computed(machine: Machine, name: str, jobs: str, seeds: int) -> str:
    """Run a tiny sweep; the cube must be that of a serial run, bit by bit. Return what the command printed."""
    machine.place(f"{name}.cluster.yaml", machine.cluster_file.replace("jobs: 1", f"jobs: {jobs}"))
    sweep, store = machine.place(f"{name}.yaml", tiny(seeds)), machine.workspace / name
    command = [SSBFLOW, "run", sweep, "--store", store, "--cluster", f"{name}.cluster.yaml"]
    answer = machine.run(command, timeout_s=PROGRAM_S)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"{seeds} ok, 0 failed; {seeds} computed now" in answer.stdout
    assert machine.jobs() == {}
    assert_cube_is_right(store, sweep)
    return answer.stdout


def tiny(seeds: int) -> str:
    """Seeds of a sweep whose cases take a second."""
    return TINY.read_text().replace("seeds: [1]", f"seeds: {{first: 1, count: {seeds}}}")


def slow(seeds: int) -> str:
    """Seeds of Example 1 in short steps: presses of many checkpoints."""
    text = (catalog_folder() / "sweeps" / "example_1.yaml").read_text().replace("count: 10", f"count: {seeds}")
    steps = "settling: {time_step_fraction: 0.12, contact_time_fraction: 0.15}"
    return text.replace("drive: body_force}", f"drive: platen, {steps}}}")


def a_press_goes_on_whose_job_is_deleted(machine: Machine, delete: Callable[[str], object]) -> None:
    """Delete the job behind our back when the press has a checkpoint; another job must end it."""
    _a_press_takes_several_jobs(machine, "deleted", machine.cluster_file, HELD, delete)


def a_press_goes_on_that_is_longer_than_its_job(machine: Machine) -> None:
    """Slow a press down to more than its job's walltime: it must be stopped in time, and ended in later jobs."""
    short = re.sub(r"walltime: .*", "walltime: 00:01:30", machine.cluster_file)
    _a_press_takes_several_jobs(machine, "longer", short, SLOWED, None)


def a_press_goes_on_whose_job_is_killed_at_its_walltime(machine: Machine) -> None:
    """Hang a press that has a checkpoint, so that nothing but the queue ends its job."""
    short = re.sub(r"walltime: .*", "walltime: 00:01:30", machine.cluster_file)
    _a_press_takes_several_jobs(machine, "killed", short, HELD, None)


def _a_press_takes_several_jobs(
    machine: Machine, name: str, cluster: str, trouble: str, delete: Callable[[str], object] | None
) -> None:
    counted = _CountedSweep(machine, name, slow(1), cluster, trouble)
    with counted.running():
        if delete is not None:
            wait_until(lambda: [*counted.store.rglob("held")], within_s=PROGRAM_S)
            (job,) = machine.jobs()
            delete(job)
    ((case_id, begun),) = counted.lmp.begun().items()
    record = case_record(Store(counted.store), case_id)
    assert record is not None
    assert record.provenance["resumed"]
    assert begun >= 2


def a_node_that_is_drained_is_waited_for(
    machine: Machine, drain: Callable[[], object], resume: Callable[[], object], delete: Callable[[str], object]
) -> None:
    """Let the only node take no more jobs, and delete the one that runs: the next waits until the node is back."""
    seeds, cluster = 8, load_cluster(machine.place("cluster.yaml", machine.cluster_file))
    counted = _CountedSweep(machine, "drained", tiny(seeds), machine.cluster_file)
    with counted.running():
        wait_until(lambda: any(counted.store.glob("records/*/*.json")), within_s=PROGRAM_S)
        (job,) = machine.jobs()
        try:
            drain()
            delete(job)
            waiting = [[state] for state in QUEUES[cluster.kind].waiting]
            wait_until(lambda: job not in machine.jobs() and [*machine.jobs().values()] in waiting, within_s=PROGRAM_S)
            assert counted.lmp.ended().total() < seeds
        finally:
            resume()
    assert_cube_is_right(counted.store, counted.sweep)
    assert counted.lmp.begun().total() <= seeds + cluster.cases_side_by_side


class _CountedSweep:
    """A sweep and a cluster file of its name, to be run into a store of its name, its presses counted."""

    def __init__(self, machine: Machine, name: str, sweep: str, cluster: str, trouble: str = "") -> None:
        self.machine, self.name, self.store = machine, name, machine.workspace / name
        folder = machine.place(f"{name}.presses/kept", "").parent
        self.lmp = CountingLmp(folder, while_pressing=first_time(folder, trouble) if trouble else "")
        machine.place(f"{name}.cluster.yaml", re.sub(r"lammps: .*\n", "", cluster) + f"lammps: {self.lmp.path}\n")
        self.sweep = machine.place(f"{name}.yaml", sweep)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Begin the sweep; what is done meanwhile must not keep it from its end, with each case ended once."""
        told = self.machine.workspace / f"{self.name}.out"
        command = [SSBFLOW, "run", self.sweep, "--store", self.name, "--cluster", f"{self.name}.cluster.yaml"]
        client = self.machine.begin(command, told)
        try:
            yield
            assert client.wait(PROGRAM_S) == 0, told.read_text()
        finally:
            client.kill()
            client.wait()
        assert self.lmp.ended() == Counter(case.case_id for case in ssbflow.load_sweep(self.sweep).cases())
        assert self.machine.jobs() == {}


def assert_cube_is_right(store: Path, sweep: Path) -> None:
    """Compare a cube with the same cases simulated here."""
    cube = ssbflow.open_cube(store).load()
    cases = list(ssbflow.load_sweep(sweep).cases())
    assert (cube["status"] == 1).all()
    assert cube["case_id"].to_numpy().ravel().tolist() == [case.case_id for case in cases]
    for case in (cases[0], cases[-1]):
        values, cell = ssbflow.simulate(case).values, cube.sel(seed=case.seed).squeeze()
        for variable, value in values.items():
            if variable != "wall_time":
                np.testing.assert_array_equal(cell[variable], value, err_msg=variable)


def keys_left(folder: Path) -> list[Path]:
    """Keys of an ended run that still lie in a shared folder."""
    return [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "logs"]

"""What must hold on every cluster: the real Slurm of the tests, the stand-in PBS, and a real PBS where there is one."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from counting_lmp import HELD, SLOWED, CountingLmp, first_time, wait_until

import ssbflow
from ssbflow.inputs.catalog import catalog_folder
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
    text = TINY.read_text().replace("seeds: [1]", f"seeds: {{first: 1, count: {seeds}}}")
    sweep, store = machine.place(f"{name}.yaml", text), machine.workspace / name
    command = [SSBFLOW, "run", sweep, "--store", store, "--cluster", f"{name}.cluster.yaml"]
    answer = machine.run(command, timeout_s=PROGRAM_S)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"{seeds} ok, 0 failed; {seeds} computed now" in answer.stdout
    assert machine.jobs() == {}
    assert_cube_is_right(store, sweep)
    return answer.stdout


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
    folder, store = machine.place(f"{name}.presses/kept", "").parent, machine.workspace / name
    lmp = CountingLmp(folder, while_pressing=first_time(folder, trouble))
    machine.place(f"{name}.cluster.yaml", re.sub(r"lammps: .*\n", "", cluster) + f"lammps: {lmp.path}\n")
    sweep = machine.place(f"{name}.yaml", slow(1))
    command = [str(SSBFLOW), "run", str(sweep), "--store", name, "--cluster", f"{name}.cluster.yaml", "--json"]
    told = machine.workspace / f"{name}.out"
    with told.open("wb") as out, subprocess.Popen(command, cwd=machine.workspace, stdout=out, stderr=out) as client:
        try:
            if delete is not None:
                wait_until(lambda: [*store.rglob("held")], within_s=PROGRAM_S)
                (job,) = machine.jobs()
                delete(job)
            assert client.wait(PROGRAM_S) == 0, told.read_text()
        finally:
            client.kill()
    (case,) = ssbflow.load_sweep(sweep).cases()
    record = case_record(Store(store), case.case_id)
    assert record is not None
    assert record.provenance["resumed"]
    assert lmp.ended() == Counter([case.case_id])
    assert lmp.begun()[case.case_id] >= 2
    assert machine.jobs() == {}


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

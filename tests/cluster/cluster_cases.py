"""What must hold on every cluster: the real Slurm of the tests, the stand-in PBS, and a real PBS where there is one."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from counted_sweep import PROGRAM_S, SSBFLOW, CountedSweep, Machine
from counting_lmp import HELD, SLOWED, wait_until

import ssbflow
from ssbflow.flow.queues import QUEUES
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.cluster import load_cluster

TINY = catalog_folder() / "sweeps" / "doctor.yaml"


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
    counted = CountedSweep(machine, name, slow(1), cluster, trouble)
    with counted.running():
        if delete is not None:
            wait_until(lambda: [*counted.store.rglob("held")], within_s=PROGRAM_S)
            (job,) = machine.jobs()
            delete(job)
    assert counted.were_resumed() == [True]
    assert counted.lmp.begun().total() >= 2
    assert machine.jobs() == {}


def a_node_that_is_drained_is_waited_for(
    machine: Machine, drain: Callable[[], object], resume: Callable[[], object], delete: Callable[[str], object]
) -> None:
    """Let the only node take no more jobs, and delete the one that runs: the next waits until the node is back."""
    seeds, cluster = 8, load_cluster(machine.place("cluster.yaml", machine.cluster_file))
    counted = CountedSweep(machine, "drained", tiny(seeds), machine.cluster_file)
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
    assert machine.jobs() == {}
    assert_cube_is_right(counted.store, counted.sweep)
    assert counted.lmp.begun().total() <= seeds + cluster.cases_side_by_side


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

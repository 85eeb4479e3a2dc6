"""Sweeps on a real Slurm: jobs, TLS, what goes wrong and how it is told."""

import re
import stat
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from cluster_cases import SSBFLOW, TINY, a_sweep_is_computed, assert_cube_is_right, doctor_finds_all_well, keys_left
from counting_lmp import CountingLmp
from slurm_fixture import Slurm

import ssbflow
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.press import names
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record

pytestmark = [pytest.mark.cluster, pytest.mark.lammps]


def doctor(slurm: Slurm, cluster_file: str) -> str:
    """Let the doctor look at a cluster that is not well; return what it says, on one line."""
    slurm.place("ill.yaml", cluster_file)
    answer = slurm.run([SSBFLOW, "doctor", "--cluster", "ill.yaml"])
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert answer.stderr.count("Traceback") == 0
    assert slurm.jobs() == {}
    return " ".join(answer.stdout.split())


def test_doctor_finds_all_well(slurm: Slurm) -> None:
    doctor_finds_all_well(slurm)


def test_a_sweep_with_a_fixed_number_of_jobs(slurm: Slurm) -> None:
    before = set(slurm.jobs(ended=True))
    a_sweep_is_computed(slurm, "fixed", "2", seeds=6)
    assert len(set(slurm.jobs(ended=True)) - before) == 2


def test_a_sweep_with_as_many_jobs_as_there_is_work(slurm: Slurm) -> None:
    before = set(slurm.jobs(ended=True))
    a_sweep_is_computed(slurm, "adaptive", "{minimum: 0, maximum: 3}", seeds=8)
    assert 1 <= len(set(slurm.jobs(ended=True)) - before) <= 3


def test_keys_and_logs_are_private_and_the_keys_are_gone(slurm: Slurm) -> None:
    a_sweep_is_computed(slurm, "private", "1", seeds=1)
    shared = slurm.folder / "home" / ".ssbflow"
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700
    assert keys_left(shared) == []
    (log, *_) = sorted((shared / "logs").glob("*.err"), key=lambda path: -path.stat().st_mtime)
    assert re.search(r"Registered to: +tls://", log.read_text())


def test_a_client_that_is_itself_in_a_job(slurm: Slurm) -> None:
    slurm.place("inside.cluster.yaml", slurm.cluster_file)
    sweep = slurm.place("inside.yaml", TINY.read_text())
    command = f"{SSBFLOW} run {sweep} --store inside --cluster inside.cluster.yaml"
    job = slurm.submit(f"#!/bin/bash\n#SBATCH -n 1 --mem=1G -t 5 -o client.out\n{command}\n")
    slurm.wait_for_end(job)
    assert slurm.jobs(ended=True)[job] == "COMPLETED", (slurm.workspace / "client.out").read_text()
    assert_cube_is_right(slurm.workspace / "inside", sweep)


def test_doctor_tells_the_words_of_sbatch(slurm: Slurm) -> None:
    said = doctor(slurm, slurm.cluster_file.replace("partition: main", "partition: nowhere").replace("60", "2"))
    assert "no worker came" in said
    assert "sbatch failed: sbatch: error: invalid partition specified: nowhere" in said


def test_doctor_tells_the_words_of_the_queue(slurm: Slurm) -> None:
    slurm.drain()
    said = doctor(slurm, slurm.cluster_file.replace("worker_timeout_s: 60", "worker_timeout_s: 2"))
    assert re.search(r"no worker came in [67] s: .*squeue says: \d+ PENDING", said)


def test_doctor_tells_what_a_job_printed_that_ended_at_once(slurm: Slurm) -> None:
    said = doctor(slurm, slurm.cluster_file.replace("60", "6") + "python: /no/such/python\n")
    assert re.search(r"job \d+ ended before its worker came, printing: .*/no/such/python: No such file", said)


def test_doctor_misses_lammps_on_the_node(slurm: Slurm) -> None:
    said = doctor(slurm, slurm.cluster_file + "lammps: /no/such/lmp\n")
    assert "missing LAMMPS on the node: SSBFLOW_LMP=/no/such/lmp: no such executable" in said


def test_a_job_that_is_cancelled_is_replaced(slurm: Slurm) -> None:
    slurm.place("cancelled.cluster.yaml", slurm.cluster_file)
    text = TINY.read_text().replace("seeds: [1]", "seeds: {first: 1, count: 12}")
    sweep, store = slurm.place("cancelled.yaml", text), slurm.workspace / "cancelled"
    command = [SSBFLOW, "run", sweep, "--store", store, "--cluster", "cancelled.cluster.yaml"]
    client = slurm.begin(command, slurm.workspace / "cancelled.out")
    slurm.wait_until(lambda: any(store.glob("records/*/*.json")))
    (job,) = slurm.jobs()
    slurm.cancel(job)
    assert client.wait(timeout=120) == 0, Path(slurm.workspace / "cancelled.out").read_text()
    assert_cube_is_right(store, sweep)


def counting_lmp(slurm: Slurm, name: str) -> CountingLmp:
    """A LAMMPS for the jobs of a test that counts their presses."""
    folder = slurm.place(f"{name}.presses/kept", "").parent
    lmp = CountingLmp(folder)
    slurm.place(f"{name}.cluster.yaml", slurm.cluster_file + f"lammps: {lmp.path}\n")
    return lmp


def begin_sweep(slurm: Slurm, name: str, sweep: Path) -> subprocess.Popen[bytes]:
    """Run a sweep on the cluster file of its name, into the store of its name."""
    command = [SSBFLOW, "run", sweep, "--store", name, "--cluster", f"{name}.cluster.yaml"]
    return slurm.begin(command, slurm.workspace / f"{name}.out")


def assert_ends_well(slurm: Slurm, name: str, client: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a sweep that was begun."""
    assert client.wait(timeout=120) == 0, (slurm.workspace / f"{name}.out").read_text()


def test_a_node_that_is_drained_is_waited_for(slurm: Slurm) -> None:
    seeds, store = 8, slurm.workspace / "drained"
    lmp = counting_lmp(slurm, "drained")
    sweep = slurm.place("drained.yaml", TINY.read_text().replace("seeds: [1]", f"seeds: {{first: 1, count: {seeds}}}"))
    client = begin_sweep(slurm, "drained", sweep)
    slurm.wait_until(lambda: any(store.glob("records/*/*.json")))
    (job,) = slurm.jobs()
    slurm.drain()
    slurm.cancel(job)
    slurm.wait_until(lambda: job not in slurm.jobs() and [*slurm.jobs().values()] == ["PENDING"])
    assert slurm.node_state() == "drained"
    assert lmp.ended().total() < seeds
    slurm.resume()
    assert_ends_well(slurm, "drained", client)
    assert_cube_is_right(store, sweep)
    assert lmp.ended() == Counter(case.case_id for case in ssbflow.load_sweep(sweep).cases())
    assert lmp.begun().total() <= seeds + 2  # as many as the job computed side by side


def slow_press(slurm: Slurm, name: str) -> Path:
    """A seed of Example 1 in short steps: a press of many checkpoints."""
    text = (catalog_folder() / "sweeps" / "example_1.yaml").read_text().replace("count: 10", "count: 1")
    steps = "settling: {time_step_fraction: 0.12, contact_time_fraction: 0.15}"
    drive = "drive: body_force}"
    return slurm.place(f"{name}.yaml", text.replace(drive, f"drive: platen, {steps}}}"))


def test_a_press_whose_job_is_killed_goes_on_in_another(slurm: Slurm) -> None:
    before = set(slurm.jobs(ended=True))
    store = slurm.workspace / "killed"
    lmp, sweep = counting_lmp(slurm, "killed"), slow_press(slurm, "killed")
    (case,) = ssbflow.load_sweep(sweep).cases()
    client = begin_sweep(slurm, "killed", sweep)
    checkpoint = Store(store).press_folder(case.case_id) / names.checkpoint("press", 1)
    slurm.wait_until(lambda: checkpoint.exists() and checkpoint.stat().st_size)
    (job,) = slurm.jobs()
    slurm.kill(job)
    assert lmp.ended() == {}
    assert_ends_well(slurm, "killed", client)
    assert lmp.begun() == {case.case_id: 2}
    assert lmp.ended() == {case.case_id: 1}
    record = case_record(Store(store), case.case_id)
    assert record is not None
    assert (record.status, record.provenance["resumed"]) == ("ok", True)
    assert len(set(slurm.jobs(ended=True)) - before) == 2

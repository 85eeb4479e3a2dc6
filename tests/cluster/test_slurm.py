"""Sweeps on a real Slurm: jobs, TLS, what goes wrong and how it is told."""

import re
import stat

import pytest
from cluster_cases import TINY, a_sweep_is_computed, assert_cube_is_right, doctor_finds_all_well, keys_left
from counted_sweep import SSBFLOW
from slurm_fixture import Slurm

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


def test_a_sweep_with_a_fixed_number_of_jobs_keys_and_logs_are_private_and_the_keys_are_gone(slurm: Slurm) -> None:
    before = set(slurm.jobs(ended=True))
    a_sweep_is_computed(slurm, "fixed", "2", seeds=6)
    assert len(set(slurm.jobs(ended=True)) - before) == 2
    shared = slurm.folder / "home" / ".ssbflow"
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700
    assert keys_left(shared) == []
    (log, *_) = sorted((shared / "logs").glob("*.err"), key=lambda path: -path.stat().st_mtime)
    assert re.search(r"Registered to: +tls://", log.read_text())


def test_a_sweep_with_as_many_jobs_as_there_is_work(slurm: Slurm) -> None:
    before = set(slurm.jobs(ended=True))
    a_sweep_is_computed(slurm, "adaptive", "{minimum: 0, maximum: 3}", seeds=8)
    assert 1 <= len(set(slurm.jobs(ended=True)) - before) <= 3


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
    said = doctor(slurm, slurm.cluster_file.replace("60", "3") + "python: /no/such/python\n")
    assert re.search(r"job \d+ ended before its worker came, printing: .*/no/such/python: No such file", said)


def test_doctor_misses_lammps_on_the_node(slurm: Slurm) -> None:
    said = doctor(slurm, slurm.cluster_file + "lammps: /no/such/lmp\n")
    assert "missing LAMMPS on the node: SSBFLOW_LMP=/no/such/lmp: no such executable" in said

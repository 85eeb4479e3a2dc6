"""The job scripts, letter by letter."""

from pathlib import Path

import pytest

from ssbflow.flow.jobqueue import job_script, lifetime_s, prologue
from ssbflow.inputs.cluster import Cluster, PbsCluster, SlurmCluster
from ssbflow.inputs.validation import validated

GOLDEN = Path(__file__).parent / "golden"
COMMON = {
    "account": "batteries", "cores": 8, "memory_gb": 16, "walltime": "24:00:00", "interface": "ib0", "ranks": 2,
    "prologue": ["module load mpich"], "lammps": "/opt/lammps/bin/lmp", "python": "/home/me/venv/bin/python",
    "scratch": "$TMPDIR", "shared_folder": "/home/me/.ssbflow",
}  # fmt: skip
CLUSTERS = {
    "pbs_job.sh": validated(
        PbsCluster, {**COMMON, "queue": "workq", "project": "cells", "directives": ["-l place=excl"]}, "pbs"
    ),
    "slurm_job.sh": validated(SlurmCluster, {**COMMON, "partition": "compute", "directives": ["--exclusive"]}, "slurm"),
}


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_job_script_is_as_it_was(name: str) -> None:
    assert job_script(CLUSTERS[name]) == (GOLDEN / name).read_text()


def test_without_tls_there_are_no_keys_and_a_plain_address() -> None:
    script = job_script(CLUSTERS["pbs_job.sh"].replace(tls=False))
    assert "tcp://SCHEDULER:PORT" in script
    assert "tls" not in script


@pytest.mark.parametrize("walltime", [60, 600, 3600, 86400, 10**6])
def test_a_worker_leaves_before_its_job_ends_and_after_most_of_it(walltime: int) -> None:
    lifetime, stagger = lifetime_s(CLUSTERS["pbs_job.sh"].replace(walltime=walltime))
    assert 0 < lifetime - stagger < lifetime + stagger < walltime
    assert lifetime - stagger >= walltime * 0.2
    if walltime >= 3600:
        assert lifetime - stagger >= walltime * 0.9


def test_the_prologue_ends_with_what_ssbflow_wants_to_know() -> None:
    cluster: Cluster = CLUSTERS["slurm_job.sh"].replace(ranks=1, lammps=None, prologue=())
    assert prologue(cluster) == [
        "export SSBFLOW_JOB_ENDS=$(( $(date +%s) + 86400 ))",
        "export SSBFLOW_CORES_PER_CASE=1",
    ]

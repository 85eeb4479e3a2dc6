"""Submissions that fail, with a stand-in for PBS whose qsub refuses as often as it is told."""

from pathlib import Path

import dask
import pytest
from cluster_cases import (
    a_node_that_is_drained_is_waited_for,
    a_press_goes_on_whose_job_is_deleted,
    a_sweep_is_computed,
    doctor_finds_all_well,
    keys_left,
)
from stand_in_pbs import REFUSAL, StandInPbs

from ssbflow.errors import ClusterError, InputError
from ssbflow.flow import job_watch, jobqueue
from ssbflow.flow.clients import connected, jobs_of
from ssbflow.flow.doctor import examine
from ssbflow.inputs.cluster import PbsCluster, load_cluster

pytestmark = pytest.mark.cluster


@pytest.fixture
def pbs(stand_in_pbs: StandInPbs, monkeypatch: pytest.MonkeyPatch) -> StandInPbs:
    """The stand-in, with less patience than one has with a real one."""
    monkeypatch.setattr(job_watch, "LOOKS_EVERY_S", 0.3)
    monkeypatch.setattr(job_watch, "PAUSE_S", 0.1)
    monkeypatch.setattr(job_watch, "GIVEN_UP_AFTER_S", 1)
    monkeypatch.setitem(jobqueue.CONFIG, "distributed.deploy.lost-worker-timeout", "1s")
    return stand_in_pbs


def cluster_of(pbs: StandInPbs, **changes: object) -> PbsCluster:
    """The cluster of its file."""
    cluster = load_cluster(pbs.place("cluster.yaml", pbs.cluster_file))
    assert isinstance(cluster, PbsCluster)
    return cluster.replace(**changes)


@pytest.mark.lammps
def test_doctor_and_a_sweep_on_the_stand_in(stand_in_pbs: StandInPbs) -> None:
    doctor_finds_all_well(stand_in_pbs)
    a_sweep_is_computed(stand_in_pbs, "fixed", "1", seeds=2)
    assert keys_left(stand_in_pbs.shared) == []


@pytest.mark.lammps
def test_a_press_goes_on_whose_job_is_deleted(stand_in_pbs: StandInPbs) -> None:
    a_press_goes_on_whose_job_is_deleted(stand_in_pbs, stand_in_pbs.delete)


@pytest.mark.lammps
def test_a_node_that_is_drained_is_waited_for(stand_in_pbs: StandInPbs) -> None:
    pbs = stand_in_pbs
    a_node_that_is_drained_is_waited_for(pbs, pbs.drain, pbs.resume, pbs.delete)


def test_a_refused_submission_is_told_and_tried_again(pbs: StandInPbs, caplog: pytest.LogCaptureFixture) -> None:
    pbs.fail(times=3)
    with jobs_of(cluster_of(pbs)) as (client, _):
        assert client.submit(sum, [1, 2]).result() == 3
    assert len(pbs.submissions()) == 4
    assert caplog.text.count(f"qsub failed: {REFUSAL}".replace("  ", " ")) == 3
    assert pbs.jobs() == {}


def test_a_queue_that_refuses_always_is_given_up(pbs: StandInPbs) -> None:
    pbs.fail(times=1000)
    said = r"no worker came in .* qsub failed: qsub: Unauthorized Request"
    with pytest.raises(ClusterError, match=said), jobs_of(cluster_of(pbs), tries=5):
        pass
    assert len(pbs.submissions()) == 5


def test_a_doctor_tells_of_a_refusal_soon(pbs: StandInPbs) -> None:
    pbs.fail(times=1000)
    *_, last = examine(str(pbs.place("cluster.yaml", pbs.cluster_file)))
    assert (last.what, last.well) == ("worker", False)
    assert REFUSAL.replace("  ", " ") in last.seen
    assert len(pbs.submissions()) == 2


def test_a_job_that_ends_at_once_is_told_with_what_it_printed(pbs: StandInPbs) -> None:
    said = r"ended before its worker came, printing: .*/no/such/python"
    with pytest.raises(ClusterError, match=said), jobs_of(cluster_of(pbs, python="/no/such/python"), 5):
        pass


def test_a_job_that_is_killed_is_replaced(pbs: StandInPbs) -> None:
    with jobs_of(cluster_of(pbs)) as (client, _):
        pbs.end()
        assert client.submit(sum, [1, 2]).result(timeout=60) == 3
    assert len(pbs.submissions()) == 2


def test_when_no_worker_is_left_and_none_can_be_had_it_is_an_error(pbs: StandInPbs) -> None:
    with pytest.raises(ClusterError, match="no worker is left, and no other comes: qsub failed"):
        compute_while_all_fails(pbs)


def compute_while_all_fails(pbs: StandInPbs) -> None:
    """Lose the worker, and get no other."""
    with dask.config.set({"distributed.comm.timeouts.connect": "3s"}), jobs_of(cluster_of(pbs), 5) as (client, _):
        pbs.fail(times=1000)
        pbs.end()
        client.submit(sum, [1, 2]).result(timeout=60)


def test_nothing_is_submitted_where_something_is_wrong(pbs: StandInPbs, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pbs.place("cluster.yaml", pbs.cluster_file.replace("interface: lo", "interface: ib7"))
    said = r"cluster.yaml: interface: there is no 'ib7' on this host; it has .*lo"
    with pytest.raises(InputError, match=said), connected(str(file)):
        pass
    file = pbs.place("cluster.yaml", pbs.cluster_file)
    pbs.shared.mkdir(mode=0o755)
    with pytest.raises(InputError, match=r"is open to others .*chmod 700"), connected(str(file)):
        pass
    monkeypatch.setenv("PATH", str(Path("/no/such")))
    with pytest.raises(InputError, match=r"cluster.yaml: kind: pbs, but there is no qsub here"), connected(str(file)):
        pass
    assert pbs.submissions() == []


def test_workers_are_jobs_of_a_cluster_file(pbs: StandInPbs) -> None:
    file = pbs.place("cluster.yaml", pbs.cluster_file)
    with connected(str(file), workers=2) as client:
        assert client is not None
        client.wait_for_workers(2, timeout=60)
    assert len(pbs.submissions()) == 2

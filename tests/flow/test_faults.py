"""Faults of workers, nodes, schedulers, clients and people: no case is lost, none is computed twice to its end."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import dask
import pytest
from counting_lmp import (
    FAILS,
    LAMMPS_KILLED,
    SLOW,
    WORKER_KILLED,
    CountingLmp,
    cli_run,
    in_case,
    once,
    wait_until,
)
from distributed import Client, LocalCluster, get_worker

import ssbflow
from ssbflow.errors import ClusterError, DiskError
from ssbflow.flow import window
from ssbflow.flow.attempt import placed
from ssbflow.flow.batch import RunSummary
from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback
from ssbflow.flow.tries import LIMITS
from ssbflow.flow.window import CaseTask, Window
from ssbflow.inputs.sweep import Sweep
from ssbflow.press.lmp import SETTING
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record, measure_record

pytestmark = [pytest.mark.cluster, pytest.mark.lammps, pytest.mark.timeout(120)]


class Heard(Callback):
    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.retried: list[Outcome] = []
        self.messages: list[str] = []

    def case_ended(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def case_retried(self, outcome: Outcome) -> None:
        self.retried.append(outcome)

    def said(self, message: str) -> None:
        self.messages.append(message)

    @property
    def causes(self) -> list[str]:
        """Of what was tried again."""
        return [outcome.failure.cause for outcome in self.retried if outcome.failure]


@pytest.fixture
def sweep(tiny_sweep: Sweep) -> Sweep:
    return tiny_sweep.replace(seeds=(1, 2, 3, 4, 5))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@contextmanager
def local_workers(lmp: CountingLmp, count: int = 2) -> Iterator[Client]:
    with (
        pytest.MonkeyPatch.context() as patch,
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
    ):
        patch.setenv(SETTING, str(lmp.path))
        with (
            LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            yield client


def all_once(sweep: Sweep) -> Counter[str]:
    return Counter(case.case_id for case in sweep.cases())


def test_a_killed_worker_costs_time_only(sweep: Sweep, store: Path, tmp_path: Path) -> None:
    lmp, heard = CountingLmp(tmp_path, once(tmp_path, WORKER_KILLED)), Heard()
    with local_workers(lmp) as client:
        summary = ssbflow.run(sweep, store, client, callbacks=[heard])
    assert (summary.ok, summary.failed) == (5, 0)
    assert lmp.ended() == all_once(sweep)
    assert lmp.begun().total() == 6
    assert Counter(outcome.case_id for outcome in heard.outcomes) == all_once(sweep)
    assert all(outcome.seconds > 0 and outcome.host for outcome in heard.outcomes)


def test_a_case_that_kills_every_worker_is_given_up_and_takes_no_other_along(
    sweep: Sweep, store: Path, tmp_path: Path
) -> None:
    bad = next(sweep.cases()).case_id
    lmp, heard = CountingLmp(tmp_path, in_case(bad, WORKER_KILLED)), Heard()
    with local_workers(lmp) as client:
        summary = ssbflow.run(sweep, store, client, callbacks=[heard])
    assert (summary.ok, summary.failed) == (4, 1)
    (failure,) = [outcome.failure for outcome in summary.failures]
    assert failure is not None
    assert (failure.phase, failure.cause) == ("task", "KilledWorker")
    assert "run the same again" in failure.message
    assert lmp.ended() == all_once(sweep) - Counter([bad])
    # Dask counts workers that died while a case only waited there, too: it may be begun less often than given out
    assert 2 <= lmp.begun()[bad] <= (1 + LIMITS["KilledWorker"]) * 2
    assert case_record(Store(store), bad) is None


def test_a_killed_lammps_is_tried_again_in_the_same_run(sweep: Sweep, store: Path, tmp_path: Path) -> None:
    lmp, heard = CountingLmp(tmp_path, once(tmp_path, LAMMPS_KILLED)), Heard()
    with local_workers(lmp) as client:
        summary = ssbflow.run(sweep, store, client, callbacks=[heard])
    assert (summary.ok, summary.failed, heard.causes) == (5, 0, ["killed"])
    assert lmp.ended() == all_once(sweep)
    record = case_record(Store(store), heard.retried[0].case_id)
    assert record is not None
    assert (record.status, record.attempt) == ("ok", 2)


def test_infrastructure_is_tried_so_often_and_physics_never(tiny_sweep: Sweep, store: Path, tmp_path: Path) -> None:
    killed, failing = (case.case_id for case in tiny_sweep.cases())
    lmp, heard = CountingLmp(tmp_path, in_case(killed, LAMMPS_KILLED), in_case(failing, FAILS)), Heard()
    with local_workers(lmp, 1) as client:
        summary = ssbflow.run(tiny_sweep, store, client, callbacks=[heard])
    assert summary.failed == 2
    assert lmp.begun() == {killed: 1 + LIMITS["killed"], failing: 1}
    assert heard.causes == ["killed"] * LIMITS["killed"]
    assert {outcome.failure.cause for outcome in summary.failures if outcome.failure} == {"killed", "lammps error"}


def test_a_retry_is_computed_although_a_session_holds_results_of_a_run(
    tiny_sweep: Sweep, store: Path, tmp_path: Path
) -> None:
    first, _ = (case.case_id for case in tiny_sweep.cases())
    lmp = CountingLmp(tmp_path, in_case(first, once(tmp_path, FAILS)))
    with local_workers(lmp, 1) as client:
        held = client.compute(list(ssbflow.delayed(tiny_sweep, store).values()))
        assert [outcome.status for outcome in client.gather(held)] == ["failed", "ok"]
        assert [future.key for future in held] == [case.case_id for case in tiny_sweep.cases()]
        summary = ssbflow.run(tiny_sweep, store, client, retry=True)
        elsewhere = ssbflow.run(tiny_sweep, tmp_path / "elsewhere", client)
    assert (summary.ok, summary.computed) == (2, 1)
    assert (elsewhere.ok, elsewhere.computed) == (2, 2)
    assert lmp.begun().total() == 5


def test_workers_that_all_go_at_once_are_waited_for(
    sweep: Sweep, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "SILENT_S", 0.5)
    lmp, heard = CountingLmp(tmp_path, SLOW), Heard()
    with local_workers(lmp) as client, ThreadPoolExecutor(1) as pool:
        running = pool.submit(ssbflow.run, sweep, store, client, callbacks=[heard])
        wait_until(lmp.begun)
        client.cluster.scale(0)
        wait_until(lambda: any("no worker is here" in message for message in heard.messages))
        client.cluster.scale(2)
        summary = running.result(timeout=60)
    assert (summary.ok, summary.failed) == (5, 0)
    assert lmp.ended() == all_once(sweep)


def recorded(sweep: Sweep, store: Path) -> set[str]:
    """Return the cases that were computed to their end."""
    layout = Store(store)
    return {
        case.case_id for case in sweep.cases() if measure_record(layout, case.measure_id(sweep.analysis), case.case_id)
    }


class Daemons:
    """A scheduler and two workers that belong to nobody."""

    def __init__(self, lmp: CountingLmp) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.lmp, self.address = lmp, f"tcp://127.0.0.1:{self.port}"
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-W", "ignore", "-m", "distributed.cli.dask_" + words[0], *words[1:]]
        process = subprocess.Popen(
            command, env=self.lmp.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.running.append(process)
        return process

    def start_scheduler(self) -> "subprocess.Popen[bytes]":
        return self.start(
            "scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--dashboard-address", "127.0.0.1:0"
        )

    def start_worker(self) -> None:
        self.start("worker", self.address, "--nthreads", "1", "--no-dashboard")

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(20)


@pytest.fixture
def daemons(tmp_path: Path) -> Iterator[Daemons]:
    started = Daemons(CountingLmp(tmp_path, SLOW))
    yield started
    started.stop()


def test_a_scheduler_that_dies_is_one_clear_error_and_the_next_run_goes_on(
    sweep: Sweep, store: Path, daemons: Daemons
) -> None:
    scheduler = daemons.start_scheduler()
    daemons.start_worker()
    with Client(daemons.address, timeout=10) as client, ThreadPoolExecutor(1) as pool:
        client._timeout = 1  # to reach it again
        running = pool.submit(ssbflow.run, sweep, store, client)
        wait_until(lambda: recorded(sweep, store))
        scheduler.kill()
        with pytest.raises(ClusterError, match="run the same again to go on"):
            running.result(timeout=60)
    before = recorded(sweep, store)
    there = int((ssbflow.open_cube(store)["status"] == 1).sum())
    assert there >= 1
    with local_workers(daemons.lmp) as client:
        summary = ssbflow.run(sweep, store, client)
    assert (summary.ok, summary.failed) == (5, 0)
    assert summary.skipped >= there
    assert all(daemons.lmp.begun()[case_id] == 1 for case_id in before)
    assert set(daemons.lmp.ended()) == recorded(sweep, store)


def test_a_scheduler_that_is_started_again_is_gone_on_with(sweep: Sweep, store: Path, daemons: Daemons) -> None:
    scheduler, heard = daemons.start_scheduler(), Heard()
    daemons.start_worker()
    with Client(daemons.address, timeout=20) as client, ThreadPoolExecutor(1) as pool:
        running = pool.submit(ssbflow.run, sweep, store, client, callbacks=[heard])
        wait_until(lambda: recorded(sweep, store))
        scheduler.kill()
        scheduler.wait()
        before = recorded(sweep, store)
        daemons.start_scheduler()
        daemons.start_worker()
        summary = running.result(timeout=60)
    assert (summary.ok, summary.failed) == (5, 0)
    assert heard.causes
    assert {*heard.causes} <= {"CancelledError", "CommClosedError"}
    assert all(daemons.lmp.begun()[case_id] == 1 for case_id in before)
    assert set(daemons.lmp.ended()) == recorded(sweep, store)


def test_two_clients_at_once_share_the_work(sweep: Sweep, store: Path, tmp_path: Path) -> None:
    lmp = CountingLmp(tmp_path)
    with (
        local_workers(lmp) as client,
        Client(client.cluster) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        runs = [pool.submit(ssbflow.run, sweep, store, one) for one in (client, other)]
        summaries: list[RunSummary] = [run.result(timeout=60) for run in runs]
    assert [(summary.ok, summary.failed) for summary in summaries] == [(5, 0), (5, 0)]
    assert lmp.begun() == lmp.ended() == all_once(sweep)


@pytest.fixture
def sweep_file(tiny_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "five.yaml"
    path.write_text(tiny_file.read_text().replace("seeds: [1, 2]", "seeds: [1, 2, 3, 4, 5]"))
    return path


def test_a_killed_client_is_followed_by_another(sweep: Sweep, sweep_file: Path, store: Path, tmp_path: Path) -> None:
    lmp = CountingLmp(tmp_path, SLOW)
    client = cli_run(lmp, sweep_file, store, "--workers", "2")
    wait_until(lambda: recorded(sweep, store), within_s=60)
    client.kill()
    client.communicate()
    before = recorded(sweep, store)
    second = cli_run(lmp, sweep_file, store, "--workers", "2")
    printed, _ = second.communicate(timeout=90)
    assert second.returncode == 0, printed
    assert "5 ok, 0 failed" in printed
    assert "Traceback" not in printed
    assert all(lmp.begun()[case_id] == 1 for case_id in before)
    assert set(lmp.ended()) == recorded(sweep, store)


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_once_waits_for_what_runs_and_twice_does_not(
    times: int, sweep: Sweep, sweep_file: Path, store: Path, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.touch()
    lmp = CountingLmp(tmp_path, f"[ -e {slow} ] && sleep {3 if times == 1 else 20}")
    client = cli_run(lmp, sweep_file, store, "--workers", "2")
    wait_until(lambda: len(lmp.begun()) >= 2, within_s=60)
    for number in range(times):
        os.killpg(client.pid, signal.SIGINT)  # as a terminal does, to the workers too
        threading.Event().wait(0.5 if number + 1 < times else 0)
    printed, _ = client.communicate(timeout=60)
    assert client.returncode == 130, printed
    assert "stopping: no more cases are begun" in printed
    assert "run the same again to go on" in printed
    assert lmp.begun().total() == 2
    assert lmp.ended().total() == (2 if times == 1 else 0)
    assert int((ssbflow.open_cube(store)["status"] == 1).sum()) == (2 if times == 1 else 0)
    slow.unlink()
    with local_workers(lmp) as again:
        assert ssbflow.run(sweep, store, again).ok == 5
    assert lmp.ended() == all_once(sweep)


BAD_HOST = "127.0.0.1"


@placed
def on_a_full_disk(case_id: str) -> Outcome:
    """A case that can be computed on one host only."""
    if BAD_HOST in get_worker().address:
        raise DiskError("/scratch: the disk is full; make room")
    return Outcome(case_id, "ok")


def lost_together(names: list[str]) -> list[CaseTask]:
    return [CaseTask(name, dask.delayed(on_a_full_disk)(name, dask_key_name=name)) for name in names]


def test_a_node_whose_disk_is_full_is_avoided(tmp_path: Path) -> None:
    lmp, heard, names = CountingLmp(tmp_path), Heard(), [f"case-{number}" for number in range(20)]
    with local_workers(lmp, 1) as client:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", client.scheduler.address]
        other = subprocess.Popen(
            [*command, "--host", "127.0.0.2", "--nthreads", "1", "--no-dashboard"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=Path(__file__).parent,
        )  # fmt: skip
        try:
            client.wait_for_workers(2, timeout=30)
            ended = list(Window(client, heard, lambda: False).outcomes(lost_together(names)))
        finally:
            other.terminate()
            other.wait(20)
    assert Counter(outcome.case_id for outcome in ended) == Counter(names)
    assert [outcome.failure for outcome in ended if outcome.failure] == []
    assert all("127.0.0.2" in outcome.worker for outcome in ended)
    assert len([message for message in heard.messages if "is avoided" in message]) == 1
    assert 1 <= len(heard.retried) <= 6  # what was in the window when it was noticed
    assert set(heard.causes) == {"DiskError"}


def test_a_full_disk_everywhere_is_tried_so_often_and_then_told(tmp_path: Path) -> None:
    lmp, heard = CountingLmp(tmp_path), Heard()
    with local_workers(lmp, 1) as client:
        (ended,) = Window(client, heard, lambda: False).outcomes(lost_together(["case"]))
    assert ended.failure is not None
    assert (ended.status, ended.failure.cause) == ("failed", "DiskError")
    assert len(heard.retried) == LIMITS["DiskError"]

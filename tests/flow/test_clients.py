import asyncio
import time
from typing import Any

import dask
import pytest
from distributed import LocalCluster

from ssbflow.errors import InputError
from ssbflow.flow import clients
from ssbflow.flow.clients import connected
from ssbflow.flow.doctor import examine


def test_serial_is_no_client() -> None:
    with connected("serial") as client:
        assert client is None


def test_workers_on_this_machine_end_without_complaint(capfd: pytest.CaptureFixture[str]) -> None:
    with connected("local", 1) as client:
        assert client is not None
        assert [*client.run(dask.config.get, "distributed.worker.profile.interval").values()] == ["100ms"]
        handlers = client.cluster.scheduler.handlers
        answer, asked = handlers["heartbeat_worker"], []

        async def slow(**beat: Any) -> Any:
            asked.append(beat)
            await asyncio.sleep(1)
            return answer(**beat)

        handlers["heartbeat_worker"] = slow
        while not asked:  # the worker is told to close while it waits for an answer
            time.sleep(0.01)
    assert capfd.readouterr().err == ""


def test_an_address_joins_the_scheduler_that_is_there_and_doctor_asks_its_worker() -> None:
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        with connected(cluster.scheduler_address) as client:
            assert client is not None
            assert client.submit(sum, [1, 2]).result() == 3
        findings = {finding.what: finding for finding in examine(cluster.scheduler_address)}
    assert findings["workers"].well
    assert findings["LAMMPS on a worker"].well
    assert "LAMMPS" in findings["LAMMPS here"].what


def test_what_is_no_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "CONNECT_TIMEOUT_S", 1)
    with pytest.raises(InputError, match="unknown cluster 'pbs'"), connected("pbs"):
        pass
    with pytest.raises(InputError, match="no Dask scheduler answers"), connected("tcp://127.0.0.1:9"):
        pass
    with pytest.raises(InputError, match="--workers goes with"), connected("serial", 2):
        pass
    with pytest.raises(InputError, match="1 or more"), connected("local", 0):
        pass

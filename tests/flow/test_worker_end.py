"""A worker whose lifetime ends finishes what it computes, begins nothing new, and is gone."""

import os
import time

import pytest
from distributed import Client, LocalCluster

from ssbflow.flow import worker_end
from ssbflow.press.deadline import MARGIN_S, SETTING, time_left_s


def test_a_worker_leaves_when_its_last_case_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, str(time.time() + 3600))  # of the job's script
    lifetime_s = MARGIN_S + 1.5
    cluster = LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0", lifetime=f"{lifetime_s}s",
        preload=[worker_end.__name__],
    )  # fmt: skip
    with cluster, Client(cluster) as client:
        (worker,) = cluster.workers.values()
        assert time_left_s() == pytest.approx(1.5, abs=1)
        assert float(os.environ[SETTING]) < time.time() + 60
        running = client.submit(_sleep, 4)
        time.sleep(2)
        waiting = client.submit(_sleep, 0)
        assert running.result(timeout=20) == 4  # a plain worker would have been stopped in its middle
        until = time.monotonic() + 10
        while worker.status.name != "closed":
            assert time.monotonic() < until
            time.sleep(0.05)
        assert not waiting.done()


def _sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds

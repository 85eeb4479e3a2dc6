import json
from pathlib import Path

import pytest

from ssbflow.errors import InputError
from ssbflow.flow.case_task import Outcome
from ssbflow.flow.event_log import EventLog
from ssbflow.store.records import Failure

FAILED = Outcome("a", "failed", Failure(phase="press", cause="killed", message=""), host="node1", seconds=1.23456)


def test_every_event_is_a_line_that_is_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "log.jsonl"
    with EventLog(path) as log:
        log.sweep_started("tiny", 2, 1)
        log.case_retried(FAILED)
        log.case_ended(Outcome("a", "ok", host="node2", seconds=2))
        log.said("no worker is here")
        log.published({"small.touching": Path("versions/v000001.zarr")})
        log.sweep_ended()
        lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["event"] for line in lines] == [
        "sweep_started",
        "case_retried",
        "case_ended",
        "said",
        "published",
        "sweep_ended",
    ]
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)
    retried, ended = lines[1:3]
    assert retried == {
        "time": retried["time"],
        "event": "case_retried",
        "case_id": "a",
        "status": "failed",
        "cause": "killed",
        "host": "node1",
        "seconds": 1.235,
    }
    assert (ended["status"], ended["cause"]) == ("ok", None)
    assert lines[4]["versions"] == {"small.touching": "v000001.zarr"}


def test_a_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    for _ in range(2):
        with EventLog(tmp_path / "log.jsonl") as log:
            log.sweep_ended()
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        EventLog(tmp_path / "file" / "log.jsonl")

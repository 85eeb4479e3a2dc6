from pathlib import Path

import pytest

from ssbflow.errors import StoreError
from ssbflow.store.records import CaseRecord, Failure, read_record, storable, write_record


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    failure = Failure(phase="press", cause="lost atoms", message="one is gone", exit_code=1, log_tail="a\nb")
    record = CaseRecord(case_id="ab", status="failed", attempt=2, inputs={"seed": 1}, failure=failure)
    write_record(tmp_path / "ab.json", record)
    assert read_record(tmp_path / "ab.json", CaseRecord) == record


def test_no_record_is_none(tmp_path: Path) -> None:
    assert read_record(tmp_path / "ab.json", CaseRecord) is None


def test_a_torn_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ab.json"
    path.write_text('{"case_id": "ab", "stat')
    with pytest.raises(StoreError, match=r"ab\.json is no CaseRecord"):
        read_record(path, CaseRecord)


def test_what_does_not_exist_is_stored_as_null() -> None:
    assert storable({"a": 1.5, "b": float("nan"), "c": float("inf")}) == {"a": 1.5, "b": None, "c": None}

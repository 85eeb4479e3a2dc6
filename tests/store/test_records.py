from collections.abc import Callable
from pathlib import Path

import pytest

from ssbflow.errors import StoreError
from ssbflow.store.records import CaseRecord, Failure, MeasureRecord, read_record, storable, write_record


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    failure = Failure(phase="press", cause="lost atoms", message="one is gone", exit_code=1, log_tail="a\nb")
    record = CaseRecord(case_id="ab", status="failed", attempt=2, inputs={"seed": 1}, failure=failure)
    write_record(tmp_path / "ab.json", record)
    assert read_record(tmp_path / "ab.json", CaseRecord) == record


def test_no_record_is_none(tmp_path: Path) -> None:
    assert read_record(tmp_path / "ab.json", CaseRecord) is None


@pytest.mark.parametrize("harm", [lambda text: text[: len(text) // 2], lambda text: text.replace(b"0.25", b"0.35")])
def test_a_record_that_is_not_what_was_written_is_named(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "ab.json"
    write_record(path, CaseRecord(case_id="ab", status="ok", attempt=1, inputs={}, values={"steps": 0.25}))
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(StoreError, match=r"ab\.json is damaged"):
        read_record(path, CaseRecord)


def test_a_record_of_another_kind_is_named(tmp_path: Path) -> None:
    write_record(tmp_path / "ab.json", CaseRecord(case_id="ab", status="ok", attempt=1, inputs={}))
    with pytest.raises(StoreError, match=r"ab\.json is no MeasureRecord"):
        read_record(tmp_path / "ab.json", MeasureRecord)


def test_a_later_attempt_lies_beside_the_earlier_ones_and_is_read(tmp_path: Path) -> None:
    records = [CaseRecord(case_id="ab", status="failed", attempt=attempt, inputs={}) for attempt in (1, 2, 10)]
    for record in records:
        write_record(tmp_path / "ab.json", record)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ab.10.json", "ab.2.json", "ab.json"]
    assert read_record(tmp_path / "ab.json", CaseRecord) == records[-1]


def test_what_does_not_exist_is_stored_as_null() -> None:
    assert storable({"a": 1.5, "b": float("nan"), "c": float("inf")}) == {"a": 1.5, "b": None, "c": None}

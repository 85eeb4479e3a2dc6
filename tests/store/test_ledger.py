import random
import struct
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.errors import StoreError
from ssbflow.store import ledger
from ssbflow.store.flat import SealedRecord, table
from ssbflow.store.layout import Store
from ssbflow.store.ledger import (
    find_in_ledger,
    latest_attempts,
    merge_small_segments,
    read_segment,
    segments,
    write_segment,
)

CASES = [f"{number:032x}" for number in (1, 2, 2**64, 2**64 + 1, 2**127)]  # halves of some are equal
MEASURES = [None, "a" * 32, "b" * 32]
Key = tuple[str, str | None]

rows = st.lists(
    st.fixed_dictionaries(
        {
            "case_id": st.sampled_from(CASES),
            "measure_id": st.sampled_from(MEASURES),
            "attempt": st.integers(1, 4),
            "values": st.fixed_dictionaries({"steps": st.integers(0, 10**6).map(float)}),
        }
    ),
    max_size=12,
)


def as_table(some: list[dict[str, Any]]) -> pa.Table:
    return table([SealedRecord(status="ok", seal="0" * 16, **row) for row in some])


def latest(newest_first: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """Row by row: a later attempt takes the place of an earlier one, an equal one does not."""
    found: dict[Key, dict[str, Any]] = {}
    for row in newest_first:
        key = row["case_id"], row["measure_id"]
        if key not in found or row["attempt"] > found[key]["attempt"]:
            found[key] = row
    return found


def steps_of(flat: pa.Table) -> dict[Key, tuple[int, float]]:
    return {(row["case_id"], row["measure_id"]): (row["attempt"], row["values.steps"]) for row in flat.to_pylist()}


def wanted_steps(newest_first: list[dict[str, Any]]) -> dict[Key, tuple[int, float]]:
    return {key: (row["attempt"], row["values"]["steps"]) for key, row in latest(newest_first).items()}


@settings(deadline=None)
@given(rows)
def test_the_latest_attempt_at_each_is_what_a_look_at_row_after_row_finds(some: list[dict[str, Any]]) -> None:
    found = latest_attempts(as_table(some))
    assert found.num_rows == len(latest(some))
    if some:
        assert steps_of(found) == wanted_steps(some)


@settings(max_examples=20, deadline=None)
@given(st.lists(rows.filter(bool), min_size=1, max_size=4))
def test_whatever_lies_in_segments_is_found_before_and_after_they_are_merged(parts: list[list[dict[str, Any]]]) -> None:
    newest_first = [row for part in reversed(parts) for row in part]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        store = Store(Path(folder))
        for part in parts:
            write_segment(store, latest_attempts(as_table(part)))
        assert looked_up(store) == attempts(newest_first)
        patch.setattr(ledger, "SMALL_SEGMENTS", 0)
        merge_small_segments(store)
        assert len(segments(store)) == 1
        assert looked_up(store) == attempts(newest_first)
        assert steps_of(read_segment(segments(store)[0])) == wanted_steps(newest_first)


def looked_up(store: Store) -> dict[Key, int]:
    keys = [(case_id, measure_id) for case_id in CASES for measure_id in MEASURES]
    found = {key: find_in_ledger(store, *key) for key in keys}
    return {key: row["attempt"] for key, row in found.items() if row}


def attempts(newest_first: list[dict[str, Any]]) -> dict[Key, int]:
    return {key: row["attempt"] for key, row in latest(newest_first).items()}


def a_row(case_id: str, attempt: int = 1, steps: float = 1.0) -> dict[str, Any]:
    return {"case_id": case_id, "measure_id": None, "attempt": attempt, "values": {"steps": steps}}


def test_segments_are_numbered_on_and_sorted_inside(tmp_path: Path) -> None:
    store, shuffled = Store(tmp_path), [f"{number:032x}" for number in range(50)]
    random.Random(1).shuffle(shuffled)
    for _ in range(2):
        write_segment(store, as_table([a_row(case_id) for case_id in shuffled]))
    assert [path.name for path in segments(store)] == ["seg-000001.parquet", "seg-000002.parquet"]
    assert read_segment(segments(store)[0])["case_id"].to_pylist() == sorted(shuffled)
    assert {path.name for path in store.ledger.iterdir()} == {path.name for path in segments(store)}


def test_few_segments_and_large_ones_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    for number in range(3):
        write_segment(store, as_table([a_row(case_id, number + 1) for case_id in CASES[: number + 1]]))
    merge_small_segments(store)
    assert len(segments(store)) == 3
    monkeypatch.setattr(ledger, "SMALL_SEGMENTS", 1)
    monkeypatch.setattr(ledger, "SMALL_ROWS", 3)
    merge_small_segments(store)
    assert [path.name for path in segments(store)] == ["seg-000003.parquet", "seg-000004.parquet"]
    assert looked_up(store) == {(CASES[0], None): 3, (CASES[1], None): 3, (CASES[2], None): 3}


def killed_here(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_who_is_killed_while_merging_leaves_rows_twice_that_count_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    for attempt in (1, 2, 3):
        write_segment(store, as_table([a_row(CASES[0], attempt, float(attempt))]))
    monkeypatch.setattr(ledger, "SMALL_SEGMENTS", 0)
    with monkeypatch.context() as killed:
        killed.setattr(Path, "unlink", killed_here)
        with pytest.raises(KeyboardInterrupt):
            merge_small_segments(store)
    assert len(segments(store)) == 4
    assert looked_up(store) == {(CASES[0], None): 3}
    merge_small_segments(store)
    assert steps_of(read_segment(segments(store)[0])) == {(CASES[0], None): (3, 3.0)}


def test_a_segment_that_was_merged_while_one_looks_is_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    write_segment(store, as_table([a_row(CASES[0])]))
    looks = [[store.ledger / "seg-000009.parquet"], segments(store)]
    monkeypatch.setattr(ledger, "segments", lambda _: looks.pop(0))
    row = find_in_ledger(store, CASES[0], None)
    assert row is not None
    assert row["values.steps"] == 1.0
    assert not looks


@pytest.mark.parametrize("harm", [lambda text: text[:-20], lambda _: b"", lambda text: b"x" * len(text)])
def test_a_torn_segment_is_named(tmp_path: Path, harm: Any) -> None:
    path = write_segment(Store(tmp_path), as_table([a_row(case_id) for case_id in CASES]))
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(StoreError, match=r"seg-000001\.parquet is damaged.*ssbflow check STORE --repair"):
        read_segment(path)


def test_a_flipped_bit_in_a_number_is_noticed_by_whoever_reads_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = write_segment(store, as_table([a_row(case_id, steps=123.456) for case_id in CASES]))
    text = path.read_bytes()
    at = text.index(struct.pack("<d", 123.456) * len(CASES))  # the page; its statistics come before
    path.write_bytes(text[: at + 5] + bytes([text[at + 5] ^ 1]) + text[at + 6 :])
    with pytest.raises(StoreError, match="is damaged"):
        read_segment(path)
    with pytest.raises(StoreError, match="is damaged"):
        find_in_ledger(store, CASES[0], None)

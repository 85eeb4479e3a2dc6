import io
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.errors import StoreError
from ssbflow.store.cube import VARIABLES
from ssbflow.store.flat import SealedRecord, is_whole, joined, record, sealed_record, table
from ssbflow.store.ledger import parquet_bytes
from ssbflow.store.records import CaseRecord, Failure, MeasureRecord, StoredFile
from ssbflow.store.sealed import sealed

ids = st.integers(0, 2**128 - 1).map("{:032x}".format)
finite = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=8)
plain = st.none() | st.booleans() | st.integers() | finite | texts
nested = plain | st.lists(plain, max_size=3) | st.dictionaries(texts, plain, max_size=3)
names = st.sampled_from(["seed", "composition", "a.b", "x"])
int64 = st.integers(-(2**63), 2**63 - 1)
outcomes: dict[str, Any] = {
    "case_id": ids,
    "status": st.sampled_from(["ok", "failed"]),
    "attempt": st.integers(1, 2**31 - 1),
    "inputs": st.dictionaries(names, nested),
    "values": st.dictionaries(st.sampled_from([variable.name for variable in VARIABLES[:3]]), st.none() | finite),
    "failure": st.none()
    | st.builds(Failure, phase=texts, cause=texts, message=texts, exit_code=st.none() | int64, log_tail=texts),
    "provenance": st.fixed_dictionaries(
        {},
        optional={
            "host": texts,
            "started": texts,
            "process": int64,
            "ranks": int64,
            "resumed": st.booleans(),
        },
    ),
}
zips = st.none() | st.builds(StoredFile, sha256=ids, size=int64)
records = st.builds(CaseRecord, **outcomes, zip=zips) | st.builds(MeasureRecord, **outcomes, measure_id=ids)
some_records = st.lists(records, min_size=1, max_size=3)


def as_written(one: CaseRecord | MeasureRecord) -> SealedRecord:
    """A record as its file holds it."""
    return sealed_record(sealed(one.model_dump(mode="json")), "a.json")


def with_what_exists(one: CaseRecord | MeasureRecord) -> CaseRecord | MeasureRecord:
    """A value that is null counts as not there."""
    told = {
        group: {name: value for name, value in getattr(one, group).items() if value is not None}
        for group in ("values", "provenance")
    }
    return one.model_copy(update=told)


@settings(max_examples=30, deadline=None)
@given(some_records)
def test_rows_give_the_records_back_and_know_that_they_are_whole(some: list[CaseRecord | MeasureRecord]) -> None:
    rows = pq.read_table(io.BytesIO(parquet_bytes(table([as_written(one) for one in some])))).to_pylist()
    assert all(map(is_whole, rows))
    assert [type(one).model_validate(record(row)) for one, row in zip(some, rows, strict=True)] == [
        with_what_exists(one) for one in some
    ]


@settings(max_examples=30, deadline=None)
@given(some_records, some_records)
def test_tables_with_other_columns_join_without_loss(
    some: list[CaseRecord | MeasureRecord], others: list[CaseRecord | MeasureRecord]
) -> None:
    both = joined([table([as_written(one) for one in part]) for part in (some, others)]).to_pylist()
    assert all(map(is_whole, both))
    assert [row["case_id"] for row in both] == [one.case_id for one in (*some, *others)]


@settings(max_examples=30, deadline=None)
@given(records, st.data())
def test_any_other_value_in_a_row_is_noticed(one: CaseRecord | MeasureRecord, data: st.DataObject) -> None:
    (row,) = table([as_written(one)]).to_pylist()
    column = data.draw(st.sampled_from(sorted(name for name, value in row.items() if value is not None)))
    value = row[column]
    if column.startswith("inputs."):
        changed = '"something else"' if value != '"something else"' else "1"
    elif isinstance(value, str):
        changed = f"{value}x"
    else:
        changed = not value if isinstance(value, bool) else -value if value else 1
    assert not is_whole({**row, column: changed})
    assert not is_whole({**row, column: None})


def test_no_records_are_an_empty_table_with_the_columns_that_say_what_a_row_is_of() -> None:
    empty = table([])
    assert empty.num_rows == 0
    assert empty.column_names == ["case_id", "measure_id", "status", "attempt", "seal"]


def test_what_is_sealed_and_no_record_is_refused_by_name() -> None:
    content = {"case_id": "a", "status": "ok", "attempt": 1}
    for strange in ({**content, "mood": "good"}, {**content, "values": {"steps": "many"}}, {"case_id": "a"}):
        with pytest.raises(StoreError, match=r"a\.json is no record: .*ssbflow check"):
            sealed_record(sealed(strange), "a.json")

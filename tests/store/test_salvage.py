from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.inputs.identity import identity
from ssbflow.store.flat import is_whole, sealed_record, table
from ssbflow.store.ledger import parquet_bytes
from ssbflow.store.records import CaseRecord, Failure, MeasureRecord, StoredFile
from ssbflow.store.salvage import Salvage, salvage
from ssbflow.store.sealed import sealed


def records() -> Iterator[CaseRecord | MeasureRecord]:
    for seed in range(20):
        inputs = {"physics_version": 3, "protocol": {"release": None}, "seed": seed}
        about = {"case_id": identity(inputs), "attempt": 1}
        stored = StoredFile(sha256=f"{seed:064x}", size=seed)
        yield CaseRecord(
            **about, status="ok", inputs=inputs, values={"steps": 1.5 * seed, "force_se": None}, zip=stored
        )
        inputs = {"measure_version": 2, "analysis": {"overlap_criterion": 1.0}, "materials": {}}
        failure = Failure(phase="measure", cause="x", message=f"no {seed}") if seed % 5 == 0 else None
        status = "failed" if failure else "ok"
        values = {} if failure else {"porosity": seed / 7}
        yield MeasureRecord(
            **about, measure_id=identity(inputs), inputs=inputs, status=status, values=values, failure=failure
        )


RECORDS = [sealed_record(sealed(record.model_dump(mode="json")), "a.json") for record in records()]
SEGMENT = parquet_bytes(table(RECORDS))
SEALS = {record.seal for record in RECORDS}
KEYS = {(record.measure_id or "", record.case_id) for record in RECORDS}


def salvaged(folder: Path, content: bytes) -> Salvage:
    path = folder / "seg-000001.parquet"
    path.write_bytes(content)
    return salvage(path)


def seals(found: Salvage) -> list[str]:
    texts: list[str] = found.rows["seal"].to_pylist()
    return texts


def test_a_whole_segment_is_salvaged_whole(tmp_path: Path) -> None:
    found = salvaged(tmp_path, SEGMENT)
    assert (set(seals(found)), len(found.rows), found.lost, found.nameless) == (SEALS, len(RECORDS), [], 0)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SEGMENT) - 1), st.integers(1, 255))
def test_whatever_byte_changes_no_row_is_made_up_and_none_is_forgotten(
    tmp_path_factory: pytest.TempPathFactory, at: int, bits: int
) -> None:
    harmed = bytearray(SEGMENT)
    harmed[at] ^= bits
    found = salvaged(tmp_path_factory.mktemp("segment"), bytes(harmed))
    assert set(seals(found)) <= SEALS
    assert all(is_whole(one) for one in found.rows.to_pylist())
    if not found.nameless:
        assert set(found.lost) <= KEYS
        assert len(found.rows) + len(found.lost) == len(RECORDS)


@pytest.mark.parametrize("column", ["case_id", "seal"])
def test_a_column_that_follows_from_others_loses_no_simulation(tmp_path: Path, column: str) -> None:
    group = pq.ParquetFile(_written(tmp_path)).metadata.row_group(0)
    (at,) = [group.column(i) for i in range(group.num_columns) if group.column(i).path_in_schema == column]
    harmed = bytearray(SEGMENT)
    harmed[at.data_page_offset + at.total_compressed_size // 2] ^= 1
    found = salvaged(tmp_path, bytes(harmed))
    simulations = {record.seal for record in RECORDS if record.measure_id is None}
    assert simulations <= set(seals(found))


def test_a_damaged_column_of_numbers_loses_only_rows_that_have_them_and_names_these(tmp_path: Path) -> None:
    group = pq.ParquetFile(_written(tmp_path)).metadata.row_group(0)
    (at,) = [group.column(i) for i in range(group.num_columns) if group.column(i).path_in_schema == "values.porosity"]
    harmed = bytearray(SEGMENT)
    harmed[at.data_page_offset + at.total_compressed_size // 2] ^= 1
    found = salvaged(tmp_path, bytes(harmed))
    gone = {(record.measure_id, record.case_id) for record in RECORDS if "porosity" in record.values}
    assert (set(found.lost), found.nameless) == (gone, 0)
    assert len(found.rows) == len(RECORDS) - len(gone)


def test_nothing_is_known_of_what_is_no_segment(tmp_path: Path) -> None:
    assert salvaged(tmp_path, b"").nameless == 1
    assert salvage(tmp_path / "gone.parquet").nameless == 1


def _written(folder: Path) -> Path:
    path = folder / "whole.parquet"
    path.write_bytes(SEGMENT)
    return path

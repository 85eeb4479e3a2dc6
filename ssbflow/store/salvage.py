"""What can be read of a segment of the ledger, also of a damaged one: row by row, each with its seal."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ssbflow.errors import StoreError
from ssbflow.inputs.identity import ID_DIGITS, identity
from ssbflow.store.check_records import record_problem
from ssbflow.store.flat import joined, record, sealed_record, table
from ssbflow.store.sealed import seal_of, sealed


@dataclass
class Salvage:
    """What a segment gave.

    Parameters
    ----------
    rows : pyarrow.Table
        Those that are whole.
    lost : list of (str, str)
        Measure id (empty: a simulation) and case id of the others, where these can be read.
    nameless : int
        How many others there were; at least one where nothing of the segment could be read.
    """

    rows: pa.Table = field(default_factory=lambda: table([]))
    lost: list[tuple[str, str]] = field(default_factory=list)
    nameless: int = 0


def salvage(path: Path) -> Salvage:
    """Return the rows of a segment that are still what was sealed, and whose the others were."""
    found, whole = Salvage(), []
    try:
        for row, content in rows_of(path):
            if content:
                whole.append(sealed_record(sealed(content), path))
            elif key := _key(row):
                found.lost.append(key)
            else:
                found.nameless += 1
    except (StoreError, FileNotFoundError):
        found.nameless += 1
    found.rows = joined([found.rows, table(whole)])
    return found


def rows_of(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Yield every row of a segment as far as it can be read, and its record if that is whole.

    Raises
    ------
    StoreError
        Nothing can be read.
    FileNotFoundError
        It was merged into another meanwhile.
    """
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except FileNotFoundError:
        raise
    except Exception as error:  # whatever a damaged footer brings about
        raise StoreError(f"{path} is damaged: {error}") from error
    with file:
        for group in range(file.num_row_groups):
            yield from _rows_of_group(file, group)


def _rows_of_group(file: pq.ParquetFile, group: int) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    unreadable: set[str] = set()
    try:
        rows = file.read_row_group(group).to_pylist()
    except Exception:  # a page with a wrong checksum, or that is no page any more
        columns = {name: _column(file, group, name) for name in file.schema_arrow.names}
        unreadable = {name for name, values in columns.items() if values is None}
        count = file.metadata.row_group(group).num_rows
        whole = {name: values for name, values in columns.items() if values is not None and len(values) == count}
        rows = [dict.fromkeys(columns) | {name: values[at] for name, values in whole.items()} for at in range(count)]
    for row in rows:
        yield _judged(row, unreadable)


def _column(file: pq.ParquetFile, group: int, name: str) -> list[Any] | None:
    try:
        values: list[Any] = file.read_row_group(group, columns=[name])[name].to_pylist()
    except Exception:
        return None
    return values


def _judged(row: dict[str, Any], unreadable: set[str]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    try:
        completed = _completed(row, unreadable) if unreadable else row
        content = record(completed)
        is_whole = completed["seal"] == seal_of(content) and not record_problem(content)
    except (ValueError, KeyError, TypeError, AttributeError):
        return row, None
    return completed, content if is_whole else None


def _completed(row: dict[str, Any], unreadable: set[str]) -> dict[str, Any]:
    """Fill in what follows from the rest: ids are hashes of inputs, a seal is one of everything."""
    inputs = record(row)["inputs"]
    if "measure_id" in unreadable and "measure_version" in inputs:
        row = {**row, "measure_id": identity(inputs)}
    if "case_id" in unreadable and "seed" in inputs:
        row = {**row, "case_id": identity(inputs)}
    if unreadable == {"seal"}:  # the checksums of all other pages are right
        row = {**row, "seal": seal_of(record(row))}
    return row


def _key(row: dict[str, Any]) -> tuple[str, str] | None:
    case_id, measure_id = row.get("case_id") or "", row.get("measure_id") or ""
    is_known = len(case_id) == ID_DIGITS and (measure_id or row.get("inputs.seed"))
    return (measure_id, case_id) if is_known else None

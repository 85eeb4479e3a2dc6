"""The ledger: records that were compacted into sorted parquet segments, which never change."""

import hashlib
import io
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ssbflow.errors import StoreError
from ssbflow.inputs.identity import ID_DIGITS
from ssbflow.store.durable import write_durably
from ssbflow.store.flat import joined
from ssbflow.store.layout import Store

ROWS_PER_GROUP = 16_384  # what is read to look one record up
SMALL_ROWS = 200_000  # segments below it are merged: bounds the memory that this takes
SMALL_SEGMENTS = 16  # are let stand
OLDEST_FORMAT = "2.6"
NO_MEASURE = "0" * ID_DIGITS  # stands for "a simulation" in keys
SIMULATIONS = pc.field("measure_id").is_null()
MEASUREMENTS = pc.field("measure_id").is_valid()

Read = TypeVar("Read")


def segments(store: Store) -> list[Path]:
    """Return the segments of a store's ledger, the oldest first."""
    return sorted(store.ledger.glob("seg-??????.parquet"))


def read_ledger(store: Store, columns: Sequence[str], wanted: pc.Expression) -> list[pa.Table]:
    """Return some columns of the ledger, a table for each segment that has fitting rows; the newest first.

    Parameters
    ----------
    store : Store
    columns : sequence of str
        Those that a segment has of them.
    wanted : pyarrow.compute.Expression
        Of rows.
    """

    def read() -> list[pa.Table]:
        return [_columns(path, columns, wanted) for path in reversed(segments(store))]

    return [table for table in _patiently(read) if table.num_rows]


def find_in_ledger(store: Store, case_id: str, measure_id: str | None) -> dict[str, Any] | None:
    """Return the row of the latest attempt at a case or at a measurement; None where the ledger has none."""

    def find() -> list[dict[str, Any]]:
        rows = (_row(path, f"{measure_id or NO_MEASURE}{case_id}") for path in segments(store))
        return [row for row in rows if row is not None]

    return max(_patiently(find), key=lambda row: int(row["attempt"]), default=None)


def write_segment(store: Store, table: pa.Table) -> Path:
    """Write rows as a new segment, durably: sorted by measure and case, every page with its checksum."""
    number = 1 + max((int(path.stem[4:]) for path in segments(store)), default=0)
    path = store.ledger / f"seg-{number:06d}.parquet"
    write_durably(path, parquet_bytes(table.sort_by([("measure_id", "ascending"), ("case_id", "ascending")])))
    return path


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as a parquet file."""
    buffer = io.BytesIO()
    texts = [field.name for field in table.schema if field.type == pa.string()]
    pq.write_table(
        table,
        buffer,
        row_group_size=ROWS_PER_GROUP,
        version=OLDEST_FORMAT,
        compression="zstd",
        use_dictionary=[name for name in texts if name not in ("case_id", "seal", "zip.sha256")],
        write_page_checksum=True,
    )
    return buffer.getvalue()


def merge_small_segments(store: Store) -> None:
    """Join small segments once there are many: the joint one first, then the others go."""
    small = [path for path in segments(store) if pq.ParquetFile(path).metadata.num_rows < SMALL_ROWS]
    if len(small) <= SMALL_SEGMENTS:
        return
    newest_first = joined(read_segment(path) for path in reversed(small))
    write_segment(store, latest_attempts(newest_first))
    for path in small:
        path.unlink()


def read_segment(path: Path) -> pa.Table:
    """Return a whole segment.

    Raises
    ------
    StoreError
        It is damaged.
    """
    return _columns(path, pq.read_schema(path).names, pc.scalar(True))


def latest_attempts(newest_first: pa.Table) -> pa.Table:
    """Return the row of the latest attempt at each case and measurement; of equal attempts the first one stays."""
    if newest_first.num_rows == 0:
        return newest_first
    attempts = newest_first["attempt"].to_numpy()
    if attempts.max() > 1:
        newest_first = newest_first.take(np.argsort(-attempts, kind="stable"))
    keys = row_keys(newest_first)
    firsts = np.flatnonzero(pc.index_in(keys, value_set=keys).to_numpy(zero_copy_only=False) == np.arange(len(keys)))
    return newest_first if len(firsts) == len(keys) else newest_first.take(firsts)


def row_keys(table: pa.Table) -> pa.Array:
    """Return the text that names the measurement, or the simulation, of each row."""
    measure_ids = pc.fill_null(table["measure_id"], NO_MEASURE)
    keys = pc.binary_join_element_wise(measure_ids, table["case_id"], "")
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def file_digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _columns(path: Path, columns: Sequence[str], wanted: pc.Expression) -> pa.Table:
    try:
        there = set(pq.read_schema(path).names)
        kept = [name for name in columns if name in there]
        return pq.read_table(path, columns=kept, filters=wanted, page_checksum_verification=True)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _row(path: Path, key: str) -> dict[str, Any] | None:
    keys = _sorted_keys(path)
    at = int(np.searchsorted(keys, key.encode()))
    if at == len(keys) or keys[at] != key.encode():
        return None
    case_id, measure_id = key[ID_DIGITS:], key[:ID_DIGITS]
    wanted = pc.field("case_id") == case_id
    same = pc.field("measure_id").is_null() if measure_id == NO_MEASURE else pc.field("measure_id") == measure_id
    found: list[dict[str, Any]] = pq.read_table(path, filters=wanted & same).to_pylist()
    return found[0]


@lru_cache(maxsize=256)
def _sorted_keys(path: Path) -> NDArray[np.bytes_]:
    """Return the keys of a segment, sorted; kept, for a segment never changes."""
    table = _columns(path, ["measure_id", "case_id"], pc.scalar(True))
    return np.sort(np.array(row_keys(table).to_pylist(), dtype=np.bytes_))


def _patiently(read: Callable[[], Read]) -> Read:
    """Read again where a segment went away meanwhile: it was merged into a newer one."""
    while True:
        try:
            return read()
        except FileNotFoundError:
            continue


def _damaged(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path} is damaged ({error}); see: ssbflow check STORE --repair")

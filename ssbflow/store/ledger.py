"""The ledger: records that were compacted into sorted parquet segments, which never change."""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ssbflow.errors import StoreError
from ssbflow.store.durable import write_durably
from ssbflow.store.flat import WORDS, joined
from ssbflow.store.keys import KeyIndex, keys_of, row_keys
from ssbflow.store.layout import Store

ROWS_PER_GROUP = 16_384  # what is read to look one record up
SMALL_ROWS = 200_000  # segments below it are merged: bounds the memory that this takes
SMALL_SEGMENTS = 16  # are let stand
OLDEST_FORMAT = "2.6"

Read = TypeVar("Read")
Wanted = Callable[[pa.ChunkedArray], pa.ChunkedArray]
"""Which rows, by their measure ids."""


def segments(store: Store) -> list[Path]:
    """Return the segments of a store's ledger, the oldest first."""
    return sorted(store.ledger.glob("seg-??????.parquet"))


def read_ledger(store: Store, columns: Sequence[str], wanted: Wanted) -> list[pa.Table]:
    """Return some columns of the ledger, a table for each segment that has fitting rows; the newest first.

    Parameters
    ----------
    store : Store
    columns : sequence of str
        Those that a segment has of them.
    wanted : callable
        `simulations`, `measurements` or `measured_as`.
    """

    def read() -> list[pa.Table]:
        return [_fitting(path, columns, wanted) for path in reversed(segments(store))]

    return [table for table in _patiently(read) if table.num_rows]


def simulations(measure_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return which rows are of simulations, by their measure ids."""
    return pc.is_null(measure_ids)


def measurements(measure_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return which rows are of measurements."""
    return pc.is_valid(measure_ids)


def everything(measure_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return that every row is wanted."""
    return pa.chunked_array([np.ones(len(measure_ids), dtype=bool)])


def measured_as(wanted: Sequence[str]) -> Wanted:
    """Return the wish for the measurements of some identities."""
    return lambda measure_ids: pc.is_in(measure_ids.cast(pa.string()), pa.array(wanted, pa.string()))


def find_in_ledger(store: Store, case_id: str, measure_id: str | None) -> dict[str, Any] | None:
    """Return the row of the latest attempt at a case or at a measurement; None where the ledger has none."""

    def find() -> list[dict[str, Any]]:
        rows = (_row(path, case_id, measure_id) for path in segments(store))
        return [row for row in rows if row is not None]

    return max(_patiently(find), key=lambda row: int(row["attempt"]), default=None)


def write_segment(store: Store, table: pa.Table) -> Path:
    """Write rows as a new segment, durably: sorted by measure and case, every page with its checksum."""
    number = 1 + max((int(path.stem[4:]) for path in segments(store)), default=0)
    path = store.ledger / f"seg-{number:06d}.parquet"
    names = pa.table({name: table[name].cast(pa.string()) for name in ("measure_id", "case_id")})
    order = pc.sort_indices(names, [("measure_id", "ascending"), ("case_id", "ascending")])
    write_durably(path, parquet_bytes(table.take(order)))
    return path


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as a parquet file."""
    buffer = io.BytesIO()
    texts = [field.name for field in table.schema if field.type in (pa.string(), WORDS)]
    pq.write_table(
        table,
        buffer,
        row_group_size=ROWS_PER_GROUP,
        version=OLDEST_FORMAT,
        compression={name: "zstd" if name in texts else "none" for name in table.column_names},  # numbers are dense
        use_dictionary=[field.name for field in table.schema if field.type == WORDS],
        write_page_checksum=True,
    )
    return buffer.getvalue()


def merge_small_segments(store: Store) -> None:
    """Join small segments once there are many: the joint one first, then the others go."""
    small = [path for path in segments(store) if _row_count(path) < SMALL_ROWS]
    if len(small) <= SMALL_SEGMENTS:
        return
    newest_first = joined(read_segment(path) for path in reversed(small))
    write_segment(store, latest_attempts(newest_first))
    for path in small:
        path.unlink()


def read_segment(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a whole segment, or some of its columns.

    Raises
    ------
    StoreError
        It is damaged.
    """
    return _fitting(path, columns, everything)


def latest_first(newest_first: pa.Table) -> pa.Table:
    """Return rows with later attempts before earlier ones; equal ones stay in their order."""
    if not newest_first.num_rows or pc.max(newest_first["attempt"]).as_py() == 1:
        return newest_first
    return newest_first.take(np.argsort(-newest_first["attempt"].to_numpy(), kind="stable"))


def latest_attempts(newest_first: pa.Table) -> pa.Table:
    """Return the row of the latest attempt at each case and measurement; of equal attempts the first one stays."""
    ordered = latest_first(newest_first)
    firsts = KeyIndex(row_keys(ordered)).firsts
    return ordered if len(firsts) == ordered.num_rows else ordered.take(firsts)


def file_digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fitting(path: Path, columns: Sequence[str] | None, wanted: Wanted) -> pa.Table:
    """Return some columns of the rows that fit; only the row groups that hold any are read."""
    with _opened(path) as file:
        fits = wanted(file.read(["measure_id"])["measure_id"]).to_numpy()
        groups = np.unique(np.flatnonzero(fits) // ROWS_PER_GROUP)
        there = file.schema_arrow.names
        kept = there if columns is None else [name for name in columns if name in there]
        table = file.read_row_groups(groups.tolist(), columns=kept)
    inside = np.concatenate([fits[:0], *(fits[at * ROWS_PER_GROUP : (at + 1) * ROWS_PER_GROUP] for at in groups)])
    return table if inside.all() else table.filter(pa.array(inside))


def _row(path: Path, case_id: str, measure_id: str | None) -> dict[str, Any] | None:
    key = keys_of(pa.array([case_id])) ^ keys_of(pa.array([measure_id], pa.string()))
    about = path.stat()
    (at,) = _index(path, about.st_size, about.st_mtime_ns).find(key)
    if at < 0:
        return None
    group, row = divmod(int(at), ROWS_PER_GROUP)
    with _opened(path) as file:
        (found,) = file.read_row_group(group).slice(row, 1).to_pylist()
    return dict(found)


def _row_count(path: Path) -> int:
    with _opened(path) as file:
        return int(file.metadata.num_rows)


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    """Open a segment, its pages compared with their checksums; what cannot be read is damaged."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield file
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} is damaged ({error}); see: ssbflow check STORE --repair") from error


@lru_cache(maxsize=256)
def _index(path: Path, _size: int, _written: int) -> KeyIndex:
    """Return where each key stands in a segment; kept, for a segment never changes: another under its name differs."""
    return KeyIndex(row_keys(read_segment(path, ["measure_id", "case_id"])))


def _patiently(read: Callable[[], Read]) -> Read:
    """Read again where a segment went away meanwhile: it was merged into a newer one."""
    while True:
        try:
            return read()
        except FileNotFoundError:
            continue

"""Loose records: those that lie as files of their own, not yet in the ledger."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from ssbflow.errors import StoreError
from ssbflow.store.flat import joined, table
from ssbflow.store.layout import Store
from ssbflow.store.sealed import with_seal

log = logging.getLogger("ssbflow")

BATCH = 5_000


@dataclass(frozen=True)
class LooseRecords:
    """Record files and what they hold, as rows of the ledger.

    Parameters
    ----------
    paths : tuple of Path
    rows : pyarrow.Table
        One for each path.
    """

    paths: tuple[Path, ...]
    rows: pa.Table


def read_loose(folders: Iterable[Path]) -> LooseRecords:
    """Return all records under some folders; damaged ones are told of and left for `ssbflow check`."""
    paths: list[Path] = []
    tables, damaged = [table([])], 0
    for some in _batches(record_files(folders)):
        contents = []
        for path in some:
            try:
                contents.append(with_seal(path.read_bytes(), path))
            except FileNotFoundError:
                continue  # in the ledger since we looked
            except (StoreError, OSError):
                damaged += 1
                continue
            paths.append(path)
        tables.append(table(contents))
    if damaged:
        log.warning("%d damaged records count as not there; run: ssbflow check STORE", damaged)
    return LooseRecords(tuple(paths), joined(tables).unify_dictionaries())


def _batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    """Yield paths some at a time: in Python, records take a hundred times the memory of a table of them."""
    while some := list(islice(paths, BATCH)):
        yield some


def record_files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the record files under some folders: in each, folders named by the first two digits of the case ids."""
    for folder in folders:
        for path in sorted(folder.glob("??/*.json")):
            if not path.name.startswith("."):
                yield path


def measure_folders(store: Store, measure_ids: Iterable[str] | None = None) -> list[Path]:
    """Return where measurements leave their records: those of some analyses, or of all."""
    if measure_ids is None:
        return sorted(path for path in store.measures.glob("*") if path.is_dir())
    return [store.measures / measure_id for measure_id in measure_ids]

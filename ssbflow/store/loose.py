"""Loose records: those that lie as files of their own, not yet in the ledger."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ssbflow.errors import StoreError
from ssbflow.store.flat import table
from ssbflow.store.layout import Store
from ssbflow.store.sealed import with_seal

log = logging.getLogger("ssbflow")


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
    paths, contents, damaged = [], [], 0
    for path in record_files(folders):
        try:
            content = with_seal(path.read_bytes(), path)
        except FileNotFoundError:
            continue  # in the ledger since we looked
        except (StoreError, OSError):
            damaged += 1
            continue
        paths.append(path)
        contents.append(content)
    if damaged:
        log.warning("%d damaged records count as not there; run: ssbflow check STORE", damaged)
    return LooseRecords(tuple(paths), table(contents))


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

"""Migration: a store of the first schema becomes one of today's.

The first schema sealed nothing, kept each sweep once, and let a later attempt take the place of an earlier one.
"""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ssbflow.errors import StoreError
from ssbflow.store.current import Current, Version
from ssbflow.store.durable import file_system_time, write_durably
from ssbflow.store.layout import SCHEMA_VERSION, Store
from ssbflow.store.locks import locked
from ssbflow.store.loose import measure_folders, record_files
from ssbflow.store.publish import publish
from ssbflow.store.rebuilding import cube_of_version
from ssbflow.store.records import CaseRecord, MeasureRecord, attempt_path, record_from, write_record
from ssbflow.store.sealed import unsealed
from ssbflow.store.sweeps import Description, describe, described_with, read_sweep, write_description
from ssbflow.store.versions import tree_digest
from ssbflow.store.zip_record import zip_sizes

FIRST = 1
THREADS = 16  # writing durably is waiting

Watch = Callable[[Iterable[bool], str, int], Iterable[bool]]
"""Shows how far an iterable came: what it is, and how many there are."""


@dataclass(frozen=True)
class Migrated:
    """What a migration found.

    Parameters
    ----------
    was : int
        Schema version before; today's says that nothing was done.
    records, unreadable : int
        Record files, and those among them that could not be read and were left for a check.
    """

    was: int
    records: int = 0
    unreadable: int = 0


def _unwatched(done: Iterable[bool], what: str, total: int) -> Iterable[bool]:  # noqa: ARG001
    return done


def migrate(store: Store, watch: Watch = _unwatched) -> Migrated:
    """Bring a store to today's schema, in place, and publish it.

    ``store.json`` is written last: a migration that was killed is run again. Case files and versions stay as they are.

    Parameters
    ----------
    store : Store
    watch : callable, optional
        As `Watch`.

    Raises
    ------
    StoreError
        There is no store here, it is damaged, of a newer schema, or it cannot be written.
    """
    if _first_description(store) is None:
        return Migrated(SCHEMA_VERSION)
    with locked(store.lock):
        description = _first_description(store)
        if description is None:  # another has done it meanwhile
            return Migrated(SCHEMA_VERSION)
        paths = list(record_files([store.records, *measure_folders(store)]))
        with ThreadPoolExecutor(THREADS) as threads:
            sealed_well = list(watch(threads.map(lambda path: _seal(store, path), paths), "records", len(paths)))
        files = [f"{name}.json" for name in description["sweeps"]]
        for file in files:
            write_durably(store.sweep_copies / file, (store.sweeps / file).read_bytes())
        _list_versions(store)
        _describe(store, description["created"], files)
    publish(store)
    return Migrated(FIRST, len(paths), sealed_well.count(False))


def _first_description(store: Store) -> dict[str, Any] | None:
    """Return what ``store.json`` says in a store of the first schema; None in one of today's."""
    try:
        content: dict[str, Any] = json.loads(store.description.read_bytes())
        is_first = content["schema_version"] == FIRST and "seal" not in content
    except (OSError, ValueError, KeyError, TypeError):
        is_first = False
    if is_first:
        return content
    describe(store)  # says what is wrong, if anything
    return None


def _seal(store: Store, path: Path) -> bool:
    """Write a record anew, sealed, under the name of its attempt; return whether it could be read."""
    text = path.read_bytes()
    try:
        unsealed(text, path)
    except StoreError:
        return _seal_first(store, path, text)
    return True  # by a migration that was killed


def _seal_first(store: Store, path: Path, text: bytes) -> bool:
    try:
        content = json.loads(text)
        record: CaseRecord | MeasureRecord
        if path.is_relative_to(store.measures):
            record = record_from(content, MeasureRecord, path)
        else:
            record = _with_sizes(store, record_from(content, CaseRecord, path))
    except (StoreError, ValueError):
        return False
    write_record(path, record)
    if attempt_path(path, record.attempt) != path:
        path.unlink()
    return True


def _with_sizes(store: Store, record: CaseRecord) -> CaseRecord:
    """Return a record that tells how much its case file holds."""
    if record.zip is None:
        return record
    try:
        sizes = zip_sizes(store.case_zip(record.case_id))
    except StoreError:
        return record  # a check finds the case file damaged; simulated again, the case has them
    return record.model_copy(update={"values": {**record.values, **sizes}})


def _list_versions(store: Store) -> None:
    """Write ``current.json`` with every version that there is."""
    try:
        Current.read(store)
    except StoreError:
        names = json.loads(store.current.read_bytes())
        newest, now = set(names["cubes"].values()), file_system_time(store.versions)
        versions = {
            path.name: Version(
                cube=cube_of_version(path),
                content="",
                sha256=tree_digest(path, 0),
                chunk_keys=0,
                superseded_at=None if path.name in newest else now,
            )
            for path in sorted(store.versions.glob("v??????.zarr"))
        }
        Current(**names, versions=versions).write(store)


def _describe(store: Store, created: str, files: list[str]) -> None:
    """Write ``store.json``: from now on the store is one of today's."""
    description = Description(created=created)
    for file in files:
        description = described_with(description, read_sweep(store.sweeps / file), file)
    write_description(store, description)

"""Checking what is published: ``current.json``, versions, links, the table of cases, and the cubes against the records.

A publisher may be at work: what seems wrong then is looked at again.
"""

import time
from pathlib import Path

from ssbflow.store.check_lost import check_against_records
from ssbflow.store.current import Current
from ssbflow.store.findings import Finding, Kind
from ssbflow.store.layout import Store, parity_file
from ssbflow.store.ledger import file_digest, segments
from ssbflow.store.locks import is_locked
from ssbflow.store.sealed import unsealed
from ssbflow.store.sweeps import Description
from ssbflow.store.versions import tree_digest

LOOKS = 10  # at what a publisher is changing
PAUSE_S = 1.0


def check_published(store: Store, description: Description | None) -> list[Finding]:
    """Return what is wrong with what is published; no lock is held meanwhile."""
    for look in range(LOOKS):
        if look:
            time.sleep(PAUSE_S)
        before, is_at_work = _text(store), is_locked(store.lock)
        current, findings = read_checked_current(store)
        if current is not None:
            findings += _check_current(store, current, description)
        if not findings or not (is_at_work or is_locked(store.lock) or _text(store) != before):
            break
    return findings


def read_checked_current(store: Store) -> tuple[Current | None, list[Finding]]:
    """Return ``current.json``, if it can be believed, and what is wrong with it."""
    try:
        current = Current.model_validate(unsealed(store.current.read_bytes(), store.current))
    except FileNotFoundError:
        if not list(store.versions.glob("v??????.zarr")):
            return Current(), []
        return None, [Finding(store.current, Kind.CURRENT, "is missing")]
    except (OSError, ValueError):
        return None, [Finding(store.current, Kind.CURRENT, "is damaged")]
    return current, []


def _check_current(store: Store, current: Current, description: Description | None) -> list[Finding]:
    findings = [*_check_versions(store, current), *_check_links(store, current), *_check_listed_files(store, current)]
    damaged = {finding.path.name for finding in findings}
    whole = {cube: version for cube, version in current.cubes.items() if version not in damaged}
    if description is not None and not any(finding.kind is Kind.SEGMENT for finding in findings):
        findings += check_against_records(store, current, whole)
    return findings


def _check_versions(store: Store, current: Current) -> list[Finding]:
    named, newest = {*current.cubes.values(), *current.tags.values()}, set(current.cubes.values())
    unlisted = sorted(named - set(current.versions))
    findings = [Finding(store.current, Kind.CURRENT, f"names {name} and does not list it") for name in unlisted]
    for name, version in current.versions.items():
        path = store.versions / name
        problem = _version_problem(path, version.chunk_keys, version.sha256)
        if problem:
            findings.append(Finding(path, Kind.NEWEST if name in newest else Kind.OLDER, problem))
        if version.parity is not None and _digest(parity_file(path)) != version.parity:
            findings.append(Finding(parity_file(path), Kind.PARITY, "is not what was written with its version"))
    return findings


def _version_problem(path: Path, chunk_keys: int, sha256: str) -> str:
    if not path.is_dir():
        return "is missing"
    try:
        return "" if tree_digest(path, chunk_keys) == sha256 else "has files that are not what was published"
    except OSError as error:
        return f"cannot be read: {error}"


def _check_links(store: Store, current: Current) -> list[Finding]:
    links = {store.cube_link(name): version for name, version in current.cubes.items()}
    links |= {store.tags / f"{name}.zarr": version for name, version in current.tags.items()}
    if current.default in current.cubes:
        links[store.default_cube] = current.cubes[current.default]
    return [
        Finding(link, Kind.LINK, f"does not lead to versions/{version}")
        for link, version in links.items()
        if not (link.is_symlink() and link.resolve() == (store.versions / version).resolve())
    ]


def _check_listed_files(store: Store, current: Current) -> list[Finding]:
    """Compare the table of cases, and the names of the segments, with what is listed."""
    there = {path.name for path in segments(store)}
    findings = [
        Finding(store.ledger / name, Kind.SEGMENT, "is missing") for name in current.ledger if name not in there
    ]
    findings += [
        Finding(store.ledger / name, Kind.STALE, "is not listed in current.json yet")
        for name in sorted(there - set(current.ledger))
    ]
    if current.cases is not None and _digest(store.case_table) != current.cases:
        findings.append(Finding(store.case_table, Kind.TABLE, "is not the file that current.json lists"))
    return findings


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return ""


def _text(store: Store) -> bytes:
    try:
        return store.current.read_bytes()
    except OSError:
        return b""

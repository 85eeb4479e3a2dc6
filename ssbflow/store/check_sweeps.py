"""Checking what a store was asked for: ``store.json``, the sweeps and their copies."""

import json
from pathlib import Path

from ssbflow.errors import InputError, StoreError
from ssbflow.store.findings import Finding, Kind
from ssbflow.store.layout import Store
from ssbflow.store.sealed import unsealed
from ssbflow.store.sweeps import Description, check_schema, describe, read_sweep


def check_description(store: Store) -> tuple[Description | None, list[Finding]]:
    """Return what ``store.json`` says, if it can be believed, and what is wrong with it.

    Raises
    ------
    StoreError
        There is no store here, or it is of another schema version.
    """
    try:
        text = store.description.read_bytes()
    except FileNotFoundError:
        if not sweep_files(store):
            describe(store)  # says that there is no store
        return None, [Finding(store.description, Kind.DESCRIPTION, "is missing")]
    if not _has_seal(text):
        check_schema(store, text)  # the first schema had no seals; with one, the version may be what is damaged
    try:
        content = unsealed(text, store.description)
        description = Description.model_validate(content)
    except (StoreError, ValueError):
        return None, [Finding(store.description, Kind.DESCRIPTION, "is damaged")]
    check_schema(store, text)
    return description, []


def check_sweeps(store: Store, description: Description | None) -> list[Finding]:
    """Return the sweeps and copies that are missing or damaged; those in neither list nor store.json are strays."""
    names = [entry.file for entry in description.sweeps] if description else sweep_files(store)
    return [finding for name in names for finding in _check_sweep(store, name)]


def sweep_files(store: Store) -> list[str]:
    """Return the names of all sweeps that lie in a store, as originals or as copies."""
    folders = (store.sweeps, store.sweep_copies)
    return sorted({path.name for folder in folders for path in folder.glob("*.json") if path.name[0] != "."})


def whole_sweep(store: Store, name: str) -> Path | None:
    """Return where a sweep lies whole: in its file, or as a copy."""
    paths = [folder / name for folder in (store.sweeps, store.sweep_copies)]
    return next((path for path in paths if not _problem(path)), None)


def _check_sweep(store: Store, name: str) -> list[Finding]:
    paths = [folder / name for folder in (store.sweeps, store.sweep_copies)]
    problems = {path: _problem(path) for path in paths}
    if not any(problems.values()) and len({path.read_bytes() for path in paths}) > 1:
        problems |= dict.fromkeys(_written_otherwise(paths), "differs from its copy in how it is written")
    return [Finding(path, Kind.SWEEP, problem) for path, problem in problems.items() if problem]


def _problem(path: Path) -> str:
    try:
        read_sweep(path)
    except InputError as error:
        return f"is no sweep any more: {error}"
    except StoreError:
        return "is damaged" if path.exists() else "is missing"
    return ""


def _written_otherwise(paths: list[Path]) -> list[Path]:
    """Return those that are not written as ssbflow writes them; the copy, if that tells nothing."""
    as_today = [path for path in paths if path.read_bytes() == read_sweep(path).model_dump_json(indent=1).encode()]
    return [path for path in paths if path not in as_today] if as_today else paths[1:]


def _has_seal(text: bytes) -> bool:
    try:
        return "seal" in json.loads(text)
    except (ValueError, TypeError):
        return False

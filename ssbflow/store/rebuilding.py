"""Making again what says what a store holds: ``store.json``, sweeps from their copies, ``current.json``, parities."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from ssbflow.store.check_sweeps import sweep_files, whole_sweep
from ssbflow.store.current import Current, Version
from ssbflow.store.durable import file_system_time, write_durably
from ssbflow.store.layout import Store, parity_file
from ssbflow.store.ledger import file_digest, segments
from ssbflow.store.parity import parity_of
from ssbflow.store.sweeps import Description, described_with, read_sweep, write_description
from ssbflow.store.versions import CHUNK_KEYS, own_files, tree_digest

METADATA = "zarr.json"


def rebuild_sweep(store: Store, name: str) -> bool:
    """Write a sweep where it is missing, from its other copy; return whether there is one that is whole."""
    whole = whole_sweep(store, name)
    if whole is None:
        return False
    for folder in (store.sweeps, store.sweep_copies):
        if not (folder / name).exists():
            write_durably(folder / name, whole.read_bytes())
    return True


def rebuild_description(store: Store) -> bool:
    """Write ``store.json`` from the sweeps that there are, in the order in which they were written."""
    whole = [path for path in (whole_sweep(store, name) for name in sweep_files(store)) if path]
    if not whole:
        return False
    whole.sort(key=lambda path: path.stat().st_mtime_ns)
    created = datetime.fromtimestamp(whole[0].stat().st_mtime, UTC).isoformat()
    description = Description(created=created)
    for path in whole:
        description = described_with(description, read_sweep(path), path.name)
    write_description(store, description)
    return True


def rebuilt_current(store: Store) -> Current:
    """Return what links, versions and ledger say themselves.

    What each version says is not known, so that the next publish writes new ones.
    """
    versions = {path.name: version for path in sorted(store.versions.glob("v??????.zarr")) if (version := _told(path))}
    newest = {version.cube: name for name, version in versions.items()}
    linked = _linked(store.cubes.glob("*.zarr"), versions)
    cubes = newest | {name: version for name, version in linked.items() if versions[version].cube == name}
    now = file_system_time(store.versions) if versions else 0.0
    superseded = {name: about.model_copy(update={"superseded_at": now}) for name, about in versions.items()}
    default = _linked([store.default_cube], versions).get("cube")
    return Current(
        default=versions[default].cube if default else None,
        cubes=cubes,
        tags=_linked(store.tags.glob("*.zarr"), versions),
        versions=superseded | {name: versions[name] for name in cubes.values()},
        ledger={path.name: file_digest(path) for path in segments(store)},
    )


def rebuild_parity(store: Store, current: Current, name: str) -> Current:
    """Write the parity of a version that is whole; return what is current then."""
    path, about = store.versions / name, current.versions[name]
    parity = parity_of(path, own_files(path, about.chunk_keys))
    write_durably(parity_file(path), parity.to_bytes())
    told = about.model_copy(update={"parity": file_digest(parity_file(path))})
    return current.model_copy(update={"versions": {**current.versions, name: told}})


def cube_of_version(path: Path) -> str:
    """Return the name of the cube that a version is of; those of the first schema have it in their title only."""
    attributes = json.loads((path / METADATA).read_bytes())["attributes"]
    return str(attributes.get("cube") or attributes["title"].removeprefix("ssbflow cube "))


def _told(path: Path) -> Version | None:
    """Return what a version says of itself; None where it cannot be read."""
    try:
        naming = json.loads((path / "status" / METADATA).read_bytes())["chunk_key_encoding"]
        names = {"name": naming["name"], **naming.get("configuration", {})}
        keys = CHUNK_KEYS.index(names)
        parity = file_digest(parity_file(path)) if parity_file(path).exists() else None
        sha256 = tree_digest(path, keys)
        return Version(cube=cube_of_version(path), content="", sha256=sha256, chunk_keys=keys, parity=parity)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _linked(links: Iterable[Path], versions: dict[str, Version]) -> dict[str, str]:
    """Return the names of links that lead to a known version."""
    found = {}
    for link in links:
        if link.is_symlink() and link.resolve().name in versions:
            found[link.name.removesuffix(".zarr")] = link.resolve().name
    return found

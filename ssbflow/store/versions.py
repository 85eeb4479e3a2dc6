"""Versions of cubes: written whole, never changed, kept as long as somebody may read them."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ssbflow.inputs.identity import canonical_json
from ssbflow.store.cube import cube_encoding
from ssbflow.store.current import Current, Version
from ssbflow.store.durable import file_system_time, sync_folder, sync_tree, told_clearly, write_durably
from ssbflow.store.layout import Store, parity_file
from ssbflow.store.ledger import file_digest
from ssbflow.store.parity import Parity
from ssbflow.store.pins import unless_pinned
from ssbflow.store.zarr_files import zarr_files

KEEP_VERSIONS = 3  # of each cube
KEEP_S = 24 * 3600.0  # after a newer one took its place: so long may a plain reader hold it
CHUNK_KEYS = (
    {"name": "default", "separator": "/"},
    {"name": "default", "separator": "."},
    {"name": "v2", "separator": "."},
)
"""Ways of naming chunks that the Zarr specification allows."""


def content_digest(dataset: xr.Dataset) -> str:
    """Return a hash of what a cube says: everything but when it was published."""
    attributes = {name: value for name, value in dataset.attrs.items() if name != "history"}
    names = sorted(map(str, dataset.variables))
    with ThreadPoolExecutor() as pool:
        digests = pool.map(lambda name: _variable_digest(dataset.variables[name]), names)
    told = canonical_json([attributes, dict(zip(names, digests, strict=True))])
    return hashlib.sha256(told.encode()).hexdigest()


def _variable_digest(variable: xr.Variable) -> str:
    values = variable.values
    texts = values.dtype.kind in "OT"
    content = "\0".join(values.ravel().tolist()).encode() if texts else np.ascontiguousarray(values).data
    digest = hashlib.sha256(content)
    digest.update(f"{variable.dims}{variable.shape}{sorted(map(str, variable.attrs.items()))}".encode())
    return digest.hexdigest()


def write_version(store: Store, current: Current, cube: str, dataset: xr.Dataset) -> Current:
    """Write a cube as a new version, unless it says what the newest says; return what is current then.

    It is written under a temporary name, made durable, and given its name last.
    """
    content, newest = content_digest(dataset), current.cubes.get(cube)
    before = current.versions.get(newest or "")
    if before is not None and before.content == content and (store.versions / str(newest)).exists():
        return current
    with told_clearly(store.versions):
        store.versions.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.name[1:7]) for path in store.versions.glob("v??????.zarr")]
        numbers += [int(name[1:7]) for name in current.versions]
        path = store.versions / f"v{1 + max(numbers, default=0):06d}.zarr"
        temporary = store.versions / f".tmp-{path.name[1:7]}"
        keys = 0 if before is None else (before.chunk_keys + 1) % len(CHUNK_KEYS)
        parity = _write(temporary, dataset, keys)
        for older, its_keys in _predecessors(store, current, cube, keys):
            carry_over(older, its_keys, temporary)
        sync_tree(temporary)
        write_durably(parity_file(path), parity_bytes := parity.to_bytes())
        temporary.rename(path)
        sync_folder(store.versions)
        now = file_system_time(store.versions)
    version = Version(
        cube=cube, content=content, sha256=_digest({name: file.sha256 for name, file in parity.files.items()}),
        chunk_keys=keys, parity=hashlib.sha256(parity_bytes).hexdigest(),
    )  # fmt: skip
    return current.with_version(path.name, version, now)


def carry_over(older: Path, keys: int, fresh: Path) -> None:
    """Give a fresh version the chunks of an older one too, under the names that they have there, as hard links.

    Who opened a cube through a link, and reads on while the link moves, has the older version's metadata: he finds its
    chunks, not a mixture. Names of chunks go round, so it holds for the last two versions.
    """
    for path in _chunks(older, keys):
        array, target = path.relative_to(older).parts[0], fresh / path.relative_to(older)
        if not (fresh / array).is_dir():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except FileExistsError:
            raise  # never over a chunk, which may be another version's too
        except OSError:
            shutil.copyfile(path, target)  # a file system without hard links


def tree_digest(folder: Path, keys: int) -> str:
    """Return a hash of a version's own files: its metadata and chunks, not those carried over."""
    names = own_files(folder, keys)
    with ThreadPoolExecutor() as pool:
        digests = pool.map(file_digest, (folder / name for name in names))
    return _digest(dict(zip(names, digests, strict=True)))


def own_files(folder: Path, keys: int) -> list[str]:
    """Return the paths, in a version, of its own files: those that are not carried over."""
    return [str(path.relative_to(folder)) for path in sorted({*folder.rglob("zarr.json"), *_chunks(folder, keys)})]


def _digest(digests: dict[str, str]) -> str:
    lines = (f"{name} {digests[name]}\n" for name in sorted(digests, key=Path))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _chunks(folder: Path, keys: int) -> Iterator[Path]:
    """Yield the chunks that are named in one of the ways: c/0/0/0, c.0.0.0 or 0.0.0."""
    patterns = ("*/c/**/*", "*/c.*", "*/[0-9]*")
    for path in folder.glob(patterns[keys]):
        if path.is_file():
            yield path


def remove_old_versions(store: Store, current: Current, keep: int, keep_s: float) -> Current:
    """Remove versions that nothing names, that nobody holds, and that were superseded long enough ago."""
    now = file_system_time(store.versions)
    named = {*current.cubes.values(), *current.tags.values()}
    versions = dict(current.versions)
    for name, version in current.versions.items():
        newer = sum(other > name for other, about in current.versions.items() if about.cube == version.cube)
        superseded = version.superseded_at
        if name in named or newer < keep or superseded is None or now - superseded < keep_s:
            continue
        if unless_pinned(store.versions / name, _remove):
            del versions[name]
    return current.model_copy(update={"versions": versions})


def remove_leftovers(store: Store, current: Current) -> None:
    """Remove what a publisher left that was killed, and nobody ever saw: only the lock's holder may call it."""
    for pattern in (".tmp-*", ".old-*"):
        for path in store.versions.glob(pattern):
            shutil.rmtree(path, ignore_errors=True)
    links = [store.default_cube, *store.cubes.glob("*.zarr"), *store.tags.glob("*.zarr")]
    seen = {*current.versions, *(link.resolve().name for link in links)}
    for path in store.versions.glob("v??????.zarr"):
        if path.name not in seen:
            unless_pinned(path, _remove)
    for path in store.versions.glob("v??????.parity"):
        if not path.with_suffix(".zarr").exists():
            path.unlink()


def _remove(path: Path) -> None:
    """Take the name away in one step, then the files."""
    leaving = path.with_name(f".old-{path.name}")
    path.rename(leaving)
    parity_file(path).unlink(missing_ok=True)
    shutil.rmtree(leaving)


def _predecessors(store: Store, current: Current, cube: str, keys: int) -> list[tuple[Path, int]]:
    """Return the newest version of a cube for each way of naming chunks but one, with that way.

    They are the last two, but for those that retention removed: one that was kept by a tag or a pin may name its chunks
    as the fresh version does, or as the last one, and must not take their place.
    """
    latest = {version.chunk_keys: name for name, version in sorted(current.versions.items()) if version.cube == cube}
    return [(store.versions / name, its_keys) for its_keys, name in latest.items() if its_keys != keys]


def _write(path: Path, dataset: xr.Dataset, keys: int) -> Parity:
    """Write a cube's files; return their parity."""
    encoding: dict[str, dict[str, Any]] = cube_encoding(dataset)
    for name in dataset.variables:
        encoding.setdefault(str(name), {})["chunk_key_encoding"] = CHUNK_KEYS[keys]
    parity = Parity()
    for name, content in zarr_files(dataset, encoding).items():
        file, written = path / name, content.to_bytes()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written)
        parity.add(name, written)
    return parity

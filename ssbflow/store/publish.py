"""Publishing: whole new versions of cubes, then links; readers never see half of one."""

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import xarray as xr
from filelock import FileLock

from ssbflow.errors import SelectionError, StoreError
from ssbflow.store.cube import build_cube, cube_encoding
from ssbflow.store.durable import relink, sync_folder, sync_tree, write_durably
from ssbflow.store.grid import Grid, grids
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import stored_sweeps


def publish(
    store: Store, cubes: tuple[str, ...] | None = None, *, default: str | None = None, tag: str | None = None
) -> dict[str, Path]:
    """Publish cubes from the records that are there.

    Parameters
    ----------
    store : Store
    cubes : tuple of str, optional
        Names (protocol label, dot, analysis label); all of the store if left out.
    default : str, optional
        The cube that ``cube.zarr`` shall name from now on; the store's first until then.
    tag : str, optional
        Name under which this version of the default cube stays.

    Returns
    -------
    dict of str to Path
        Name → the new version.

    Raises
    ------
    SelectionError
        A name that is no cube of the store.
    """
    with FileLock(store.lock):
        known = grids(stored_sweeps(store))
        for name in (*(cubes or ()), *([default] if default else ())):
            _check_known(store, known, name)
        current = _current(store)
        current["default"] = default or current["default"] or next(iter(known))
        versions = {name: _write_version(store, build_cube(store, known[name])) for name in cubes or known}
        current["cubes"] |= {name: path.name for name, path in versions.items()}
        _link(store, current, versions, tag)
    return versions


def default_cube_name(store: Store) -> str:
    """Return the name of the cube that ``cube.zarr`` names.

    Raises
    ------
    StoreError
        Nothing has been published.
    """
    name = _current(store)["default"]
    if name is None:
        raise StoreError(f"{store.root} has no published cube; run a sweep into it, or: ssbflow publish {store.root}")
    return str(name)


def stored_grid(store: Store, cube: str | None = None) -> Grid:
    """Return the grid of a cube of the store; that of the default cube if no name is given.

    Raises
    ------
    SelectionError
        There is no cube of this name.
    StoreError
        There is no store here, or nothing has been published and no name is given.
    """
    known = grids(stored_sweeps(store))
    name = cube or default_cube_name(store)
    _check_known(store, known, name)
    return known[name]


def _check_known(store: Store, known: dict[str, Grid], name: str) -> None:
    if name not in known:
        raise SelectionError(f"no cube {name!r} in {store.root}; it has {', '.join(known)}")


def _write_version(store: Store, dataset: xr.Dataset) -> Path:
    """Write a version under a temporary name, make it durable, then give it its name."""
    store.versions.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(path.name[1:7]) for path in store.versions.glob("v??????.zarr")), default=0)
    path, temporary = store.versions / f"v{number:06d}.zarr", store.versions / f".tmp-{number}"
    shutil.rmtree(temporary, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Consolidated metadata")
        dataset.to_zarr(temporary, mode="w-", consolidated=True, encoding=cube_encoding(dataset))
    sync_tree(temporary)
    temporary.rename(path)
    sync_folder(store.versions)
    return path


def _current(store: Store) -> dict[str, Any]:
    if not store.current.exists():
        return {"default": None, "cubes": {}, "tags": {}}
    current: dict[str, Any] = json.loads(store.current.read_bytes())
    return current


def _link(store: Store, current: dict[str, Any], versions: dict[str, Path], tag: str | None) -> None:
    for name, path in versions.items():
        relink(store.cube_link(name), path)
    newest = current["cubes"].get(current["default"])
    if newest:
        relink(store.default_cube, store.versions / newest)
    if tag and newest:
        relink(store.tags / f"{tag}.zarr", store.versions / newest)
        current["tags"][tag] = newest
    write_durably(store.current, json.dumps(current, indent=1).encode())

"""Reading a store: cubes and cases as lazy xarray datasets."""

import os
from pathlib import Path

import xarray as xr
from dask.base import tokenize

from ssbflow.errors import InputError, SelectionError, StoreError, did_you_mean
from ssbflow.store.case_zip import open_case_zip
from ssbflow.store.current import version_name
from ssbflow.store.datasets import is_url, resolve_dataset
from ssbflow.store.layout import Store
from ssbflow.store.pins import PinnedStore
from ssbflow.store.remote import open_remote_case, open_remote_cube
from ssbflow.store.whereabouts import note_store

LOOKS = 100  # at links that move on meanwhile


def open_cube(
    store: str | Path, cube: str | None = None, *, version: int | str | None = None, tag: str | None = None
) -> xr.Dataset:
    """Open a published cube lazily, pinned to one version: it does not change, and is not removed, while it is held.

    Parameters
    ----------
    store : path or str
        A store, its URL (whatever fsspec reads: ``https://…``, ``s3://…``, ``zip::…``), or a name in
        ``catalogs/datasets.yaml``.
    cube : str, optional
        Protocol label, dot, analysis label; the default cube if left out.
    version : int or str, optional
        12 or ``"v000012"``; the newest if left out.
    tag : str, optional
        As given to ``ssbflow publish --tag``.

    Returns
    -------
    xarray.Dataset
        Dims ``composition, distribution, seed``; variables lazy, coordinates loaded.

    Raises
    ------
    InputError
        More than one of cube, version and tag.
    StoreError
        No cube has been published here.
    SelectionError
        There is no such cube, version, tag or dataset.
    """
    given = resolve_dataset(store)
    if sum(one is not None for one in (cube, version, tag)) > 1:
        raise InputError("give one of cube, version and tag: a version and a tag belong to one cube each")
    if cube is None and version is None and tag is None:
        cube, tag = given.cube, given.tag
    dataset = (
        open_remote_cube(given.store, cube, version, tag)
        if is_url(given.store)
        else _open_pinned(Store(Path(given.store)), cube, version, tag)
    )
    for name in dataset.coords:
        dataset.variables[name].load()  # labels and inputs are small and wanted at once
    note_store(dataset, given.store)
    return _lazy(dataset)


def _lazy(dataset: xr.Dataset) -> xr.Dataset:
    """Return a cube with its variables as dask arrays, a task for each chunk in the store."""
    whose = tokenize(dataset.encoding["source"], dataset.attrs["history"])  # a version never changes
    chunked = {
        str(name): variable.variable.chunk(variable.encoding["preferred_chunks"], name=f"cube-{whose}-{name}")
        for name, variable in dataset.data_vars.items()
    }
    return dataset.assign(chunked)


def open_case(store: str | Path, case_id: str) -> xr.Dataset:
    """Open a case lazily: trajectory, final packing, contacts. What is asked of it is read then, without dask.

    Raises
    ------
    StoreError
        The store has no such case file.
    """
    given = resolve_dataset(store)
    if is_url(given.store):
        return open_remote_case(given.store, case_id)
    return open_case_zip(Store(Path(given.store)).case_zip(case_id))


def _open_pinned(store: Store, cube: str | None, version: int | str | None, tag: str | None) -> xr.Dataset:
    for _ in range(LOOKS):
        path = _version_folder(store, cube, version, tag)
        try:
            pinned = PinnedStore(path.resolve())
        except FileNotFoundError:
            continue  # a newer one took its place since we looked
        dataset: xr.Dataset = xr.open_zarr(pinned, chunks=None)
        dataset.encoding["source"] = str(pinned.root)
        return dataset
    raise StoreError(f"{path} names a version that is not there; see: ssbflow check {store.root}")


def _version_folder(store: Store, cube: str | None, version: int | str | None, tag: str | None) -> Path:
    if not os.path.lexists(store.default_cube):
        raise StoreError(f"{store.root} has no published cube; run a sweep into it, or: ssbflow publish {store.root}")
    if version is not None:
        folder, name, kind = store.versions, version_name(version), "version"
    elif tag is not None:
        folder, name, kind = store.tags, tag, "tag"
    elif cube is not None:
        folder, name, kind = store.cubes, cube, "cube"
    else:
        return store.default_cube
    path = folder / f"{name}.zarr"
    if not os.path.lexists(path):
        there = sorted(other.name.removesuffix(".zarr") for other in folder.glob("*.zarr"))
        meant = did_you_mean(name, there)
        raise SelectionError(f"no {kind} {name!r} in {store.root}{meant}; it has {', '.join(there) or 'none'}")
    return path

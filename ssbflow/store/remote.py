"""Reading a store where there are no links and no locks: over https, from s3, inside a zip."""

from zipfile import BadZipFile

import fsspec
import xarray as xr

from ssbflow.errors import SelectionError, StoreError
from ssbflow.store.current import Current, version_name
from ssbflow.store.sealed import unsealed


def open_remote_cube(url: str, cube: str | None, version: int | str | None, tag: str | None) -> xr.Dataset:
    """Open a cube of a store that fsspec reads; ``current.json`` takes the place of the links.

    Raises
    ------
    StoreError
        It cannot be read.
    SelectionError
        There is no such cube, version or tag.
    """
    current = _read_current(url)
    if version is not None:
        kind, name, there = "version", f"{version_name(version)}.zarr", {name: name for name in current.versions}
    elif tag is not None:
        kind, name, there = "tag", tag, current.tags
    else:
        kind, name, there = "cube", cube or current.default or "", current.cubes
    if name not in there:
        raise SelectionError(f"no {kind} {name!r} in {url}; it has {', '.join(there) or 'none'}")
    dataset: xr.Dataset = xr.open_zarr(inside(url, f"versions/{there[name]}"), chunks=None)
    return dataset


def open_remote_case(url: str, case_id: str) -> xr.Dataset:
    """Open a case of a store that fsspec reads.

    Raises
    ------
    StoreError
        The store has no such case file, or gives no parts of it.
    """
    place = inside(url, f"cases/{case_id[:2]}/{case_id}.zarr.zip")
    try:
        dataset: xr.Dataset = xr.open_zarr(f"zip::{place}", chunks=None)
    except FileNotFoundError as error:
        raise StoreError(f"no case file {place}; look the case_id up in the cube") from error
    except (ValueError, BadZipFile) as error:  # a server that gives no parts of files is one of them
        raise StoreError(f"{place} cannot be read ({error})") from error
    return dataset


def inside(url: str, path: str) -> str:
    """Return the URL of something in a store; a store in a zip is written ``zip::URL`` or ``zip://folder::URL``."""
    first, chained, rest = url.partition("::")
    if chained and "://" not in first:
        return f"{first}://{path}::{rest}"
    return f"{first.rstrip('/')}/{path}{chained}{rest}"


def _read_current(url: str) -> Current:
    place = inside(url, "current.json")
    try:
        with fsspec.open(place, "rb") as file:
            text = file.read()
    except (OSError, KeyError, ValueError, ImportError, BadZipFile) as error:
        raise StoreError(f"{place} cannot be read ({error}); is it the URL of a store?") from error
    return Current.model_validate(unsealed(text, place))

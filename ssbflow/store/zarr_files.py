"""A dataset as the files of its Zarr: made in memory, where Zarr need not wait for a disk for each of them."""

import warnings
from collections.abc import Mapping
from typing import Any

import xarray as xr
from zarr.core.buffer import Buffer
from zarr.storage import MemoryStore


def zarr_files(dataset: xr.Dataset, encoding: Mapping[str, Any]) -> dict[str, Buffer]:
    """Return the content of every file of a dataset's Zarr, with consolidated metadata, by its path."""
    files: dict[str, Buffer] = {}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Consolidated metadata")  # zarr warns of what is wanted here
        dataset.to_zarr(MemoryStore(files), encoding=encoding, consolidated=True)
    return files

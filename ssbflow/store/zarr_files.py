"""A dataset as the files of its Zarr: made in memory, where Zarr need not wait for a disk for each of them."""

import warnings
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import xarray as xr
from zarr.core.buffer import Buffer
from zarr.storage import MemoryStore

from ssbflow.store.durable import AT_ONCE, sync_file

Files = dict[str, Buffer]
"""Contents by path."""


def zarr_files(dataset: xr.Dataset, encoding: Mapping[str, Any]) -> Files:
    """Return the content of every file of a dataset's Zarr, with consolidated metadata."""
    files: Files = {}
    _write_into(files, dataset, encoding)
    return files


def write_zarr(folder: Path, dataset: xr.Dataset, encoding: Mapping[str, Any]) -> None:
    """Write a dataset's Zarr durably; chunks go to the disk while the next ones are encoded."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        metadata = _MetadataOnly(folder, pool)
        _write_into(metadata, dataset, encoding)
    for chunk in metadata.chunks:
        chunk.result()
    for name, content in metadata.items():
        _write_file(folder / name, content)


class _MetadataOnly(dict[str, Buffer]):
    """Keeps metadata, which changes until the end; chunks, each set once, are written to their files.

    Parameters
    ----------
    folder : Path
    pool : ThreadPoolExecutor
        What writes them.
    """

    def __init__(self, folder: Path, pool: ThreadPoolExecutor) -> None:
        super().__init__()
        self.folder, self.pool = folder, pool
        self.chunks: list[Future[None]] = []

    def __setitem__(self, name: str, content: Buffer) -> None:
        if name.endswith("zarr.json"):
            super().__setitem__(name, content)
        else:
            self.chunks.append(self.pool.submit(_write_file, self.folder / name, content))


def _write_file(path: Path, content: Buffer) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.to_bytes())
    sync_file(path)


def _write_into(files: Files, dataset: xr.Dataset, encoding: Mapping[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Consolidated metadata")  # zarr warns of what is wanted here
        dataset.to_zarr(MemoryStore(files), encoding=encoding, consolidated=True)

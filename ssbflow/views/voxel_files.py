"""Voxels in files: TIFF stacks for image-based tools, Zarr for everybody who reads xarray."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ssbflow.errors import InputError
from ssbflow.store.case_zip import read_packing
from ssbflow.store.layout import Store
from ssbflow.structure.voxels import voxels

if TYPE_CHECKING:
    import xarray as xr


def export_voxels(
    store: str | Path, case_id: str, folder: str | Path, spacing_um: float, file_type: str = "tiff"
) -> Path:
    """Write a case's pressed packing as voxels: 0 pore, 1 SE, 2 EAM.

    Parameters
    ----------
    store : path
    case_id : str
        Of a case that has been pressed.
    folder : path
        Made if missing.
    spacing_um : float
        Edge of a voxel (µm).
    file_type : str
        ``tiff``: one OME-TIFF, a page for each layer from the floor up; ``zarr``: a Zarr that xarray opens.

    Raises
    ------
    InputError
        An unknown type of file, or a spacing that does not do.
    StoreError
        The store has no such case file.
    """
    if file_type not in WRITERS:
        raise InputError(f"voxels are written as {' or '.join(WRITERS)}; got {file_type!r}")
    labels = voxels(read_packing(Store(Path(store)).case_zip(case_id)), spacing_um)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    name, write = WRITERS[file_type]
    write(labels, target / name)
    return target / name


def write_tiff(labels: "xr.DataArray", path: Path) -> None:
    """Write labels as an OME-TIFF, some layers in memory at a time."""
    from tifffile import TiffWriter

    about: dict[str, object] = {"axes": "ZYX"}
    for axis, spacing in zip("ZYX", labels.attrs["spacing_um"], strict=True):
        about |= {f"PhysicalSize{axis}": spacing, f"PhysicalSize{axis}Unit": "µm"}
    with TiffWriter(path, bigtiff=True, ome=True) as file:
        file.write(
            _pages(labels), shape=labels.shape, dtype=np.uint8, metadata=about, photometric="minisblack",
            compression="zlib",
        )  # fmt: skip


def _pages(labels: "xr.DataArray") -> Iterator[NDArray[np.uint8]]:
    start = 0
    for thickness in labels.chunksizes["z"]:
        yield from labels[start : start + thickness].values
        start += thickness


def write_zarr(labels: "xr.DataArray", path: Path) -> None:
    """Write labels as a Zarr with one variable, ``label``, chunk by chunk."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Consolidated metadata")
        labels.to_dataset(name="label").to_zarr(path, mode="w", consolidated=True)


WRITERS = {"tiff": ("voxels.ome.tif", write_tiff), "zarr": ("voxels.zarr", write_zarr)}

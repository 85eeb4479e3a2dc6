"""Reading a store: cubes and cases as lazy xarray datasets."""

import os
from pathlib import Path

import xarray as xr

from ssbflow.errors import SelectionError, StoreError
from ssbflow.store.case_zip import open_case_zip
from ssbflow.store.layout import Store


def open_cube(store: str | Path, cube: str | None = None) -> xr.Dataset:
    """Open a published cube lazily, pinned to the version that is newest now.

    Parameters
    ----------
    store : path
    cube : str, optional
        Protocol label, dot, analysis label; the default cube if left out.

    Returns
    -------
    xarray.Dataset
        Dims ``composition, distribution, seed``; variables lazy, coordinates loaded.

    Raises
    ------
    StoreError
        No cube has been published here.
    SelectionError
        There is no cube of this name.
    """
    layout = Store(Path(store))
    link = layout.cube_link(cube) if cube else layout.default_cube
    if not layout.default_cube.exists():
        raise StoreError(f"{store} has no published cube; run a sweep into it, or: ssbflow publish {store}")
    if not link.exists():
        names = sorted(path.name.removesuffix(".zarr") for path in layout.cubes.glob("*.zarr"))
        raise SelectionError(f"no cube {cube!r} in {store}; it has {', '.join(names)}")
    dataset: xr.Dataset = xr.open_zarr(os.path.realpath(link))
    # labels and inputs are small and wanted at once; only the variables stay lazy
    return dataset.assign_coords({name: coordinate.load() for name, coordinate in dataset.coords.items()})


def open_case(store: str | Path, case_id: str) -> xr.Dataset:
    """Open a case lazily: trajectory, final packing, contacts.

    Raises
    ------
    StoreError
        The store has no such case file.
    """
    return open_case_zip(Store(Path(store)).case_zip(case_id))

"""Which store a cube came from: its cases lie there too."""

from pathlib import Path

import xarray as xr

from ssbflow.errors import InputError
from ssbflow.store.datasets import is_url, resolve_dataset
from ssbflow.store.layout import Store

NOTE = "ssbflow_store"


def note_store(cube: xr.Dataset, store: str) -> None:
    """Note with the coordinates of a freshly opened cube, beside their data, which store it came from.

    Of all that a dataset carries, the encoding of its coordinates outlives `where`, `isel` and arithmetic, and yet gets
    into no copy on disk: no path of this machine does.
    """
    for name in cube.coords:
        cube.variables[name].encoding[NOTE] = _address(store)


def store_of(cube: xr.Dataset, store: str | Path | None = None) -> str:
    """Return the absolute path, or the URL, of the store that holds the cases of a cube.

    Parameters
    ----------
    cube : xarray.Dataset
        From `open_cube`, whatever was selected of it; or as ``xr.open_zarr`` gives it, with nothing done to it yet.
    store : path or str, optional
        Path, URL or name in the catalog, if one knows better.

    Raises
    ------
    InputError
        The cube does not tell, and no store is given.
    """
    if store is not None:
        return _address(resolve_dataset(store).store)
    for coordinate in cube.coords.values():
        if NOTE in coordinate.encoding:
            return str(coordinate.encoding[NOTE])
    opened = Path(cube.encoding.get("source", ""))  # left by xarray; gone after the first operation
    for folder in opened.parents:
        if Store(folder).description.exists():
            return _address(str(folder))
    raise InputError(
        "it is not known which store this cube came from; give it: open_cases(cube, store=STORE), or open the cube "
        "with ssbflow.open_cube(STORE)"
    )


def _address(store: str) -> str:
    return store if is_url(store) else str(Path(store).absolute())

"""The cases that are left of a cube after whatever was selected of it."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from ssbflow.errors import InputError, SelectionError
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import DIMS, LISTED_DIMS


def is_ok(cube: xr.Dataset) -> xr.DataArray:
    """Return which cells have a case that ended well; masked ones have not.

    Raises
    ------
    InputError
        The dataset names no cases.
    """
    check_names_cases(cube)
    case_id = cube["case_id"]
    return (cube["status"] == STATUS["ok"]) & case_id.notnull() & (case_id != "")


def selected_cases(cube: xr.Dataset, names: Sequence[str] = ()) -> xr.Dataset:
    """Return the cases that ended well and are not masked, one after another.

    Parameters
    ----------
    cube : xarray.Dataset
        A cube, masked and cut in whatever way.
    names : sequence of str
        Variables to be taken along.

    Returns
    -------
    xarray.Dataset
        Dim ``case``; ``case_id``, the variables, and all coordinates of the cube along it; in memory.

    Raises
    ------
    InputError
        The dataset names no cases.
    SelectionError
        None is left.
    """
    check_names_cases(cube)
    cells = cube[["status", "case_id", *names]].compute()
    dims = LISTED_DIMS if "design" in cells.coords else DIMS
    cells = cells.expand_dims([name for name in dims if name in cells.coords and not cells[name].dims])
    cells = cells.reset_index([dim for dim in cells.dims if dim in cells.xindexes])  # stacked dims, too, become labels
    ok = is_ok(cells)
    found = np.nonzero(ok.values)
    if not len(found[0]):
        raise SelectionError(
            f"none of {ok.size} cells is selected and has a case that ended well; loosen the condition, or see: "
            "ssbflow status STORE"
        )
    at = {dim: xr.Variable("case", positions) for dim, positions in zip(ok.dims, found, strict=True)}
    return cells.drop_vars("status").isel(at)


def check_names_cases(cube: xr.Dataset) -> None:
    """Refuse a dataset without ``status`` and ``case_id``.

    Raises
    ------
    InputError
    """
    lacking = [name for name in ("status", "case_id") if name not in cube]
    if lacking:
        raise InputError(
            f"the dataset has no {' and no '.join(lacking)}, so it names no cases; take a cube from ssbflow.open_cube, "
            "or what is selected of it, not what is averaged"
        )

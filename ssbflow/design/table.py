"""The cube as a table of designs: one row each, averaged over the seeds that ended well."""

import pandas as pd
import xarray as xr

from ssbflow.errors import SelectionError
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import VARIABLES

DESIGN = ["composition", "distribution"]


def design_table(cube: xr.Dataset) -> pd.DataFrame:
    """Return means over seeds of every design that has a case which ended well.

    Parameters
    ----------
    cube : xarray.Dataset
        As `open_cube` gives it.

    Returns
    -------
    pandas.DataFrame
        Index (composition, distribution). For each cube variable its mean, and its standard deviation under the name
        with ``_std`` (NaN for one seed); ``seeds_ok`` and ``seeds_failed`` count cases. A quantity that does not exist
        for some seeds (no path spans) is averaged over those for which it does.

    Raises
    ------
    SelectionError
        No case has ended well.
    """
    names = [variable.name for variable in VARIABLES if variable.name in cube]
    coordinates = [str(name) for name, c in cube.coords.items() if name not in cube.dims and set(c.dims) <= {*DESIGN}]
    cells = cube[[*names, "status"]].load().to_dataframe().reset_index()
    groups = cells.loc[cells["status"] == STATUS["ok"]].groupby(DESIGN, sort=False)
    if not len(groups):
        raise SelectionError("no case of this cube has ended well; see: ssbflow status STORE")
    table = groups[names].mean().join(groups[names].std().add_suffix("_std"))
    table["seeds_ok"] = groups.size()
    failed = cells.loc[cells["status"] == STATUS["failed"]].groupby(DESIGN).size()
    table["seeds_failed"] = failed.reindex(table.index, fill_value=0)
    inputs = cells.groupby(DESIGN, sort=False)[coordinates].first()
    return table.join(inputs)

"""The cube as a table of designs: one row each, averaged over the seeds that ended well."""

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from ssbflow.design import energy
from ssbflow.design.expression import Expression
from ssbflow.errors import SelectionError
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import VARIABLES

DESIGN = ["composition", "distribution"]


def design_table(cube: xr.Dataset, objectives: Sequence[Expression] = ()) -> pd.DataFrame:
    """Return means over seeds of every design that has a case which ended well.

    Parameters
    ----------
    cube : xarray.Dataset
        As `open_cube` gives it, with energies or without.
    objectives : sequence of Expression, optional
        Taken case by case, averaged like variables, under their texts; with ``_seeds`` stands for how many seeds they
        exist. Those that name what only the table of designs
        has (``seeds_ok``, ``porosity_std``) are taken of the means.

    Returns
    -------
    pandas.DataFrame
        Index (composition, distribution). For each cube variable its mean, and its standard deviation under the name
        with ``_std`` (NaN for one seed); ``seeds_ok`` and ``seeds_failed`` count cases. A quantity that does not exist
        for some seeds (no path spans) is averaged over those for which it does.

    Raises
    ------
    SelectionError
        No case has ended well, or an objective names no variable or gives no numbers.
    """
    names = [variable.name for variable in (*VARIABLES, *energy.VARIABLES) if variable.name in cube]
    coordinates = [str(name) for name, c in cube.coords.items() if name not in cube.dims and set(c.dims) <= {*DESIGN}]
    cells = cube[[*names, "status"]].load().to_dataframe().reset_index()
    ok = cells.loc[cells["status"] == STATUS["ok"]].copy()
    if not len(ok):
        raise SelectionError("no case of this cube has ended well; see: ssbflow status STORE")
    by_case = [one for one in objectives if one.names <= set(ok.columns)]
    for objective in by_case:
        ok[objective.text] = objective.numbers_over(ok)
    averaged = [*dict.fromkeys([*names, *(one.text for one in by_case)])]
    groups = ok.groupby(DESIGN, sort=False)
    table = groups[averaged].mean().join(groups[averaged].std().add_suffix("_std"))
    for objective in by_case:
        table[f"{objective.text}_seeds"] = groups[objective.text].count()
    table["seeds_ok"] = groups.size()
    failed = cells.loc[cells["status"] == STATUS["failed"]].groupby(DESIGN).size()
    table["seeds_failed"] = failed.reindex(table.index, fill_value=0)
    inputs = cells.groupby(DESIGN, sort=False)[[name for name in coordinates if name not in averaged]].first()
    table = table.join(inputs)
    for objective in objectives:
        if objective not in by_case:
            table[objective.text] = objective.numbers_over(table)
    return table

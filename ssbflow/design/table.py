"""The cube as a table of designs: one row each, averaged over the seeds that ended well."""

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from ssbflow.design import derived
from ssbflow.design.expression import Expression, Statistic
from ssbflow.design.interval import half_width
from ssbflow.errors import SelectionError
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import VARIABLES

DESIGN = ["composition", "distribution"]


def design_table(
    cube: xr.Dataset, objectives: Sequence[Expression] = (), condition: Expression | None = None
) -> pd.DataFrame:
    """Return means over seeds of every design that has a case which ended well.

    Parameters
    ----------
    cube : xarray.Dataset
        As `open_cube` gives it, of a grid or of a study, with energies or without.
    objectives : sequence of Expression, optional
        Taken case by case, averaged like variables, under their texts; with ``_seeds`` stands for how many seeds they
        exist, with ``_low`` and ``_high`` the ends of Student's 95 % interval of the mean (NaN for one seed). Those
        that name what only the table of designs has (``seeds_ok``, ``porosity_std``, ``ci95(porosity)``) are taken of
        the means.
    condition : Expression, optional
        Whose statistics are to be columns too, as those of the objectives are.

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
    cells = case_table(cube)
    ok = cells.loc[cells["status"] == STATUS["ok"]].copy()
    names = [variable.name for variable in (*VARIABLES, *derived.VARIABLES) if variable.name in cube]
    coordinates = _inputs(cube)
    if not len(ok):
        raise SelectionError("no case of this cube has ended well; see: ssbflow status STORE")
    by_case = [one for one in objectives if is_by_case(one, ok)]
    for objective in by_case:
        ok[objective.text] = objective.numbers_over(ok)
    averaged = [*dict.fromkeys([*names, *(one.text for one in by_case)])]
    groups = ok.groupby(DESIGN, sort=False)
    table = groups[averaged].mean().join(groups[averaged].std().add_suffix("_std"))
    for objective in by_case:
        text = objective.text
        seeds = table[f"{text}_seeds"] = groups[text].count()
        half = half_width(table[f"{text}_std"], seeds)
        table[f"{text}_low"], table[f"{text}_high"] = table[text] - half, table[text] + half
    table["seeds_ok"] = groups.size()
    failed = cells.loc[cells["status"] == STATUS["failed"]].groupby(DESIGN).size()
    table["seeds_failed"] = failed.reindex(table.index, fill_value=0)
    inputs = cells.groupby(DESIGN, sort=False)[[name for name in coordinates if name not in averaged]].first()
    table = table.join(inputs)
    for expression in (*objectives, *([condition] if condition else [])):
        for statistic in expression.statistics:
            table[statistic.text] = _statistic(statistic, ok)
    for objective in objectives:
        if objective not in by_case:
            table[objective.text] = objective.numbers_over(table)
    return table


def case_table(cube: xr.Dataset) -> pd.DataFrame:
    """Return the numbers and coordinates of every cell of a cube, a row each, in its order, with its ``status``."""
    names = [variable.name for variable in (*VARIABLES, *derived.VARIABLES) if variable.name in cube]
    return cube[[*names, "status"]].load().to_dataframe().reset_index()


def is_by_case(expression: Expression, cases: pd.DataFrame) -> bool:
    """Return whether an expression has a value for each case; otherwise it is of designs."""
    return not expression.statistics and expression.names <= set(cases.columns)


def _statistic(statistic: Statistic, ok: pd.DataFrame) -> "pd.Series[float]":
    """Return a statistic over the cases that ended well, of each design."""
    groups = statistic.inner.numbers_over(ok).groupby([ok[name] for name in DESIGN], sort=False)
    if statistic.function == "mean":
        return groups.mean()
    return groups.std() if statistic.function == "std" else half_width(groups.std(), groups.count())


def _inputs(cube: xr.Dataset) -> list[str]:
    """Return the coordinates that tell of designs, besides their labels."""
    told = {str(name): set(c.dims) for name, c in cube.coords.items() if name not in (*cube.dims, *DESIGN)}
    return [name for name, dims in told.items() if dims <= {*DESIGN, "design"}]

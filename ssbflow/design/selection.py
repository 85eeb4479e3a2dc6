"""Choosing a design: constraints and an objective over the table of designs."""

from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError

import pandas as pd
import xarray as xr

from ssbflow.design.table import design_table
from ssbflow.errors import InputError, SelectionError
from ssbflow.store.opening import open_cube

NO_CONDITION = (SyntaxError, TokenError, ValueError, TypeError, KeyError, AttributeError, NotImplementedError)
"""What pandas raises for texts that are no condition."""


@dataclass(frozen=True, eq=False)
class Selection:
    """Designs that fulfil the constraints, the best first.

    Parameters
    ----------
    table : pandas.DataFrame
        Index (composition, distribution); as `design_table`, sorted.
    objective : str
    maximize : bool
    where : str or None
    considered : int
        Designs with cases that ended well.
    """

    table: pd.DataFrame
    objective: str
    maximize: bool
    where: str | None
    considered: int

    @property
    def labels(self) -> list[str]:
        """Labels of the designs, COMPOSITION/DISTRIBUTION, the best first."""
        return ["/".join(labels) for labels in self.table.index]

    @property
    def best(self) -> str:
        """Label of the best design."""
        return self.labels[0]


def best(
    store: str | Path | xr.Dataset,
    *,
    maximize: str | None = None,
    minimize: str | None = None,
    where: str | None = None,
    cube: str | None = None,
) -> Selection:
    """Rank the designs of a cube.

    Parameters
    ----------
    store : path or xarray.Dataset
        A store, or a cube already opened.
    maximize, minimize : str
        A cube variable; exactly one of the two.
    where : str, optional
        A condition over cube variables and coordinates (means over seeds), e.g.
        ``"utilization > 0.9 and eam_d50 < 5"``.
    cube : str, optional
        Name of the cube; the store's default one if left out.

    Raises
    ------
    InputError
        Not exactly one objective, or a condition that cannot be understood.
    SelectionError
        No such variable, or no design fulfils the condition.
    """
    if (maximize is None) == (minimize is None):
        raise InputError("give exactly one of maximize and minimize, a variable of the cube")
    objective = maximize or minimize or ""
    table = design_table(store if isinstance(store, xr.Dataset) else open_cube(store, cube))
    if objective not in table.select_dtypes("number"):
        raise SelectionError(f"no variable {objective!r}; the cube has {', '.join(_numeric(table))}")
    kept = table if where is None else _fulfilling(table, where)
    ranked = kept.dropna(subset=[objective]).sort_values(objective, ascending=maximize is None, kind="stable")
    if ranked.empty:
        raise SelectionError(
            f"none of {len(table)} designs has a {objective}" + (f" and fulfils {where!r}" if where else "")
            + f"; {objective} spans {table[objective].min():.4g} to {table[objective].max():.4g}: loosen the condition"
        )  # fmt: skip
    return Selection(ranked, objective, maximize is not None, where, len(table))


def _fulfilling(table: pd.DataFrame, where: str) -> pd.DataFrame:
    try:
        return table.query(where, engine="python", local_dict={}, global_dict={})
    except pd.errors.UndefinedVariableError as error:
        raise SelectionError(f"where {where!r}: {error}; the cube has {', '.join(_numeric(table))}") from error
    except NO_CONDITION as error:
        raise InputError(
            f"where {where!r} is no condition ({error}); write e.g. 'utilization > 0.9 and porosity < 0.3'"
        ) from error


def _numeric(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in table.select_dtypes("number").columns if not str(name).endswith("_std")]

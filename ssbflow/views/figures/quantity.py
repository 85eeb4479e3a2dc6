"""A quantity of a cube as figures need it: of designs with its interval, and of every seed."""

from dataclasses import dataclass

import pandas as pd
import xarray as xr

from ssbflow.design.derived import completed
from ssbflow.design.expression import Expression, parse_expression
from ssbflow.design.table import case_table, design_table, is_by_case
from ssbflow.errors import InputError
from ssbflow.inputs.cell import Cell
from ssbflow.store.cells import STATUS
from ssbflow.store.selected import check_names_cases
from ssbflow.views.figures.style import labelled

VALUE, LOW, HIGH = "value", "low", "high"


@dataclass(frozen=True, eq=False)
class Quantity:
    """A quantity over the designs of a cube.

    Parameters
    ----------
    name : str
    label : str
        For axes, with its unit; an expression of several variables stands as it is.
    designs : pandas.DataFrame
        Index (composition, distribution) in the order of the cube; ``value`` the mean over seeds, ``low`` and ``high``
        the ends of its 95 % interval (NaN for one seed, and for what is known of designs alone), and the cube's
        coordinates.
    cases : pandas.DataFrame
        The same index, a row for each case that ended well, with ``seed`` and ``value``; empty for what is known of
        designs alone.
    """

    name: str
    label: str
    designs: pd.DataFrame
    cases: pd.DataFrame

    @property
    def half_width(self) -> "pd.Series[float]":
        """Half of the interval of each design."""
        return (self.designs[HIGH] - self.designs[LOW]) / 2


def quantity_of(cube: xr.Dataset, name: str, cell: Cell | None = None) -> Quantity:
    """Return a variable of a cube, or an expression over variables, of designs and of cases.

    Raises
    ------
    InputError
        The dataset names no cases, or the expression cannot be understood.
    SelectionError
        There is no such variable, or no case ended well.
    """
    check_names_cases(cube)
    expression = parse_expression(name)
    whole = completed(cube, cell)
    table = design_table(whole, [expression])
    found = table.assign(value=table[expression.text])
    for end in (LOW, HIGH):
        found[end] = table.get(f"{expression.text}_{end}", float("nan"))
    return Quantity(name, label_of(whole, name), found, _cases(whole, expression))


def label_of(cube: xr.Dataset, text: str) -> str:
    """Return the label of an axis for a variable, or an expression of several."""
    return labelled(text, cube[text].attrs.get("units", "1")) if text in cube.variables else text


def check_is_grid(cube: xr.Dataset, picture: str) -> None:
    """Refuse the cube of a study, whose designs lie on no grid.

    Raises
    ------
    InputError
    """
    if "design" in cube.dims:
        raise InputError(
            f"{picture} needs a cube over composition and distribution; this is the cube of a study, which lists "
            "designs: draw ssbflow.plot.seeds or ssbflow.plot.pareto of it"
        )


def in_order(cube: xr.Dataset, dim: str, found: pd.DataFrame) -> list[str]:
    """Return the labels of a dim in the cube's order, as far as a table has them."""
    there = set(found.index.get_level_values(dim))
    return [str(label) for label in cube[dim].values.ravel().tolist() if label in there]


def _cases(cube: xr.Dataset, expression: Expression) -> pd.DataFrame:
    """Return the value of each case for which it exists."""
    cells = case_table(cube)
    ok = cells[cells["status"] == STATUS["ok"]].set_index(["composition", "distribution"])
    if not is_by_case(expression, ok.reset_index()):
        return ok.iloc[:0][["seed"]].assign(value=0.0)
    return ok[["seed"]].assign(value=expression.numbers_over(ok)).dropna(subset=[VALUE])

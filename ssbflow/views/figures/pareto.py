"""Designs over two objectives, and those that no other one beats."""

import ast
from dataclasses import dataclass

import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ssbflow.design.derived import completed
from ssbflow.design.expression import parse_expression
from ssbflow.design.selection import best
from ssbflow.inputs.cell import Cell
from ssbflow.store.selected import check_names_cases
from ssbflow.views.figures.quantity import label_of
from ssbflow.views.figures.style import PALETTE, drawn_on

MOST_NAMED = 12
LOG_FROM = 30
"""Largest over smallest from which an axis is logarithmic."""


def pareto(
    cube: xr.Dataset, x: str, y: str, *, cell: Cell | None = None, where: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw all designs over two objectives, the Pareto front among them, and 95 % intervals of the means.

    Parameters
    ----------
    cube : xarray.Dataset
        From `ssbflow.open_cube`, or what is selected of it; of a study, too.
    x, y : str
        Variables or expressions, both to be maximized; a minus before what shall be small, as in `ssbflow.best`:
        ``"-porosity"``. The axis shows the quantity without the minus.
    cell : Cell, optional
        What energies are of; of the electrode alone if left out.
    where : str, optional
        A condition as in `ssbflow.best`; the front is of the designs that fulfil it.
    ax : matplotlib.axes.Axes, optional
        Those of a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        The dataset names no cases, or an expression cannot be understood.
    SelectionError
        There is no such variable, or no design has both.
    """
    check_names_cases(cube)
    selection = best(cube, pareto=[x, y], where=where, cell=cell)
    across, up = (_objective(completed(cube, cell), text) for text in (x, y))
    front = selection.table.assign(place=across.shown(selection.table)).sort_values("place")
    with drawn_on(ax, (6.6, 3.8)) as axes:
        others = selection.designs.drop(front.index)
        axes.plot(across.shown(others), up.shown(others), "o", color="0.7", label="designs")
        axes.errorbar(
            across.shown(front), up.shown(front), up.half_width(front), across.half_width(front), fmt="o-",
            color=PALETTE[0], elinewidth=0.8, label="Pareto front,\n95 % intervals",
        )  # fmt: skip
        axes.set(xlabel=across.label, ylabel=up.label)
        axes.set(xscale=_scale(across.shown(selection.designs)), yscale=_scale(up.shown(selection.designs)))
        named = _named(axes, across, up, front.iloc[:: -(-len(front) // MOST_NAMED)])
        handles = [*axes.get_legend_handles_labels()[0], *named]
        axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return axes


@dataclass(frozen=True)
class _Objective:
    """What is maximized (`text`), and how it is shown: with the sign that the quantity has."""

    text: str
    sign: int
    label: str

    def shown(self, designs: pd.DataFrame) -> "pd.Series[float]":
        return self.sign * designs[self.text]

    def half_width(self, designs: pd.DataFrame) -> "pd.Series[float]":
        nothing = pd.Series(float("nan"), index=designs.index)  # of what is known of designs alone
        return (designs.get(f"{self.text}_high", nothing) - designs.get(f"{self.text}_low", nothing)) / 2


def _objective(cube: xr.Dataset, text: str) -> _Objective:
    expression = parse_expression(text)
    positive = _without_minus(expression.node)
    if positive is None:
        return _Objective(expression.text, 1, f"{label_of(cube, expression.text)}, large is better")
    return _Objective(expression.text, -1, f"{label_of(cube, ast.unparse(positive))}, small is better")


def _without_minus(node: ast.expr) -> ast.expr | None:
    """Return what a minus stands before, as in ``-a`` and ``-a / b``; none where none stands before all of it."""
    match node:
        case ast.UnaryOp(ast.USub(), operand):
            return operand
        case ast.BinOp(left, ast.Mult() | ast.Div() as how, right) if (positive := _without_minus(left)) is not None:
            return ast.BinOp(positive, how, right)
    return None


def _scale(values: "pd.Series[float]") -> str:
    return "log" if values.min() > 0 and values.max() > LOG_FROM * values.min() else "linear"


def _named(axes: Axes, across: _Objective, up: _Objective, front: pd.DataFrame) -> list[Line2D]:
    """Number the points along the front; return what the numbers mean: names beside points would cover each other."""
    handles = []
    for number, (labels, x, y) in enumerate(zip(front.index, across.shown(front), up.shown(front), strict=True), 1):
        axes.annotate(f"{number}", (x, y), (4, 4), textcoords="offset points", size=8, color=PALETTE[0])
        handles.append(Line2D([], [], ls="", marker=f"${number}$", color=PALETTE[0], ms=5, label="/".join(labels)))
    return handles

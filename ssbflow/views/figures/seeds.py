"""How seeds scatter: a dot for each, beside the mean of their design and its interval."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from ssbflow.inputs.cell import Cell
from ssbflow.packing.packing import Floats
from ssbflow.views.figures.quantity import VALUE, Quantity, in_order, quantity_of
from ssbflow.views.figures.style import PALETTE, drawn_on

GROUP_WIDTH = 0.7  # of the space of a composition
MOST_LABELS = 20
DOTS_BESIDE = 0.07  # of the space of a composition
INTERVAL = "dots: seeds; bars: mean, 95 % interval"


def seeds(cube: xr.Dataset, name: str, *, cell: Cell | None = None, ax: Axes | None = None) -> Axes:
    """Draw a quantity of every seed, over compositions, a colour for each distribution.

    Bars are 95 % intervals of the means. The designs of a study stand in the order in which they were asked for.

    Parameters
    ----------
    cube : xarray.Dataset
        From `ssbflow.open_cube`, or what is selected of it; of a study, too.
    name : str
        A variable of the cube, or an expression over variables.
    cell : Cell, optional
        What energies are of; of the electrode alone if left out.
    ax : matplotlib.axes.Axes, optional
        Those of a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        The dataset names no cases.
    SelectionError
        There is no such variable, or no case ended well.
    """
    shown = quantity_of(cube, name, cell)
    with drawn_on(ax) as axes:
        if "design" in cube.dims:
            _draw(axes, shown, shown.designs, np.arange(float(len(shown.designs))), PALETTE[0], INTERVAL)
            _set_ticks(axes, ["/".join(labels) for labels in shown.designs.index])
            axes.set(xlabel="design, in the order asked for", ylabel=shown.label)
            axes.legend()
        else:
            _draw_grid(axes, cube, shown)
    return axes


def _draw_grid(axes: Axes, cube: xr.Dataset, shown: Quantity) -> None:
    compositions, distributions = (in_order(cube, dim, shown.designs) for dim in ("composition", "distribution"))
    width = GROUP_WIDTH / len(distributions)
    for number, label in enumerate(distributions):
        rows = shown.designs[shown.designs.index.get_level_values("distribution") == label]
        place = [compositions.index(one) for one in rows.index.get_level_values("composition")]
        at = np.array(place) + (number - (len(distributions) - 1) / 2) * width
        _draw(axes, shown, rows, at, PALETTE[number % len(PALETTE)], label)
    _set_ticks(axes, compositions)
    axes.set(xlabel="composition", ylabel=shown.label)
    axes.legend(title=INTERVAL, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _draw(axes: Axes, shown: Quantity, rows: pd.DataFrame, at: Floats, colour: str, label: str) -> None:
    where = dict(zip(rows.index, at, strict=True))
    single = shown.cases[shown.cases.index.isin(rows.index)]
    beside = [where[design] - DOTS_BESIDE for design in single.index]
    axes.plot(beside, single[VALUE], ".", color=colour, alpha=0.6, ms=6, mew=0)
    axes.errorbar(at, rows[VALUE], shown.half_width[rows.index], fmt="_", ms=9, mew=1.6, color=colour, label=label)


def _set_ticks(axes: Axes, labels: list[str]) -> None:
    step = -(-len(labels) // MOST_LABELS)
    turned = sum(map(len, labels[::step])) > 60
    axes.set_xticks(range(0, len(labels), step), labels[::step], rotation=60 if turned else 0)

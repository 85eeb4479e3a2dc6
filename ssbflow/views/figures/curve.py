"""A quantity over the share of EAM: a line for each distribution."""

from typing import Literal, get_args

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from ssbflow.errors import InputError
from ssbflow.inputs.cell import Cell
from ssbflow.views.figures.quantity import VALUE, check_is_grid, in_order, quantity_of
from ssbflow.views.figures.style import PALETTE, SHARES, drawn_on

Share = Literal["eam_wt", "eam_vol_target"]
MARKERS = "osD^vPX*"


def curve(
    cube: xr.Dataset, name: str, *, over: Share = "eam_wt", cell: Cell | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the mean of a quantity over the share of EAM, with 95 % intervals; a small dot for each seed.

    Parameters
    ----------
    cube : xarray.Dataset
        From `ssbflow.open_cube`, or what is selected of it.
    name : str
        A variable of the cube (``utilization``), or an expression over variables.
    over : str
        ``eam_wt`` or ``eam_vol_target``.
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
        An unknown share; or the cube is that of a study, or names no cases.
    SelectionError
        There is no such variable, or no case ended well.
    """
    check_share(over)
    check_is_grid(cube, "a curve over the share of EAM")
    shown = quantity_of(cube, name, cell)
    share_of = shown.designs[over] * 100
    half_width = shown.half_width
    with drawn_on(ax) as axes:
        for number, (label, rows) in enumerate(by_distribution(cube, shown.designs, over)):
            colour, marker = PALETTE[number % len(PALETTE)], MARKERS[number % len(MARKERS)]
            single = shown.cases[shown.cases.index.isin(rows.index)]
            axes.plot(share_of.loc[list(single.index)], single[VALUE], ".", color=colour, alpha=0.35, ms=4, mew=0)
            axes.errorbar(
                share_of[rows.index], rows[VALUE], half_width[rows.index], marker=marker, color=colour, label=label
            )
        axes.set(xlabel=SHARES[over], ylabel=shown.label)
        axes.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return axes


def by_distribution(cube: xr.Dataset, designs: pd.DataFrame, over: Share) -> list[tuple[str, pd.DataFrame]]:
    """Return the designs of each distribution along the share of EAM, in the cube's order of distributions."""
    labels = designs.index.get_level_values("distribution")
    return [
        (label, designs[np.asarray(labels == label)].sort_values(over))
        for label in in_order(cube, "distribution", designs)
    ]


def check_share(over: str) -> None:
    """Refuse what is no share of EAM.

    Raises
    ------
    InputError
    """
    if over not in SHARES:
        raise InputError(f"over must be one of {', '.join(get_args(Share))}; got {over!r}")

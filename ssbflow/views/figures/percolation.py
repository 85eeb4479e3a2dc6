"""How often SE and EAM span from floor to top, over the share of EAM."""

from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy import stats

from ssbflow.packing.packing import Floats
from ssbflow.views.figures.curve import MARKERS, Share, by_distribution, check_share
from ssbflow.views.figures.quantity import VALUE, Quantity, check_is_grid, quantity_of
from ssbflow.views.figures.style import PALETTE, SHARES, drawn_on

Line = Literal["-", "--"]
Fill = Literal["full", "none"]
LINES: dict[str, tuple[Line, Fill, str]] = {
    "percolates": ("-", "full", "SE spans"),
    "percolates_eam": ("--", "none", "EAM spans"),
}
BESIDE, BESIDE_NEXT = {"percolates": 0.0, "percolates_eam": 0.25}, 0.5  # per cent of EAM, so that bars stand apart


def percolation(cube: xr.Dataset, *, over: Share = "eam_wt", ax: Axes | None = None) -> Axes:
    """Draw the share of seeds in which SE, and EAM, spans from floor to top, over the share of EAM.

    Bars are Wilson's 95 % intervals of a share (J. Am. Stat. Assoc. 22, 209, 1927): few seeds say little, even where
    all of them agree.

    Parameters
    ----------
    cube : xarray.Dataset
        From `ssbflow.open_cube`, or what is selected of it.
    over : str
        ``eam_wt`` or ``eam_vol_target``.
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
        No case ended well.
    """
    check_share(over)
    check_is_grid(cube, "a curve over the share of EAM")
    with drawn_on(ax) as axes:
        handles = []
        for name, (line, fill, meaning) in LINES.items():
            _draw(axes, cube, quantity_of(cube, name), over, line, fill, BESIDE[name])
            handles.append(Line2D([], [], color="0.3", linestyle=line, marker="o", fillstyle=fill, label=meaning))
        labels = [label for label, _ in by_distribution(cube, quantity_of(cube, "percolates").designs, over)]
        handles += [
            Line2D([], [], color=PALETTE[at % len(PALETTE)], marker=MARKERS[at % len(MARKERS)], label=label)
            for at, label in enumerate(labels)
        ]
        axes.legend(handles=handles, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
        axes.set(xlabel=SHARES[over], ylabel="share of seeds in which it spans (–)", ylim=(0, 1))
    return axes


def _draw(axes: Axes, cube: xr.Dataset, shown: Quantity, over: Share, line: Line, fill: Fill, beside: float) -> None:
    for number, (_, rows) in enumerate(by_distribution(cube, shown.designs, over)):
        at = 100 * rows[over] + beside + number * BESIDE_NEXT
        axes.errorbar(
            at, rows[VALUE], _interval(rows), linestyle=line, marker=MARKERS[number % len(MARKERS)], fillstyle=fill,
            color=PALETTE[number % len(PALETTE)], elinewidth=0.7, clip_on=False,
        )  # fmt: skip


def _interval(rows: pd.DataFrame) -> Floats:
    """Return how far the interval of each design reaches below and above its share, (2, D)."""
    ends = []
    for share, seeds in zip(rows[VALUE], rows["seeds_ok"], strict=True):
        found = stats.binomtest(round(share * seeds), int(seeds)).proportion_ci(method="wilson")
        ends.append((share - found.low, found.high - share))
    return np.clip(np.transpose(ends), 0, None)  # round-off at 0 and 1

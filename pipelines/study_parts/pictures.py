"""Pictures of the design study."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ssbflow.design.search import Searched
from ssbflow.design.selection import Selection

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")  # of Okabe and Ito, told apart by everyone
DPI = 150


def draw_search(grid: Selection, search: Searched, path: Path) -> None:
    """Draw where the search asked, and how good the best was after so many designs, beside the grid."""
    figure = Figure(figsize=(9.2, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    found = search.selection.designs
    both = pd.concat([grid.designs[grid.objective], found[grid.objective]])
    scale = Normalize(both.min(), both.max())
    _scatter(left, found, grid.objective, scale, marker="o", s=60, label="search")
    small = _scatter(left, grid.designs, grid.objective, scale, marker="s", s=30, label="grid")  # in front
    figure.colorbar(small, ax=left, label="specific energy of the cell (Wh/kg)")
    left.set(xlabel="EAM as mixed (wt%)", ylabel="D50 of the SE (µm)", yscale="log")
    left.set_yticks([1.5, 2, 3, 4], labels=["1.5", "2", "3", "4"])
    left.minorticks_off()
    asked = found.groupby("round").size().cumsum()
    right.step(asked, search.progress, where="post", color=COLOURS[0], marker="o", label="search")
    best = grid.table[grid.objective].iloc[0]
    right.axhline(best, color=COLOURS[1], ls="--", label=f"best of the grid's {grid.considered} designs")
    right.set(xlabel="designs asked for", ylabel=f"best (Wh/kg) where {search.selection.where}", xlim=(0, None))
    for axes in (left, right):
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.12), ncols=2)
    figure.savefig(path, dpi=DPI)


def _scatter(axes: Axes, designs: pd.DataFrame, objective: str, scale: Normalize, **style: Any) -> PathCollection:
    return axes.scatter(
        100 * designs["eam_wt"], designs["se_d50"], c=designs[objective], norm=scale, cmap="viridis",
        edgecolors="0.3", linewidths=0.5, **style,
    )  # fmt: skip

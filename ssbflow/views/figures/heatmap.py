"""A quantity over compositions and distributions: its mean as colour, and every seed as a dot."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage

from ssbflow.inputs.cell import Cell
from ssbflow.views.figures.quantity import VALUE, Quantity, check_is_grid, in_order, quantity_of
from ssbflow.views.figures.style import drawn_on

MOST_WRITTEN = 60
"""Cells in which numbers and seeds have room."""
MOST_LABELS = 20
DOTS_FROM, DOTS_TO, DOTS_AT = -0.4, 0.4, 0.27  # of a cell, from its middle; downwards
EXPLAINED = "mean ± half of its 95 % interval; dots: seeds, each in the colour of its own value"
DARK = 0.5
"""Luminance below which what is written on a colour is white."""


def heatmap(cube: xr.Dataset, name: str, *, cell: Cell | None = None, ax: Axes | None = None) -> Axes:
    """Draw the mean of a quantity over compositions and distributions.

    In each cell stand the mean over seeds and half of its 95 % interval; below them is a dot for each seed, in the
    colour of its own value: where the dots differ from the cell, seeds scatter. Large cubes show colours only.

    Parameters
    ----------
    cube : xarray.Dataset
        From `ssbflow.open_cube`, or what is selected of it.
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
        The cube is that of a study, or names no cases.
    SelectionError
        There is no such variable, or no case ended well.
    """
    check_is_grid(cube, "a heat map")
    shown = quantity_of(cube, name, cell)
    compositions, distributions = (in_order(cube, dim, shown.designs) for dim in ("composition", "distribution"))
    mean = shown.designs[VALUE].unstack("composition").reindex(index=distributions, columns=compositions)
    with drawn_on(ax, _size(mean)) as axes:
        image = axes.imshow(mean.to_numpy(), aspect="auto", norm=_norm(shown))
        axes.set_facecolor("0.92")  # of designs without a number
        axes.set_xticks(*_some(compositions), rotation=45 if len(compositions) > 8 else 0)
        axes.set_yticks(*_some(distributions))
        axes.set(xlabel="composition", ylabel="distribution")
        axes.tick_params(length=0)
        if mean.size <= MOST_WRITTEN:
            _write(axes, image, mean, shown)
            axes.set_title(EXPLAINED, size=8)
        axes.figure.colorbar(image, ax=axes, label=shown.label)
    return axes


def _size(mean: pd.DataFrame) -> tuple[float, float]:
    if mean.size > MOST_WRITTEN:
        return 6.4, 4.4
    return 2.2 + 0.85 * mean.shape[1], 1.1 + 0.75 * mean.shape[0]


def _norm(shown: Quantity) -> Normalize:
    values = np.concatenate([shown.designs[VALUE], shown.cases[VALUE]])
    return Normalize(np.nanmin(values), np.nanmax(values)) if np.isfinite(values).any() else Normalize(0, 1)


def _some(labels: list[str]) -> tuple[list[int], list[str]]:
    """Return positions and labels, so many that they have room."""
    step = -(-len(labels) // MOST_LABELS)
    return list(range(0, len(labels), step)), labels[::step]


def _write(axes: Axes, image: AxesImage, mean: pd.DataFrame, shown: Quantity) -> None:
    half_width = shown.half_width.unstack("composition").reindex_like(mean).to_numpy()
    for (y, x), value in np.ndenumerate(mean.to_numpy()):
        text = "–" if np.isnan(value) else f"{value:.3g}"
        interval = "" if np.isnan(half_width[y, x]) else f"\n± {half_width[y, x]:.2g}"
        ink = _readable_on(image, value)
        axes.text(x, y - 0.14, text + interval, ha="center", va="center", size=7.5, color=ink)
        values = shown.cases.loc[shown.cases.index == (mean.columns[x], mean.index[y]), VALUE]
        if len(values):
            at = x + np.linspace(DOTS_FROM, DOTS_TO, 2 * len(values) + 1)[1::2]
            axes.scatter(
                at, np.full(len(values), y + DOTS_AT), c=image.to_rgba(values.to_numpy()),
                s=min(36, 300 / len(values)), edgecolors=ink, linewidths=0.5,
            )  # fmt: skip


def _readable_on(image: AxesImage, value: float) -> str:
    red, green, blue, _ = image.to_rgba(np.array(value))
    dark = 0.299 * red + 0.587 * green + 0.114 * blue < DARK
    return "white" if dark and not np.isnan(value) else "black"

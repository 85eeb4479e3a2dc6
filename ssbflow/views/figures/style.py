"""The house style of figures: colours that everyone tells apart, sizes, labels with units, saving."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes

from ssbflow.errors import InputError

PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#000000")
"""Of Okabe and Ito, https://jfly.uni-koeln.de/color; yellow and black come last, they are hard to see and to tell."""
EAM, SE, NOT_CONNECTED, PORE = "#4d4d4d", "#56b4e9", "#e69f00", "#f2f2f2"
SIZE_INCHES = (5.6, 3.8)
DPI = 150
ENDINGS = (".pdf", ".svg", ".png")
POWERS = str.maketrans("23", "²³")
SHARES = {"eam_wt": "EAM as mixed (wt%)", "eam_vol_target": "EAM as mixed (vol% of EAM and SE)"}
"""Shares of EAM, drawn in per cent."""

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same picture everywhere
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "errorbar.capsize": 2.5,
    "image.cmap": "viridis",
    "figure.dpi": 100,
    "savefig.dpi": DPI,
    "svg.fonttype": "none",  # text stays text
    "pdf.fonttype": 42,
}


@contextmanager
def drawn_on(ax: Axes | None, size_inches: tuple[float, float] = SIZE_INCHES) -> Iterator[Axes]:
    """Give the axes to draw on in the house style: those handed in, or those of a new figure.

    Matplotlib's own settings are as before when it ends.
    """
    with mpl.rc_context(STYLE):
        if ax is None:
            from matplotlib import pyplot  # so that notebooks show the figure

            ax = pyplot.figure(figsize=size_inches, layout="constrained").subplots()
        yield ax


def labelled(name: str, units: str | None) -> str:
    """Return the label of an axis: the name of the cube in words, and its unit."""
    words = SHARES.get(name) or name.replace("_", " ")
    return words if units is None or name in SHARES else f"{words} ({shown_unit(units)})"


def shown_unit(units: str) -> str:
    """Return a unit of the cube as people write it: ``Wh kg-1`` as Wh/kg, ``1`` as –."""
    if units == "1":
        return "–"
    parts = units.replace("um", "µm").split()
    above, below = ([part for part in parts if ("-" in part) == inverse] for inverse in (False, True))
    written = " ".join(above) + "".join(f"/{part.replace('-', '').removesuffix('1')}" for part in below)
    return written.translate(POWERS)


def save(ax: Axes, path: str | Path) -> Path:
    """Save the figure of some axes: as vectors (pdf, svg), or as PNG.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        As every function of `ssbflow.plot` returns them.
    path : path
        File to write; its ending says how. Its folder is made if missing.

    Raises
    ------
    InputError
        Another ending.
    """
    target = Path(path)
    if target.suffix.lower() not in ENDINGS:
        allowed = ", ".join(ENDINGS)
        raise InputError(f"figures are saved as {allowed}; got {target.name!r}: give the file one of these endings")
    target.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        ax.figure.figure.savefig(target)  # of a subfigure, too, all of the figure
    return target

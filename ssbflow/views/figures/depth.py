"""How pore, SE and EAM share each depth of an electrode."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ssbflow.structure.porosity import depth_profile
from ssbflow.views.figures.pressed_case import pressed_case
from ssbflow.views.figures.style import EAM, PORE, SE, drawn_on

SIZE_INCHES = (4.2, 4.4)
PHASES = {"eam": ("EAM", EAM), "se": ("SE", SE), "pore": ("pore", PORE)}


def depth(store: str | Path, case_id: str, *, slabs: int = 50, ax: Axes | None = None) -> Axes:
    """Draw the volume fractions of EAM, SE and pore from the floor to the height.

    Where SE and EAM overlap, the volume is EAM (`ssbflow.depth_profile`). Carbon and binder are no particles: their
    volume is in the pores.

    Parameters
    ----------
    store : path or str
        A store, its URL, or a name in the catalog of datasets.
    case_id : str
    slabs : int
        Number of equal slabs.
    ax : matplotlib.axes.Axes, optional
        Those of a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        Fewer than one slab.
    StoreError
        The store has no such case file.
    """
    case = pressed_case(store, case_id)
    profile = depth_profile(case.whole, slabs)
    height = case.whole.height_um
    edges = np.linspace(0, height, slabs + 1)
    with drawn_on(ax, SIZE_INCHES) as axes:
        left = np.zeros(slabs)
        for name, (label, colour) in PHASES.items():
            right = left + profile[name].values
            mean = float(profile[name].mean())
            axes.stairs(right, edges, baseline=left, orientation="horizontal", fill=True, color=colour,
                        label=f"{label}, {mean:.2f}")  # fmt: skip
            left = right
        axes.legend(title="volume fraction, mean", ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
        axes.set(xlim=(0, 1), ylim=(0, height))
        axes.set(xlabel="volume fraction (–)", ylabel="height above the floor (µm)")
    return axes

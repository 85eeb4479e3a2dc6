"""Sizes of the particles of a case: what was asked for, and what was packed."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ssbflow.errors import InputError
from ssbflow.inputs.distributions.base import Basis, SizeBins
from ssbflow.packing.packing import Floats, Packing
from ssbflow.views.figures.pressed_case import pressed_case
from ssbflow.views.figures.style import EAM, PALETTE, SE, drawn_on

COLOURS = {"eam": (EAM, "black"), "se": (SE, PALETTE[0])}
"""Species → colour of its bars, and of what was asked for: where bins of both overlap, each is told from the other."""
BAR_WIDTH = 0.9  # of the distance of bins
WIDTH_OF_ONE = 0.05  # of the diameter, where there is a single bin


def sizes(store: str | Path, case_id: str, *, basis: Basis = "number", ax: Axes | None = None) -> Axes:
    """Draw the size distributions of a case: bars of the particles that were packed, dashes of what was asked for.

    Each species is cut into the bins that its particles are drawn from; its shares sum to 100 %. Under a body force,
    particles above the plane of the mass cut do not count.

    Parameters
    ----------
    store : path or str
        A store, its URL, or a name in the catalog of datasets.
    case_id : str
    basis : str
        ``number`` or ``volume``: what shares are of.
    ax : matplotlib.axes.Axes, optional
        Those of a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        An unknown basis.
    StoreError
        The store has no such case file.
    """
    if basis not in ("number", "volume"):
        raise InputError(f"basis must be 'number' or 'volume'; got {basis!r}")
    case = pressed_case(store, case_id)
    with drawn_on(ax) as axes:
        handles: list[Patch | Line2D] = []
        for species, (colour, dark) in COLOURS.items():
            bins = case.asked(species).discrete
            realised = realised_shares(case.packing, species, bins, basis)
            width = BAR_WIDTH * _distance(bins.diameter_um)
            axes.bar(bins.diameter_um, 100 * realised, width, color=colour, alpha=0.75)
            half = width / 2
            asked = 100 * _in_basis(bins.number_fraction, bins.diameter_um, basis)
            axes.hlines(asked, bins.diameter_um - half, bins.diameter_um + half, color=dark, lw=1.8)
            count = int((case.packing.species == species).sum())
            handles.append(Patch(color=colour, alpha=0.75, label=f"{species.upper()}: {count} particles"))
            handles.append(Line2D([], [], color=dark, lw=1.8, label=f"{species.upper()} asked for"))
        axes.legend(handles=handles)
        axes.set(xlabel="diameter (µm)", ylabel=f"share of the species' {basis} (%)")
    return axes


def realised_shares(packing: Packing, species: str, bins: SizeBins, basis: Basis) -> Floats:
    """Return the share of the particles of a species in each bin (B,); NaN without any."""
    diameter = 2 * packing.radius_um[packing.species == species]
    nearest = np.abs(diameter[:, None] - bins.diameter_um).argmin(axis=1)
    count = np.bincount(nearest, minlength=len(bins.diameter_um)).astype(float)
    return _in_basis(count, bins.diameter_um, basis)


def _in_basis(number: Floats, diameter_um: Floats, basis: Basis) -> Floats:
    weight = number * diameter_um**3 if basis == "volume" else number
    total = weight.sum()
    return weight / total if total > 0 else np.full(len(weight), np.nan)


def _distance(diameter_um: Floats) -> float:
    """Return the smallest distance of two bins."""
    if len(diameter_um) == 1:
        return WIDTH_OF_ONE * float(diameter_um[0])
    return float(np.diff(np.sort(diameter_um)).min())

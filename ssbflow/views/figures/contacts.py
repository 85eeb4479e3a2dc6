"""Contacts of a case: how forces and numbers of contacts are distributed."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Floats
from ssbflow.structure.contact_graph import Ints
from ssbflow.structure.contact_search import contact_graph
from ssbflow.views.figures.pressed_case import PressedCase, pressed_case
from ssbflow.views.figures.style import EAM, PALETTE, SE, drawn_on

PAIRS = {"EAM–EAM": (2, EAM, "-"), "SE–EAM": (1, PALETTE[1], "--"), "SE–SE": (0, SE, "-.")}
"""Name → number of EAM ends, colour, line."""
MN_PER_NN = 1e-6


def contact_forces(store: str | Path, case_id: str, *, ax: Axes | None = None) -> Axes:
    """Draw which share of the contacts presses harder than a force, for each pair of species.

    Normal forces between particles as the press left them; floor and platen are left out. A share over a force, and
    not a histogram: it needs no bins, and its tail is as clear as its body.

    Parameters
    ----------
    store : path or str
        A store, its URL, or a name in the catalog of datasets.
    case_id : str
    ax : matplotlib.axes.Axes, optional
        Those of a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    StoreError
        The store has no such case file.
    """
    case = pressed_case(store, case_id)
    with drawn_on(ax) as axes:
        for pair, (_, colour, line) in PAIRS.items():
            force = np.sort(_forces_mn(case, pair))
            if len(force):
                share = np.arange(len(force), 0, -1) / len(force)
                label = f"{pair}: {len(force)} contacts, mean {force.mean():.3g} mN"
                axes.step(force, share, where="pre", color=colour, linestyle=line, label=label)
        axes.set(xlabel="normal force (mN)", ylabel="share of contacts with a larger force (–)", yscale="log")
        axes.set_xlim(left=0)
        axes.legend()
    return axes


def coordination(store: str | Path, case_id: str, *, analysis: Analysis | None = None, ax: Axes | None = None) -> Axes:
    """Draw how many contacts EAM and SE particles have, of any kind.

    Parameters
    ----------
    store : path or str
        A store, its URL, or a name in the catalog of datasets.
    case_id : str
    analysis : Analysis, optional
        Its overlap criterion says what touches; the default if left out.
    ax : matplotlib.axes.Axes, optional
        Those of a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    StoreError
        The store has no such case file.
    """
    packing = pressed_case(store, case_id).packing
    count = contact_graph(packing, (analysis or Analysis()).overlap_criterion).contacts_per_particle
    with drawn_on(ax) as axes:
        for beside, species, members, colour in (
            (-0.21, "EAM", packing.is_eam, EAM),
            (0.21, "SE", packing.is_se, SE),
        ):
            if members.any():
                share, mean = _shares(count[members]), count[members].mean()
                axes.bar(
                    np.arange(len(share)) + beside, 100 * share, 0.42, color=colour, label=f"{species}, mean {mean:.1f}"
                )
        axes.set(xlabel="contacts of a particle (–)", ylabel="share of the species' particles (%)")
        axes.set_xlim(left=-0.6)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
    return axes


def _forces_mn(case: PressedCase, pair: str) -> Floats:
    contacts, is_eam = case.contacts, case.packing.is_eam
    of_pair = is_eam[contacts.first].astype(int) + is_eam[contacts.second] == PAIRS[pair][0]
    return np.asarray(contacts.normal_force_nn[of_pair & (contacts.normal_force_nn > 0)] * MN_PER_NN)


def _shares(count: Ints) -> Floats:
    return np.asarray(np.bincount(count) / len(count))

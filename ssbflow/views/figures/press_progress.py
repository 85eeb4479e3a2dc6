"""The press of a case: how the packing came down, and where it came to rest."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ssbflow.views.figures.pressed_case import PressedCase, pressed_case
from ssbflow.views.figures.style import PALETTE, drawn_on


def press(store: str | Path, case_id: str, *, ax: Axes | None = None) -> Axes:
    """Draw the way of a press: the highest top and the mean height of the particles, frame by frame.

    The final height is a dashed line: the platen's, or the plane of the mass cut. Pressure and unbalanced force are
    known of the end of the press, where they stand beside what they had to reach.

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
    height = case.trajectory_um[:, :, 2]
    step, final = case.dataset["step"].values, case.packing.height_um
    with drawn_on(ax) as axes:
        axes.plot(step, (height + case.packing.radius_um).max(axis=1), "o-", color=PALETTE[0], label="highest top")
        axes.plot(step, height.mean(axis=1), "s-", color=PALETTE[1], label="mean height of the centres")
        axes.axhline(final, color="black", ls="--", lw=1, label=f"height of the electrode, {final:.1f} µm")
        axes.text(0.98, 0.03, _at_the_end(case), transform=axes.transAxes, ha="right", va="bottom", size=8)
        axes.legend(loc="upper right")
        top = float(np.max(height + case.packing.radius_um))
        axes.set(xlabel="time step", ylabel="height above the floor (µm)", ylim=(0, 1.35 * top))
    return axes


def _at_the_end(case: PressedCase) -> str:
    asked, told = case.inputs["protocol"]["press"], case.values
    lines = [f"at the end, after {told['steps']:.0f} steps:"]
    lines.append(f"pressure on the floor {told['pressure_measured']:.1f} MPa of {asked['pressure_mpa']:g} MPa")
    limit = asked["settling"]["unbalanced_force_limit"]
    lines.append(f"unbalanced force {told['unbalanced_force']:.1e}, limit {limit:.1e}")
    return "\n".join(lines)

"""A vertical cut through a packing: the first picture anyone wants of a case."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Patch

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Mask, Packing
from ssbflow.structure.sample import Sample
from ssbflow.views.figures.pressed_case import pressed_case

HEIGHT_INCHES = 6.0
COLOURS = {"EAM": "#4d4d4d", "SE connected to the floor": "#56b4e9", "SE not connected": "#e69f00"}


def draw_cross_section(axes: Axes, packing: Packing, kinds: dict[str, Mask], y_um: float) -> None:
    """Draw the circles in which the plane y = `y_um` cuts spheres.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    packing : Packing
    kinds : dict
        Name → (N,) bool, drawn in the colour of that name.
    y_um : float
        Where to cut.
    """
    width, depth = packing.edge_um
    x, y, z = packing.position_um.T
    from_plane = (y - y_um + depth / 2) % depth - depth / 2
    cut = np.abs(from_plane) < packing.radius_um
    for name, mask in kinds.items():
        members = np.flatnonzero(cut & mask)
        radius = np.sqrt(packing.radius_um[members] ** 2 - from_plane[members] ** 2)
        circles = [
            Circle((x[member] + shift, z[member]), r)
            for member, r in zip(members, radius, strict=True)
            for shift in (-width, 0.0, width)
        ]
        axes.add_collection(PatchCollection(circles, facecolor=COLOURS[name], edgecolor="white", linewidth=0.3))
    axes.set(xlim=(0, width), aspect="equal", xlabel="x (µm)")


def draw_case(store: str | Path, case_id: str, picture: str | Path) -> Path:
    """Save a picture of one case: the loose box and the pressed electrode, cut through the middle, to one scale.

    Parameters
    ----------
    store : path
    case_id : str
    picture : path
        File to write; its ending (png, svg, pdf) says how.

    Raises
    ------
    StoreError
        The store has no such case.
    """
    case = pressed_case(store, case_id)
    pressed, loose = case.packing, case.loose
    connected = Sample(pressed, Analysis(), None, np.random.default_rng(0)).se_from_floor
    kinds = {
        "EAM": pressed.is_eam,
        "SE connected to the floor": connected,
        "SE not connected": pressed.is_se & ~connected,
    }
    panel_width = HEIGHT_INCHES * pressed.edge_um[0] / loose.height_um
    figure = Figure(figsize=(max(2 * panel_width + 1.5, 3.2), HEIGHT_INCHES), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, packing, title in ((left, loose, "loose"), (right, pressed, "pressed")):
        draw_cross_section(axes, packing, kinds, packing.edge_um[1] / 2)
        axes.set_title(title)
    right.axhline(pressed.height_um, color="black", linestyle="--", linewidth=1)
    left.set(ylim=(0, loose.height_um), ylabel="z (µm)")
    handles = [Patch(color=colour, label=name) for name, colour in COLOURS.items()]
    figure.legend(handles=handles, loc="outside lower center", frameon=False)
    path = Path(picture)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    return path

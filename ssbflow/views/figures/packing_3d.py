"""A case in space: its box, its networks, the ways through it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from ssbflow.errors import InputError, SelectionError
from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Mask, Packing
from ssbflow.structure.geodesic import Path as SEPath
from ssbflow.structure.geodesic import median_path, shortest_path
from ssbflow.structure.sample import Sample
from ssbflow.structure.transport import currents
from ssbflow.views.figures.pressed_case import PressedCase, pressed_case
from ssbflow.views.figures.scene import Scene, check_ending
from ssbflow.views.figures.style import EAM, NOT_CONNECTED, PALETTE, SE

What = Literal["se_network", "eam_active", "before_after", "path", "current"]

APART = 2.2  # of the edge: where the second box stands
FAINT = 0.1
"""Opacity of what is only around."""
OVER = 1.02
"""Scale of the path that hides the other one where both go through the same particle."""
BELOW = "#bbbbbb"
DECADE_LIMITS = (0.1, 10.0)
"""Of local current density over the electrode's."""


def packing_3d(
    store: str | Path,
    case_id: str,
    what: What = "se_network",
    path: str | Path | None = None,
    *,
    analysis: Analysis | None = None,
) -> Any:
    """Show a case in space, without perspective; lengths stand at the edges of the box.

    Particles that stick out of the box come in again on its other side.

    Parameters
    ----------
    store : path or str
        A store, its URL, or a name in the catalog of datasets.
    case_id : str
    what : str
        ``se_network``: SE connected to the floor, or not. ``eam_active``: EAM that touches SE connected to the floor,
        or not. ``before_after``: the loose box and the pressed one. ``path``: the shortest SE path from top to floor,
        and one of median geodesic tortuosity. ``current``: current density in SE particles (current over π r²) over
        that of the electrode.
    path : path, optional
        Picture to write (png, jpg), off screen.
    analysis : Analysis, optional
        What touches and what connects; the defaults if left out.

    Returns
    -------
    pyvista.Plotter
        ``.show()`` opens it in a window or notebook; closed where a picture was written.

    Raises
    ------
    InputError
        PyVista is not installed, an unknown `what`, or an ending that is none of a picture.
    SelectionError
        A path or a current where no SE leads from top to floor.
    StoreError
        The store has no such case file.
    """
    if what not in PICTURES:
        raise InputError(f"what must be one of {', '.join(get_args(What))}; got {what!r}")
    if path is not None:
        check_ending(path)
    scene = Scene(off_screen=path is not None)
    PICTURES[what](scene, pressed_case(store, case_id), analysis or Analysis())
    return scene.finished(path)


def _before_after(scene: Scene, case: PressedCase, _: Analysis) -> None:
    for packing, shift, title in ((case.loose, 0.0, "loose"), (case.packing, APART, "pressed")):
        corner = np.array([shift * packing.edge_um[0], 0, 0])
        first = shift == 0
        for name, members, colour in (("EAM", packing.is_eam, EAM), ("SE", packing.is_se, SE)):
            meaning = name if first else ""
            scene.add_spheres(packing.position_um[members] + corner, packing.radius_um[members], colour, meaning)
        _add_box(scene, packing, corner, title)


def _se_network(scene: Scene, case: PressedCase, analysis: Analysis) -> None:
    packing, sample = case.packing, _sample(case.packing, analysis)
    connected = sample.se_from_floor
    _add(scene, packing, connected, SE, "SE connected to the floor")
    _add(scene, packing, packing.is_se & ~connected, NOT_CONNECTED, "SE not connected")
    _add(scene, packing, packing.is_eam, EAM, "EAM (faint)", FAINT)
    _add_box(scene, packing)


def _eam_active(scene: Scene, case: PressedCase, analysis: Analysis) -> None:
    packing, sample = case.packing, _sample(case.packing, analysis)
    active = sample.eam_active
    _add(scene, packing, active, PALETTE[2], "EAM active: touches SE connected to the floor")
    _add(scene, packing, packing.is_eam & ~active, PALETTE[5], "EAM not active")
    _add(scene, packing, packing.is_se, SE, "SE (faint)", FAINT)
    _add_box(scene, packing)


def _path(scene: Scene, case: PressedCase, analysis: Analysis) -> None:
    packing = case.packing
    shortest = shortest_path(packing, analysis)
    median = median_path(packing, np.random.default_rng(0), analysis)
    if shortest is None or median is None:
        raise SelectionError(_nothing_spans(case))
    _add_path(scene, packing, shortest, PALETTE[5], "shortest path", OVER)
    _add_path(scene, packing, median, PALETTE[2], "path of median tortuosity")
    _add(scene, packing, packing.is_eam, EAM, "EAM (faint)", FAINT)
    _add(scene, packing, packing.is_se, SE, "other SE (faint)", FAINT / 2)
    _add_box(scene, packing)


def _current(scene: Scene, case: PressedCase, analysis: Analysis) -> None:
    packing = case.packing
    flow = currents(packing, "se", analysis)
    if flow.conductance_um == 0:
        raise SelectionError(_nothing_spans(case))
    of_electrode = flow.conductance_um / packing.cross_section_um2
    density = flow.particle_current / (np.pi * packing.radius_um**2) / of_electrode
    carries = flow.carries & (density > DECADE_LIMITS[0])
    meaning = "current density in SE over that of the electrode (–)"
    scene.add_coloured_spheres(
        packing.position_um[carries], packing.radius_um[carries], density[carries], meaning, DECADE_LIMITS
    )
    _add(scene, packing, packing.is_se & ~carries, BELOW, f"SE below {DECADE_LIMITS[0]:g} (faint)", FAINT)
    _add(scene, packing, packing.is_eam, EAM, "EAM (faint)", FAINT / 2)
    _add_box(scene, packing)


PICTURES: dict[str, Callable[[Scene, PressedCase, Analysis], None]] = {
    "se_network": _se_network,
    "eam_active": _eam_active,
    "before_after": _before_after,
    "path": _path,
    "current": _current,
}


def _sample(packing: Packing, analysis: Analysis) -> Sample:
    return Sample(packing, analysis, None, np.random.default_rng(0))


def _add(scene: Scene, packing: Packing, members: Mask, colour: str, meaning: str, opacity: float = 1.0) -> None:
    scene.add_spheres(packing.position_um[members], packing.radius_um[members], colour, meaning, opacity)


def _add_path(scene: Scene, packing: Packing, path: SEPath, colour: str, name: str, scale: float = 1.0) -> None:
    meaning = f"{name}: {path.length_um:.0f} µm, tortuosity {path.tortuosity:.2f}"
    scene.add_spheres(path.position_um, scale * packing.radius_um[path.particles], colour, meaning)


def _add_box(scene: Scene, packing: Packing, corner: Any = (0.0, 0.0, 0.0), title: str = "") -> None:
    scene.add_box(np.asarray(corner, dtype=float), (*packing.edge_um, packing.height_um), title)


def _nothing_spans(case: PressedCase) -> str:
    return (
        f"in case {case.dataset.attrs['case_id']} no SE leads from top to floor: there is no path and no current to "
        "show; take a case with percolates == 1, or what='se_network'"
    )

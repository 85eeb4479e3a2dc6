"""The pressed packing of one case for the 3-D view: what takes part in which colour, and not too many spheres."""

import numpy as np

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Packing
from ssbflow.structure.sample import Sample
from ssbflow.views.report.model import KINDS, Spheres

MOST_SPHERES = 8_000  # that a browser turns smoothly


def spheres(
    packing: Packing, analysis: Analysis, case_id: str, title: str, most_spheres: int = MOST_SPHERES
) -> Spheres:
    """Return the spheres of a pressed packing that count, with what each takes part in.

    Parameters
    ----------
    packing : Packing
    analysis : Analysis
        Whose contacts decide what is connected.
    case_id, title : str
    most_spheres : int
        Of more, those behind a vertical plane are shown: a cut shows the inside, thinning would show gaps.
    """
    sample = Sample(packing, analysis, None, np.random.default_rng(0))
    inside, takes_part = sample.particles, sample.se_from_floor | sample.eam_active
    kind = np.where(inside.is_eam, KINDS.index("EAM active"), KINDS.index("SE connected to the floor")) + ~takes_part
    y = inside.position_um[:, 1]
    shown, left_out = np.ones(len(y), dtype=bool), ""
    if len(y) > most_spheres:
        plane = np.partition(y, -most_spheres)[-most_spheres]
        shown = y >= plane
        left_out = f"{shown.sum()} of {len(y)} spheres are shown: those with centres at y ≥ {plane:.1f} µm."
    return Spheres(
        case_id=case_id,
        title=title,
        position_um=inside.position_um[shown],
        radius_um=inside.radius_um[shown],
        kind=kind[shown].astype(np.uint8),
        edge_um=packing.edge_um,
        height_um=packing.height_um,
        left_out=left_out,
    )

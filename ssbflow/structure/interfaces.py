"""Interfaces: where EAM and connected SE meet."""

import numpy as np

from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

PER_M = 1e6  # 1/µm in 1/m

VARIABLES = (
    Variable(
        "active_interface_area",
        "m2 m-3",
        "contact area of EAM with SE connected to the top, per electrode volume",
        "sum of pi a2 over the contacts; contact radius a: {contact_radius}",
    ),
)


def measure(sample: Sample) -> dict[str, float]:
    """Return the area that the reaction has: π a² of each contact with SE that ions from the top reach."""
    contacts, connected = sample.graph.se_eam, sample.se_from_top
    area = np.pi * contacts.contact_radius_um(sample.analysis.contact_radius) ** 2
    active = connected[contacts.first] | connected[contacts.second]
    return {"active_interface_area": float(area[active].sum()) / sample.volume_um3 * PER_M}

"""Contact forces: how unevenly the press loads the contacts, and how much of the pressure each species bears."""

import numpy as np

from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

MPA_PER_NN_UM2 = 1e-3  # 1 nN/µm² is 1 kPa
NORMAL_ONLY = "normal forces of contacts between particles; friction, floor and platen left out"

VARIABLES = (
    Variable("contact_force_mean", "nN", "mean normal force of the contacts that press"),
    Variable("contact_force_variation", "1", "standard deviation over mean of the normal forces"),
    Variable("stress_eam", "MPa", "vertical stress that EAM bears, per electrode volume", NORMAL_ONLY),
    Variable("stress_se", "MPa", "vertical stress that SE bears, per electrode volume", NORMAL_ONLY),
)


def measure(sample: Sample) -> dict[str, float]:
    """Return force statistics and the vertical stress of each species; nothing without the contacts of a press.

    The stress is that of Love and Weber, σ_zz = Σ f n_z² ℓ / V (Bagi, Mech. Mater. 22, 165, 1996), where ℓ is the part
    of a contact's branch that lies in the particle.
    """
    contacts, packing = sample.contacts, sample.packing
    if contacts is None:
        return {}
    pressing = (contacts.normal_force_nn > 0) & packing.inside[contacts.first] & packing.inside[contacts.second]
    if not pressing.any():
        return {variable.name: float("nan") for variable in VARIABLES}
    first, second = contacts.first[pressing], contacts.second[pressing]
    overlap, force = contacts.overlap_um[pressing], contacts.normal_force_nn[pressing]
    distance = packing.radius_um[first] + packing.radius_um[second] - overlap
    upright = (packing.position_um[second, 2] - packing.position_um[first, 2]) / distance
    values = {
        "contact_force_mean": float(force.mean()),
        "contact_force_variation": float(force.std() / force.mean()),
    }
    for species, members in (("stress_eam", packing.is_eam), ("stress_se", packing.is_se)):
        branch = sum(members[end] * (packing.radius_um[end] - overlap / 2) for end in (first, second))
        values[species] = float(np.sum(force * upright**2 * branch)) / sample.volume_um3 * MPA_PER_NN_UM2
    return values

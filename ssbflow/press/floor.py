"""The rigid floor at z = 0: one granular wall for each species, and a stop for spheres pressed flat against it.

A wall's force turns round where a sphere's centre passes it. In an elastic press this happens: a small sphere under a
large one can carry more than Hertz gives at an overlap of one radius. Real particles are flattened and stiffen, so from
half a radius of overlap on a linear spring of 5 E* r is added; together they carry 3.8 E* r² before the centre reaches
the floor, Hertz alone 1.3 E* r². A reflecting plane at z = 0 is the last resort and is never met in equilibrium.
"""

from ssbflow.inputs.material import Material
from ssbflow.press.mechanics import youngs_modulus_kpa

FLATTENED = 0.5  # height of the centre, in radii, below which the stop acts
STOP_STIFFNESS = 5.0  # in E* r; the contact's own stiffness at an overlap of one radius is 2 E* r


def wall(species: str, coefficients: str) -> str:
    """Return the granular wall of one species."""
    return f"fix floor_{species} {species} wall/gran granular {coefficients} zplane 0.0 NULL contacts"


def stop(species: str, material: Material, stiffness_scale: float) -> str:
    """Return the stop of one species: an atom-style variable, and the force that it says."""
    assert material.poisson_ratio is not None
    modulus = youngs_modulus_kpa(material, stiffness_scale) / (2 * (1 - material.poisson_ratio**2))
    depth = f"({FLATTENED}*radius-z)"
    return (
        f"variable stop_{species} atom {STOP_STIFFNESS * modulus!r}*radius*{depth}*(z<{FLATTENED}*radius)\n"
        f"fix stop_{species} {species} addforce 0.0 0.0 v_stop_{species}"
    )


def force(species: str) -> str:
    """Return the computes that sum what the floor carries of one species."""
    return (
        f"compute floor_{species} {species} reduce sum f_floor_{species}[4]\n"
        f"compute stop_{species} {species} reduce sum v_stop_{species}"
    )


def force_terms(species: str) -> str:
    """Return the terms of the floor force that one species gives."""
    return f"c_floor_{species}+c_stop_{species}"

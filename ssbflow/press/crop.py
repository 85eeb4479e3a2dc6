"""The mass cut: the height is the plane below which the electrode has its target mass (US 2025/0265390 A1)."""

import numpy as np
from scipy.optimize import brentq

from ssbflow.packing.packing import Floats, Packing, volume_below

PLANE_TOLERANCE_UM = 1e-13


def mass_below_pg(packing: Packing, density_g_cm3: Floats, plane_um: float) -> float:
    """Return the mass (pg) of particles below a plane, cut spheres counting with the part below it."""
    below = volume_below(packing.position_um[:, 2], packing.radius_um, plane_um)
    return float(np.sum(below * density_g_cm3))


def cropped(packing: Packing, density_g_cm3: Floats, target_mass_pg: float) -> Packing:
    """Return the packing with the height at which the particles' mass below is the target.

    Parameters
    ----------
    packing : Packing
    density_g_cm3 : (N,) float64
    target_mass_pg : float
        Of particles alone. A packing that holds no more than this keeps its highest top as height.
    """
    top = float((packing.position_um[:, 2] + packing.radius_um).max())
    if mass_below_pg(packing, density_g_cm3, top) <= target_mass_pg:
        height = top
    else:
        height = float(
            brentq(
                lambda plane: mass_below_pg(packing, density_g_cm3, plane) - target_mass_pg,
                0.0,
                top,
                xtol=PLANE_TOLERANCE_UM,
            )
        )
    return Packing(packing.position_um, packing.radius_um, packing.species, packing.edge_um, height)

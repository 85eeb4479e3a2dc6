"""The mass cut: the height is the plane below which the electrode has its target mass (US 2025/0265390 A1)."""

import numpy as np

from ssbflow.inputs.composition import Composition
from ssbflow.inputs.material import Material
from ssbflow.packing.packing import PG_PER_UM2, Floats, Packing, volume_below

PLANE_TOLERANCE_UM = 1e-13


def mass_below_pg(packing: Packing, density_g_cm3: Floats, plane_um: float) -> float:
    """Return the mass (pg) of particles below a plane, cut spheres counting with the part below it."""
    below = volume_below(packing.position_um[:, 2], packing.radius_um, plane_um)
    return float(np.sum(below * density_g_cm3))


def cropped_to_areal_mass(
    packing: Packing, materials: dict[str, Material], areal_mass_mg_cm2: float, composition: Composition | None = None
) -> Packing:
    """Return the packing with the height at which particles and their share of additives have an areal mass.

    Parameters
    ----------
    packing : Packing
    materials : dict
        ``{"eam": Material, "se": Material}``; a species that does not occur may be left out.
    areal_mass_mg_cm2 : float
    composition : Composition, optional
        Without it there are no additives.
    """
    share = composition.particle_weight_fraction if composition else 1.0
    target_mass = areal_mass_mg_cm2 * PG_PER_UM2 * packing.cross_section_um2 * share
    densities = [materials[name].density_g_cm3 if name in materials else np.nan for name in ("eam", "se")]
    return cropped(packing, np.select([packing.is_eam, packing.is_se], densities), target_mass)


def cropped(packing: Packing, density_g_cm3: Floats, target_mass_pg: float) -> Packing:
    """Return the packing with the height at which the particles' mass below is the target.

    Parameters
    ----------
    packing : Packing
    density_g_cm3 : (N,) float64
    target_mass_pg : float
        Of particles alone. A packing that holds no more than this keeps its highest top as height.
    """
    from scipy.optimize import brentq

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

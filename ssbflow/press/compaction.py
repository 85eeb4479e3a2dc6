"""A denser start: the loose box squeezed along z before anything moves, so that no steps are spent falling.

The overlaps that this makes are parted by the same limited moves as those of the grid fill. How far what is measured
afterwards agrees with a slow press from the loose box, and where not, stands in `docs/definitions.md`.
"""

import numpy as np

from ssbflow.packing.packing import Packing


def compacted(packing: Packing, solid_fraction: float) -> Packing:
    """Return the packing squeezed affinely along z to a solid fraction (spheres summed); denser ones as they are.

    Parameters
    ----------
    packing : Packing
    solid_fraction : float
        Solid volume over the volume between floor and highest top.
    """
    height = float(packing.volume_um3.sum()) / (solid_fraction * packing.cross_section_um2)
    if height >= packing.height_um:
        return packing
    position = packing.position_um.copy()
    position[:, 2] = np.maximum(position[:, 2] * height / packing.height_um, packing.radius_um)
    return Packing(position, packing.radius_um, packing.species, packing.edge_um)

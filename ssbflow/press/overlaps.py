"""Packings that no press can start from."""

import numpy as np

from ssbflow.errors import InputError
from ssbflow.packing.packing import Packing

COINCIDENT = 1e-3  # distance of two centres, of the smallest radius, below which there is no direction to part them
MOST_FILLED = 1.5  # of the box, spheres summed: a soft packing under pressure reaches 1


def check_separable(packing: Packing) -> None:
    """Refuse spheres that cannot be parted: centres on one spot, or more spheres than the box can hold.

    Raises
    ------
    InputError
        Naming two particles, or the share of the box that the spheres would fill.
    """
    from scipy.spatial import KDTree

    filled = float(packing.volume_below_height_um3.sum()) / (packing.cross_section_um2 * packing.height_um)
    if filled > MOST_FILLED:
        raise InputError(
            f"the packing overlaps itself beyond repair: its spheres would fill {100 * filled:.0f} % of the box below "
            f"its height of {packing.height_um:g} µm; give a looser one"
        )
    tree = KDTree(packing.position_um, boxsize=np.array([*packing.edge_um, 0.0]))
    coincident = tree.query_pairs(COINCIDENT * float(packing.radius_um.min()), output_type="ndarray")
    if len(coincident):
        first, second = coincident[0]
        raise InputError(
            f"the packing overlaps itself beyond repair: particles {first} and {second} have the same centre, "
            f"{packing.position_um[first].tolist()}; move one of them"
        )

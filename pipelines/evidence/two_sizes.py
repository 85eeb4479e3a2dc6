"""Random packings of spheres of two sizes, pressed, and predicted by the model of Farr and Groot."""

import heapq
from dataclasses import dataclass

import numpy as np

from evidence.bulk import Slab, loose_box_of_two_sizes, pressed_by_platen

RODS = 20_000
SHORTEST_GAP = 0.7654  # of the shorter neighbour: what gives 0.6435 for equal spheres
LARGE_SHARE = 0.7  # of the volume
LARGE = {2: 500, 3: 300, 5: 200}  # how many large spheres, by ratio of the sizes
DEPTH = 2.0  # large diameters next to floor and platen that are left out
PRESSURE_MPA = 5.0


def farr_groot(ratio: float, large_share: float) -> float:
    """Return the random close packed fraction of spheres of two sizes (J. Chem. Phys. 131, 244104, 2009).

    A line through the packing cuts chords, which become rods on a line; the longest first, each goes into the widest
    gap and keeps a distance from its neighbours that is a fixed part of the shorter of the two.
    """
    rods = np.sort(chords(np.array([1.0, ratio]), np.array([1 - large_share, large_share])))[::-1]
    gaps = [-SHORTEST_GAP * rods[0]]  # negative: a heap gives the least
    for rod in rods[1:]:
        widest = -heapq.heappop(gaps)
        least = SHORTEST_GAP * rod
        heapq.heappush(gaps, -least)
        heapq.heappush(gaps, -max(least, widest - rod - least))
    return float(rods.sum() / (rods.sum() - sum(gaps)))


def chords(diameter: np.ndarray, volume_share: np.ndarray) -> np.ndarray:
    """Return lengths, evenly drawn, of the chords that a line cuts from spheres of some diameters."""
    met = volume_share / diameter  # lines meet spheres by their cross-section: volume over diameter
    count = np.round(RODS * met / met.sum()).astype(int)
    return np.concatenate(
        [d * np.sqrt((np.arange(n) + 0.5) / n) for d, n in zip(diameter, count, strict=True)]  # density 2 L/d²
    )


@dataclass(frozen=True)
class Mixed:
    """What one packing gives in its middle.

    Parameters
    ----------
    fraction : float
        Spheres over volume, overlaps of the pressure taken out.
    pressed_fraction : float
        The same with them.
    large_share : float
        Of the spheres' volume.
    """

    fraction: float
    pressed_fraction: float
    large_share: float


def mixed_packing(seed: int, ratio: int, large: int, **settling: float) -> Mixed:
    """Press a box of two sizes without friction."""
    loose = loose_box_of_two_sizes(seed, ratio, large, LARGE_SHARE)
    pressed = pressed_by_platen(loose, friction=0, pressure_mpa=PRESSURE_MPA, unbalanced_force_limit=1e-2, **settling)
    slab = Slab(pressed, DEPTH * ratio)
    return Mixed(slab.fraction_just_touching(), slab.solid_fraction(), slab.share_larger_than(0.5))

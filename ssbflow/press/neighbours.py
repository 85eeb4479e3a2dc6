"""What LAMMPS has to know of the sizes of a packing's particles to find neighbours fast, and to have room for them."""

import numpy as np

from ssbflow.packing.packing import Packing

COLLECTION_RATIO = 4.0  # of diameters within a size collection: more of them make neighbour lists dearer again
USUAL_NEIGHBOURS = 2000  # for which LAMMPS has room in the list of a particle, unless told
DENSE = 0.64  # solid fraction of small spheres around a large one


def most_neighbours(packing: Packing, skin_um: float) -> int:
    """Return for how many neighbours of one particle there must be room: the smallest within reach of the largest."""
    smallest, largest = float(packing.radius_um.min()), float(packing.radius_um.max())
    return max(USUAL_NEIGHBOURS, int(DENSE * ((largest + smallest + skin_um) / smallest) ** 3))


def size_collections(packing: Packing) -> str:
    """Return size collections for `neighbor multi`: contact cut-offs (diameters), each just above its largest.

    A collection begins at the smallest diameter that the one before leaves out, so that none is empty.
    """
    diameters, cutoffs = np.sort(2 * packing.radius_um), []
    while len(diameters):
        size = int(np.searchsorted(diameters, COLLECTION_RATIO * diameters[0], side="right"))
        cutoffs.append(float(1.001 * diameters[size - 1]))
        diameters = diameters[size:]
    return " ".join([str(len(cutoffs)), *map(repr, cutoffs)])

"""The contact graph of a packing: sparse, periodic in x and y, built once and filtered by every measure."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from ssbflow.packing.packing import Floats, Mask, Packing

Ints = NDArray[np.int64]

ROUNDING = 1 + 1e-9  # a pair exactly at the criterion must not be lost in the search
CLASS_RATIO = 1.5  # largest over smallest radius in one size class; a single search radius is quadratic in the ratio


@dataclass(frozen=True, eq=False)
class ContactGraph:
    """Touching pairs of particles; a pair that touches through two periodic images stands twice.

    Parameters
    ----------
    n_particles : int
        N, with or without contacts.
    first, second : (M,) int64
        Indices of the particles.
    vector_um : (M, 3) float64
        From the first centre to the nearest fitting image of the second (µm).
    """

    n_particles: int
    first: Ints
    second: Ints
    vector_um: Floats

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def distance_um(self) -> Floats:
        """(M,) distance of the centres (µm)."""
        return np.asarray(np.linalg.norm(self.vector_um, axis=1))

    def filtered(self, contacts: Mask) -> "ContactGraph":
        """Return the graph of some contacts, (M,) bool; the particles keep their indices."""
        return ContactGraph(self.n_particles, self.first[contacts], self.second[contacts], self.vector_um[contacts])

    def within(self, particles: Mask) -> "ContactGraph":
        """Return the contacts between two of these particles, (N,) bool."""
        return self.filtered(particles[self.first] & particles[self.second])

    def between(self, some: Mask, others: Mask) -> "ContactGraph":
        """Return the contacts of one of `some` with one of `others`, each (N,) bool."""
        forward = some[self.first] & others[self.second]
        backward = others[self.first] & some[self.second]
        return self.filtered(forward | backward)

    @cached_property
    def contacts_per_particle(self) -> Ints:
        """(N,) number of contacts of each particle."""
        ends = np.concatenate([self.first, self.second])
        return np.bincount(ends, minlength=self.n_particles)

    @cached_property
    def cluster(self) -> Ints:
        """(N,) number of the connected cluster that each particle belongs to."""
        shape = (self.n_particles, self.n_particles)
        adjacency = csr_array((np.ones(len(self), dtype=np.int8), (self.first, self.second)), shape=shape)
        return np.asarray(connected_components(adjacency, directed=False)[1], dtype=np.int64)

    def connected_to(self, seeds: Mask) -> Mask:
        """Return which particles lie in a cluster that holds one of the seeds, both (N,) bool; seeds included."""
        reached = np.zeros(self.n_particles, dtype=bool)
        reached[self.cluster[seeds]] = True
        return reached[self.cluster]


def contact_graph(packing: Packing, overlap_criterion: float = 1.0) -> ContactGraph:
    """Find all contacts: (r_i + r_j) ≥ c · d_ij, through every periodic image (US 2025/0265390 A1).

    Parameters
    ----------
    packing : Packing
        Particles above the height count too; select those inside first where they should not.
    overlap_criterion : float
        c; 1 is touching, above 1 asks for overlap.

    Notes
    -----
    Near-linear in particles: each pair of size classes is searched with its own radius.
    """
    classes = _size_classes(packing.radius_um)
    images = [_with_images(packing, members, overlap_criterion) for members in classes]
    found = [
        _pairs(packing, classes[small], *images[large], overlap_criterion, same_class=small == large)
        for small in range(len(classes))
        for large in range(small, len(classes))
    ]
    first, second = (np.concatenate([pairs[end] for pairs in found]) for end in (0, 1))
    vector = np.concatenate([pairs[2] for pairs in found])
    order = np.lexsort((*vector.T, second, first))
    return ContactGraph(len(packing), first[order], second[order], vector[order])


def _size_classes(radius_um: Floats) -> list[Ints]:
    """Sort particles into classes of similar radius; return the members of each class that has any."""
    grade = np.floor(np.log(radius_um / radius_um.min()) / np.log(CLASS_RATIO)).astype(int)
    return [np.flatnonzero(grade == number) for number in np.unique(grade)]


def _with_images(packing: Packing, members: Ints, criterion: float) -> tuple[Ints, Floats]:
    """Return members and their periodic images that anything in the box can touch: indices and positions."""
    position = packing.position_um[members]
    reach = (packing.radius_um[members] + packing.radius_um.max()) / criterion * ROUNDING
    turns = [int(reach.max() / edge) + 1 for edge in packing.edge_um]
    index, images = [], []
    for x, y in product(range(-turns[0], turns[0] + 1), range(-turns[1], turns[1] + 1)):
        shifted = position + np.array([x * packing.edge_um[0], y * packing.edge_um[1], 0.0])
        near = np.ones(len(members), dtype=bool)
        for axis in (0, 1):
            near &= (shifted[:, axis] >= -reach) & (shifted[:, axis] <= packing.edge_um[axis] + reach)
        index.append(members[near])
        images.append(shifted[near])
    return np.concatenate(index), np.concatenate(images)


def _pairs(
    packing: Packing, members: Ints, image_of: Ints, image_position: Floats, criterion: float, *, same_class: bool
) -> tuple[Ints, Ints, Floats]:
    """Find the contacts of one class with the images of another, each contact once."""
    radius = packing.radius_um
    search = (radius[members].max() + radius[image_of].max()) / criterion * ROUNDING
    near = cKDTree(packing.position_um[members]).sparse_distance_matrix(
        cKDTree(image_position), search, output_type="ndarray"
    )
    image = near["j"]
    first, second = members[near["i"]], image_of[image]
    once = first < second if same_class else np.ones(len(first), dtype=bool)
    vector = image_position[image] - packing.position_um[first]
    distance = np.linalg.norm(vector, axis=1)
    touching = once & (radius[first] + radius[second] >= criterion * distance)
    return first[touching], second[touching], vector[touching]

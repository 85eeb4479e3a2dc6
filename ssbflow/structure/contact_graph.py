"""The contact graph of a packing: sparse, periodic in x and y, built once and filtered by every measure."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ssbflow.packing.packing import Floats, Mask, Packing
from ssbflow.structure.contact_geometry import ContactRadius, contact_radius_um

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ContactGraph:
    """Touching pairs of particles; a pair that touches through two periodic images stands twice.

    Parameters
    ----------
    packing : Packing
        Its N particles, with or without contacts.
    first, second : (M,) int64
        Indices of the particles.
    vector_um : (M, 3) float64
        From the first centre to the touching image of the second (µm).
    """

    packing: Packing
    first: Ints
    second: Ints
    vector_um: Floats

    def __len__(self) -> int:
        return len(self.first)

    @property
    def n_particles(self) -> int:
        """N, with or without contacts."""
        return len(self.packing)

    @cached_property
    def distance_um(self) -> Floats:
        """(M,) distance of the centres (µm)."""
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", self.vector_um, self.vector_um)))

    @cached_property
    def normal(self) -> Floats:
        """(M, 3) unit vectors from first to second."""
        return self.vector_um / self.distance_um[:, None]

    @cached_property
    def overlap_um(self) -> Floats:
        """(M,) sum of the radii less the distance (µm); below 0 where a criterion below 1 allows a gap."""
        radius = self.packing.radius_um
        return np.asarray(radius[self.first] + radius[self.second] - self.distance_um)

    def contact_radius_um(self, kind: ContactRadius = "geometric") -> Floats:
        """Return the (M,) radii of the contacts (µm), 0 across a gap."""
        radius = self.packing.radius_um
        return contact_radius_um(radius[self.first], radius[self.second], self.distance_um, kind)

    def filtered(self, contacts: Mask) -> "ContactGraph":
        """Return the graph of some contacts, (M,) bool; the particles keep their indices."""
        return ContactGraph(self.packing, self.first[contacts], self.second[contacts], self.vector_um[contacts])

    def within(self, particles: Mask) -> "ContactGraph":
        """Return the contacts between two of these particles, (N,) bool."""
        return self.filtered(particles[self.first] & particles[self.second])

    def between(self, some: Mask, others: Mask) -> "ContactGraph":
        """Return the contacts of one of `some` with one of `others`, each (N,) bool."""
        forward = some[self.first] & others[self.second]
        backward = others[self.first] & some[self.second]
        return self.filtered(forward | backward)

    @cached_property
    def se_se(self) -> "ContactGraph":
        """SE–SE contacts: where ions pass."""
        return self.within(self.packing.is_se)

    @cached_property
    def eam_eam(self) -> "ContactGraph":
        """EAM–EAM contacts: where electrons pass."""
        return self.within(self.packing.is_eam)

    @cached_property
    def se_eam(self) -> "ContactGraph":
        """SE–EAM contacts: where the reaction takes place."""
        return self.between(self.packing.is_se, self.packing.is_eam)

    @cached_property
    def floor_overlap_um(self) -> Floats:
        """(N,) how far each particle reaches below the floor (µm); 0 touches, below 0 does not."""
        return np.asarray(self.packing.radius_um - self.packing.position_um[:, 2])

    @cached_property
    def top_overlap_um(self) -> Floats:
        """(N,) how far each particle reaches above the height (µm): the platen, or the plane of the mass cut."""
        return np.asarray(self.packing.radius_um + self.packing.position_um[:, 2] - self.packing.height_um)

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

    def touching(self, targets: Mask) -> Mask:
        """Return which particles touch one of the targets, both (N,) bool."""
        touched = np.zeros(self.n_particles, dtype=bool)
        touched[self.first[targets[self.second]]] = True
        touched[self.second[targets[self.first]]] = True
        return touched

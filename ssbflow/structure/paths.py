"""Shortest paths through touching particles, with their true straight-line distances across periodic boundaries."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from ssbflow.packing.packing import Floats
from ssbflow.structure.contact_graph import ContactGraph, Ints

REACHED_AT_ONCE = 10_000_000  # distances and predecessors of several sources together: 120 MB


@dataclass(frozen=True, eq=False)
class Paths:
    """Shortest paths from one or several sources.

    Parameters
    ----------
    network : PathNetwork
    length_um : (..., N) float64
        To every particle; infinite where no path leads.
    predecessor : (..., N) int
        The particle before each on its path; below 0 at a source and where no path leads.
    """

    network: "PathNetwork"
    length_um: Floats
    predecessor: NDArray[np.signedinteger]

    def displacement_um(self, ends: Ints) -> Floats:
        """Return the unwrapped vectors (K, 3) (µm) from the sources to the ends of their paths.

        All paths walk back together, one step at a time; as many steps as the longest path has, none over particles.
        """
        displacement = np.zeros((len(ends), 3))
        at = ends.copy()
        walking = np.flatnonzero(self.predecessor[at] >= 0)
        while len(walking):
            before = self.predecessor[at[walking]].astype(np.int64)
            displacement[walking] += self.network.vectors(before, at[walking])
            at[walking] = before
            walking = walking[self.predecessor[before] >= 0]
        return displacement

    def tortuosity(self, ends: Ints) -> Floats:
        """Return length over straight distance (K,) of the paths to some ends; 1 for a path of one particle."""
        length = self.length_um[ends]
        straight = np.linalg.norm(self.displacement_um(ends), axis=1)
        return np.asarray(np.divide(length, straight, out=np.ones(len(ends)), where=length > 0))

    def particles_to(self, end: int) -> Ints:
        """Return the particles of the path to an end, source first."""
        found = [end]
        while self.predecessor[found[-1]] >= 0:
            found.append(int(self.predecessor[found[-1]]))
        return np.array(found[::-1], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class PathNetwork:
    """Shortest steps between particles, ready for Dijkstra.

    Parameters
    ----------
    length_um : (N, N) sparse float64
        Symmetric; where a pair touches through two images, the shorter contact stands.
    key : (E,) int64
        from · N + to of every step, sorted.
    vector_um : (E, 3) float64
        The steps in the order of their keys.
    """

    length_um: csr_array
    key: Ints
    vector_um: Floats

    @property
    def n_particles(self) -> int:
        """N."""
        return int(self.length_um.shape[0])

    def vectors(self, start: Ints, end: Ints) -> Floats:
        """Return the vectors (K, 3) (µm) of single steps between touching particles."""
        return self.vector_um[np.searchsorted(self.key, start * self.n_particles + end)]

    def from_nearest(self, sources: Ints) -> Paths:
        """Return the paths to every particle from the nearest of the sources, in one search."""
        length, predecessor, _ = dijkstra(
            self.length_um, directed=True, indices=sources, min_only=True, return_predecessors=True
        )
        return Paths(self, length, predecessor)

    def from_each(self, sources: Ints) -> list[Paths]:
        """Return the paths to every particle from each of the sources, one search each."""
        length, predecessor = dijkstra(self.length_um, directed=True, indices=sources, return_predecessors=True)
        return [Paths(self, *found) for found in zip(length, predecessor, strict=True)]

    def sources_at_once(self) -> int:
        """Return how many sources to search from together."""
        return max(1, REACHED_AT_ONCE // self.n_particles)


def path_network(graph: ContactGraph) -> PathNetwork:
    """Turn contacts into steps in both directions, the shortest of each pair."""
    n = graph.n_particles
    start = np.concatenate([graph.first, graph.second])
    end = np.concatenate([graph.second, graph.first])
    vector = np.concatenate([graph.vector_um, -graph.vector_um])
    length = np.concatenate([graph.distance_um, graph.distance_um])
    key = start * n + end
    order = np.lexsort((length, key))
    shortest = order[np.unique(key[order], return_index=True)[1]]
    matrix = csr_array((length[shortest], (start[shortest], end[shortest])), shape=(n, n))
    return PathNetwork(matrix, key[shortest], vector[shortest])

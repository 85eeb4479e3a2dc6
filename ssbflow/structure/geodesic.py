"""Geodesic tortuosity: how much longer the way through touching SE particles is than the straight one.

It estimates no conductivity; it is the published measure of a path's length.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from ssbflow.packing.packing import Floats
from ssbflow.structure.contact_graph import ContactGraph, Ints
from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

VARIABLES = (
    Variable("tortuosity_geodesic_shortest", "1", "geodesic tortuosity of the shortest SE path from top to floor"),
    Variable("tortuosity_geodesic_median", "1", "median geodesic tortuosity of drawn top-floor pairs"),
)


@dataclass(frozen=True, eq=False)
class PathNetwork:
    """Shortest steps between particles, ready for Dijkstra.

    Parameters
    ----------
    length_um : (N, N) sparse float64
        Symmetric; where a pair touches through two images, the shorter contact stands.
    step_um : dict of arrays
        Vectors of the same contacts, sorted by ``key`` = from · N + to.
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


def measure(sample: Sample) -> dict[str, float]:
    """Return the geodesic tortuosities; NaN where no SE path leads from top to floor."""
    top, bottom = _end_regions(sample)
    network = path_network(sample.se_graph)
    return {
        "tortuosity_geodesic_shortest": shortest_tortuosity(network, top, bottom),
        "tortuosity_geodesic_median": median_tortuosity(
            network, top, bottom, sample.analysis.path_pairs, sample.analysis.path_sources, sample.generator
        ),
    }


def _end_regions(sample: Sample) -> tuple[Ints, Ints]:
    """Return connected SE particles whose surface lies within the cut-off of the height, and of the floor.

    Only particles of clusters that reach both regions are kept: no other pair has a path.
    """
    is_se, graph = sample.particles.is_se, sample.se_graph
    top = is_se & sample.near_top & graph.connected_to(is_se & sample.near_floor)
    bottom = is_se & sample.near_floor & graph.connected_to(is_se & sample.near_top)
    return np.flatnonzero(top), np.flatnonzero(bottom)


def shortest_tortuosity(network: PathNetwork, top: Ints, bottom: Ints) -> float:
    """Return length over straight distance of the shortest of all paths between two sets of particles.

    A particle that lies in both sets is a path of one particle: tortuosity 1.
    """
    if not (len(top) and len(bottom)):
        return float("nan")
    length, predecessor, _ = dijkstra(
        network.length_um, directed=True, indices=bottom, min_only=True, return_predecessors=True
    )
    end = top[np.argmin(length[top])]
    if length[end] == 0:
        return 1.0
    straight = _displacements(network, predecessor, np.array([end]))
    return float(length[end] / np.linalg.norm(straight[0]))


def median_tortuosity(
    network: PathNetwork, top: Ints, bottom: Ints, pairs: int, sources: int, generator: np.random.Generator
) -> float:
    """Return the median of length over straight distance over drawn pairs.

    Parameters
    ----------
    network : PathNetwork
    top, bottom : (T,), (B,) int
        Particles that paths end and start at, all in spanning clusters.
    pairs, sources : int
        At most so many pairs, from at most so many starting particles (one search each).
    generator : numpy.random.Generator
    """
    if not (len(top) and len(bottom)):
        return float("nan")
    starts = generator.permutation(top)[:sources]
    ends_each = -(-pairs // len(starts))
    ratios = [_tortuosities_from(network, start, bottom, ends_each, generator) for start in starts]
    return float(np.median(np.concatenate(ratios)[:pairs]))


def _tortuosities_from(
    network: PathNetwork, start: int, bottom: Ints, count: int, generator: np.random.Generator
) -> Floats:
    """Return the tortuosity of the paths from one particle to so many drawn ones of those that it reaches."""
    lengths, predecessors = dijkstra(
        network.length_um, directed=True, indices=np.array([start]), return_predecessors=True
    )
    ends = generator.permutation(bottom[np.isfinite(lengths[0, bottom])])[:count]
    length = lengths[0, ends]
    straight = np.linalg.norm(_displacements(network, predecessors[0], ends), axis=1)
    return np.asarray(np.divide(length, straight, out=np.ones(len(ends)), where=length > 0))


def _displacements(network: PathNetwork, predecessor: NDArray[np.signedinteger], ends: Ints) -> Floats:
    """Return the unwrapped displacement (K, 3) from each path's start to its end.

    All paths walk back together, one step at a time; as many steps as the longest path has, none over particles.
    """
    displacement = np.zeros((len(ends), 3))
    at = ends.copy()
    walking = np.flatnonzero(predecessor[at] >= 0)
    while len(walking):
        before = predecessor[at[walking]].astype(np.int64)
        displacement[walking] += network.vectors(before, at[walking])
        at[walking] = before
        walking = walking[predecessor[before] >= 0]
    return displacement

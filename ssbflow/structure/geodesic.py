"""Geodesic tortuosity: how much longer the way through touching SE particles is than the straight one.

It estimates no conductivity; it is the published measure of a path's length.
"""

from dataclasses import dataclass

import numpy as np

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Floats, Packing
from ssbflow.structure.contact_graph import Ints
from ssbflow.structure.paths import PathNetwork, Paths, path_network
from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

VARIABLES = (
    Variable(
        "tortuosity_geodesic_shortest",
        "1",
        "geodesic tortuosity of the shortest SE path from top to floor",
        "length through touching centres over straight distance, unwrapped; no measure of conductivity",
    ),
    Variable(
        "tortuosity_geodesic_median",
        "1",
        "median geodesic tortuosity of drawn top-floor pairs",
        "up to {path_pairs} pairs from at most {path_sources} starting particles, each by its shortest path",
    ),
    Variable(
        "tortuosity_geodesic_nearest",
        "1",
        "mean geodesic tortuosity from floor particles to their nearest top",
        "each particle near the floor by the shortest of its paths to the top",
    ),
)


@dataclass(frozen=True, eq=False)
class Path:
    """A path through touching SE particles.

    Parameters
    ----------
    particles : (K,) int64
        Indices in the packing, top first.
    position_um : (K, 3) float64
        Centres (µm), unwrapped: neighbours lie side by side, across the periodic boundary too.
    """

    particles: Ints
    position_um: Floats

    @property
    def length_um(self) -> float:
        """Length along the centres (µm)."""
        return float(np.linalg.norm(np.diff(self.position_um, axis=0), axis=1).sum())

    @property
    def straight_um(self) -> float:
        """Straight distance of the end points (µm)."""
        return float(np.linalg.norm(self.position_um[-1] - self.position_um[0]))

    @property
    def tortuosity(self) -> float:
        """Length over straight distance; 1 for a path of one particle."""
        return self.length_um / self.straight_um if len(self.particles) > 1 else 1.0


def measure(sample: Sample) -> dict[str, float]:
    """Return the geodesic tortuosities; NaN where no SE path leads from top to floor."""
    top, bottom = end_regions(sample)
    if not (len(top) and len(bottom)):
        return {variable.name: float("nan") for variable in VARIABLES}
    network = path_network(sample.graph.se_se)
    nearest = network.from_nearest(top)
    each = nearest.tortuosity(bottom)
    drawn = drawn_tortuosities(
        network, top, bottom, sample.analysis.path_pairs, sample.analysis.path_sources, sample.generator
    )
    return {
        "tortuosity_geodesic_shortest": float(each[np.argmin(nearest.length_um[bottom])]),
        "tortuosity_geodesic_median": float(np.median(drawn)),
        "tortuosity_geodesic_nearest": float(np.mean(each)),
    }


def shortest_path(packing: Packing, analysis: Analysis | None = None) -> Path | None:
    """Return the shortest of all SE paths from the top region to the floor region, for pictures.

    Parameters
    ----------
    packing : Packing
    analysis : Analysis, optional
        Overlap criterion and surface cut-off; the defaults if left out.

    Returns
    -------
    Path or None
        None where no SE path leads from top to floor.
    """
    sample = Sample(packing, analysis or Analysis(), None, np.random.default_rng(0))
    top, bottom = end_regions(sample)
    if not (len(top) and len(bottom)):
        return None
    nearest = path_network(sample.graph.se_se).from_nearest(top)
    return _path(sample, nearest, int(bottom[np.argmin(nearest.length_um[bottom])]))


def median_path(packing: Packing, generator: np.random.Generator, analysis: Analysis | None = None) -> Path | None:
    """Return an SE path of middling geodesic tortuosity, for pictures: that of the middle one of drawn starts and ends.

    Parameters
    ----------
    packing : Packing
    generator : numpy.random.Generator
        Draws the starts, at most ``path_sources``, and an end for each.
    analysis : Analysis, optional
        Overlap criterion, surface cut-off and number of starts; the defaults if left out.

    Returns
    -------
    Path or None
        None where no SE path leads from top to floor.
    """
    analysis = analysis or Analysis()
    sample = Sample(packing, analysis, None, generator)
    top, bottom = end_regions(sample)
    if not (len(top) and len(bottom)):
        return None
    starts = generator.permutation(top)[: analysis.path_sources]
    found = []
    for paths in path_network(sample.graph.se_se).from_each(starts):
        (end,) = _drawn_ends(paths, bottom, 1, generator)
        found.append(_path(sample, paths, int(end)))
    return sorted(found, key=lambda path: path.tortuosity)[len(found) // 2]


def _path(sample: Sample, paths: Paths, end: int) -> Path:
    """Return one of the paths, with centres side by side and indices of the whole packing."""
    particles = paths.particles_to(end)
    steps = paths.network.vectors(particles[:-1], particles[1:])
    position = sample.particles.position_um[particles[0]] + np.concatenate([np.zeros((1, 3)), np.cumsum(steps, axis=0)])
    return Path(np.flatnonzero(sample.packing.inside)[particles], position)


def end_regions(sample: Sample) -> tuple[Ints, Ints]:
    """Return connected SE particles whose surface lies within the cut-off of the height, and of the floor.

    Only particles of clusters that reach both regions are kept: no other pair has a path.
    """
    is_se, graph = sample.particles.is_se, sample.graph.se_se
    top = is_se & sample.near_top & graph.connected_to(is_se & sample.near_floor)
    bottom = is_se & sample.near_floor & graph.connected_to(is_se & sample.near_top)
    return np.flatnonzero(top), np.flatnonzero(bottom)


def drawn_tortuosities(
    network: PathNetwork, top: Ints, bottom: Ints, pairs: int, sources: int, generator: np.random.Generator
) -> Floats:
    """Return length over straight distance over drawn pairs, at most `pairs`.

    Parameters
    ----------
    network : PathNetwork
    top, bottom : (T,), (B,) int
        Particles that paths start and end at, all in spanning clusters.
    pairs, sources : int
        At most so many pairs, from at most so many starting particles (one search each).
    generator : numpy.random.Generator
    """
    starts = generator.permutation(top)[:sources]
    ends_each = -(-pairs // len(starts))
    batches = np.array_split(starts, -(-len(starts) // network.sources_at_once()))
    found = [
        paths.tortuosity(_drawn_ends(paths, bottom, ends_each, generator))
        for batch in batches
        for paths in network.from_each(batch)
    ]
    return np.concatenate(found)[:pairs]


def _drawn_ends(paths: Paths, bottom: Ints, count: int, generator: np.random.Generator) -> Ints:
    """Return so many drawn particles of those that the paths reach."""
    return generator.permutation(bottom[np.isfinite(paths.length_um[bottom])])[:count]

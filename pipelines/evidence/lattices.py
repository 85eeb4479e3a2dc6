"""Cubic lattices of overlapping spheres, whose paths, volumes and conductivities are known in closed form."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Floats, Packing
from ssbflow.structure.contact_search import contact_graph
from ssbflow.structure.paths import path_network
from ssbflow.structure.porosity import porosity
from ssbflow.structure.sample import Sample
from ssbflow.structure.transport import relative_conductivity

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Lattice:
    """A cubic lattice of cell edge 1.

    Parameters
    ----------
    basis : tuple of points
        Of one cell.
    nearest : float
        Distance of neighbours.
    neighbours : int
    path : float
        Length over height of the shortest way through neighbours along [100].
    conducting : float
        σ_eff/σ along [100] over 2a/d, a the radius of the contacts and d `nearest`, when only contacts resist.
    """

    basis: tuple[Point, ...]
    nearest: float
    neighbours: int
    path: float
    conducting: float

    def radius(self, overlap: float) -> float:
        """Of spheres that overlap by this share of their diameter."""
        return self.nearest / 2 / (1 - overlap)

    def points(self, cells: tuple[int, int, int]) -> Floats:
        """Sites of some cells, the plane that closes them at the top included."""
        corners = itertools.product(range(cells[0]), range(cells[1]), range(cells[2] + 1))
        sites = np.array([np.add(corner, offset) for corner in corners for offset in self.basis])
        return sites[sites[:, 2] <= cells[2]]

    def conductivity(self, overlap: float) -> float:
        """Return σ_eff/σ of the lattice alone: what two cells more resist, electrodes and end layers the same."""
        few, more = (_resistance(self._between_electrodes(cells, overlap)) for cells in (3, 5))
        return 2 / ((more - few) * 9)

    def closed_form(self, overlap: float) -> float:
        """Return what `conductivity` should be, with the circle in which spheres cut each other as contact."""
        contact = math.sqrt(self.radius(overlap) ** 2 - (self.nearest / 2) ** 2)
        return self.conducting * 2 * contact / self.nearest

    def solid_fraction(self, overlap: float) -> float:
        """Return our union volume of a block of cells over its volume."""
        points = self.points((2, 2, 2))
        return 1 - porosity(se_spheres(points, self.radius(overlap), edge=2.0, height_um=2.0))

    def closed_solid_fraction(self, overlap: float) -> float:
        """Return what `solid_fraction` should be as long as no three spheres overlap."""
        radius = self.radius(overlap)
        lens = lens_um3(radius, self.nearest)
        return len(self.basis) * (4 / 3 * math.pi * radius**3 - self.neighbours / 2 * lens)

    def path_length(self, overlap: float) -> float:
        """Return our path from a site to the one four cells straight above, over its height."""
        points = self.points((5, 5, 4))
        graph = contact_graph(se_spheres(points, self.radius(overlap), edge=5.0))
        foot, head = (np.flatnonzero((points == [2, 3, height]).all(axis=1)) for height in (0, 4))
        return float(path_network(graph).from_nearest(head).tortuosity(foot)[0])

    def _between_electrodes(self, cells: int, overlap: float) -> Packing:
        """Bottom and top layer reach a fifth of a radius into floor and top."""
        radius = self.radius(overlap)
        points = self.points((3, 3, cells)) + np.array([0, 0, 0.8 * radius])
        return se_spheres(points, radius, edge=3.0, height_um=cells + 1.6 * radius)


LATTICES = {
    "SC": Lattice(((0, 0, 0),), 1.0, 6, 1.0, 1.0),
    "BCC": Lattice(((0, 0, 0), (0.5, 0.5, 0.5)), math.sqrt(3) / 2, 8, math.sqrt(3), math.sqrt(3)),
    "FCC": Lattice(
        ((0, 0, 0), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)),
        math.sqrt(0.5), 12, math.sqrt(2), 2 * math.sqrt(2),
    ),
}  # fmt: skip


def se_spheres(points: Floats, radius: float, edge: float, height_um: float | None = None) -> Packing:
    """Equal SE spheres in a square box."""
    return Packing(points, np.full(len(points), radius), ["se"] * len(points), (edge, edge), height_um)


def lens_um3(radius: float, distance: float) -> float:
    """Return the volume that two equal overlapping spheres share."""
    return math.pi * (2 * radius - distance) ** 2 * (distance + 4 * radius) / 12


def _resistance(packing: Packing) -> float:
    sample = Sample(packing, Analysis(bulk_resistance=False), None, np.random.default_rng(0))
    return packing.height_um / (relative_conductivity(sample, "se") * packing.cross_section_um2)

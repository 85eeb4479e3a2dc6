"""Site percolation of random packings: which share of the spheres must conduct for a cube of the packing to."""

from dataclasses import dataclass

import numpy as np

from evidence.bulk import CELL, loose_box, pressed_by_platen
from evidence.lattices import LATTICES, se_spheres
from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Floats, Mask, Packing
from ssbflow.structure.contact_graph import ContactGraph
from ssbflow.structure.sample import Sample

WALL_UM = 2.5  # diameters next to floor and platen that are left out: walls order them
SPREAD_UM = 0.1  # of the diameters, either way: exactly equal spheres without friction crystallise in some seeds
# without friction so loose a bed rings on for long; the contacts that matter stand long before it is quiet
SETTLING = {"unbalanced_force_limit": 0.02, "fall_speed_fraction": 0.005, "initial_solid_fraction": 0.6}
LAYERS_PER_UM = 1.91  # of the loose box, for each µm of a bed of a solid fraction of 0.64
TOUCHING = 0.5 * (1 + 1e-9)  # radius of spheres 1 apart
FEWEST = 4  # contacts that hold a sphere without friction


@dataclass(frozen=True)
class Thresholds:
    """What one packing gives.

    Parameters
    ----------
    share : (K,) float64
        Of conducting spheres at which the cube first conducts, one for each random order of the spheres.
    contacts : float
        Mean number of contacts of the spheres that are held, in the cube.
    """

    share: Floats
    contacts: float


def packing_thresholds(seed: int, across: int, pressure_mpa: float, orders: int) -> Thresholds:
    """Press spheres of 1 µm without friction and fill a cube from the middle of the bed in random orders.

    `across` is the number of grid spaces of the loose box along an edge, of 1.25 µm each.
    """
    width = across * CELL
    loose = loose_box(seed, (across, round(LAYERS_PER_UM * (width + 2 * WALL_UM))), SPREAD_UM)
    pressed = pressed_by_platen(loose, friction=0, pressure_mpa=pressure_mpa, **SETTLING).packing
    middle = (pressed.height_um - width) / 2
    share = spanning_shares(sliced(pressed, middle, middle + width), np.random.default_rng([seed, across]), orders)
    return Thresholds(share, contacts_of_held(pressed, middle))


def lattice_thresholds(seed: int, width: int, orders: int) -> Thresholds:
    """Fill a simple cubic lattice of touching spheres."""
    points = LATTICES["SC"].points((width, width, width - 1)) + np.array([0, 0, 0.5])
    lattice = se_spheres(points, TOUCHING, edge=float(width), height_um=float(width))
    return Thresholds(spanning_shares(lattice, np.random.default_rng([seed, width]), orders), 6.0)


def sliced(packing: Packing, bottom_um: float, top_um: float) -> Packing:
    """Return the spheres with centres between two planes, as a packing between floor and top."""
    height = packing.position_um[:, 2]
    inside = (height >= bottom_um) & (height <= top_um)
    position = packing.position_um[inside] - np.array([0, 0, bottom_um])
    return Packing(position, packing.radius_um[inside], packing.species[inside], packing.edge_um, top_um - bottom_um)


def spanning_shares(packing: Packing, generator: np.random.Generator, orders: int) -> Floats:
    """Return, for each of some random orders of the spheres, which share of them first spans from floor to top.

    Rules and contacts are those of ssbflow; spheres that a plane cuts begin and end the paths.
    """
    sample = Sample(packing, Analysis(surface_cutoff_um=0), None, generator)
    count = len(packing)
    return np.array([first_spanning(sample, generator.permutation(count)) - 0.5 for _ in range(orders)]) / count


def first_spanning(sample: Sample, order: np.ndarray) -> int:
    """Return how many spheres, taken in an order (N,), are needed to span."""
    low, high = 0, len(order)  # so many do not span, so many do
    while high - low > 1:
        middle = (low + high) // 2
        if spans(sample.graph, order < middle, sample.near_floor, sample.near_top):
            high = middle
        else:
            low = middle
    return high


def spans(graph: ContactGraph, conducting: Mask, near_floor: Mask, near_top: Mask) -> bool:
    """Return whether conducting spheres (N,) connect floor and top."""
    from_top = graph.within(conducting).connected_to(conducting & near_top)
    return bool((from_top & conducting & near_floor).any())


def contacts_of_held(packing: Packing, depth_um: float) -> float:
    """Return the mean number of contacts among spheres that have enough of them, far from floor and top."""
    sample = Sample(packing, Analysis(), None, np.random.default_rng(0))
    graph, held = sample.graph, np.ones(len(packing), dtype=bool)
    on_walls = (graph.floor_overlap_um > 0) | (graph.top_overlap_um > 0)
    while True:
        contacts = graph.within(held).contacts_per_particle
        still = held & ((contacts >= FEWEST) | on_walls)
        if still.sum() == held.sum():
            break
        held = still
    height = packing.position_um[:, 2]
    return float(contacts[held & (height > depth_um) & (height < packing.height_um - depth_um)].mean())

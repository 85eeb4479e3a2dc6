"""Slow and obvious versions of what the structure tests check, and random packings to check it on."""

import itertools
import math

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from ssbflow.packing.packing import Packing

NaiveContact = tuple[int, int, tuple[float, float, float]]


@st.composite
def packings(
    draw: st.DrawFn,
    particles: tuple[int, int] = (2, 60),
    narrowest: float = 1.02,
    se_share: tuple[float, float] = (0.1, 0.9),
    solid: tuple[float, float] = (0.15, 1.0),
) -> Packing:
    """Random overlapping spheres, radii within a factor of up to 20, box from `narrowest` largest diameters on."""
    count = draw(st.integers(*particles))
    ratio = 20 ** draw(st.floats(0, 1))
    widths = draw(st.tuples(st.floats(narrowest, 3), st.floats(narrowest, 3)))
    solid_fraction = draw(st.floats(*solid))  # of the spheres' sum
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    radius = 0.3 * ratio ** generator.random(count)
    edge_x, edge_y = (width * 2 * float(radius.max()) for width in widths)
    height = float(np.sum(4 / 3 * np.pi * radius**3)) / (edge_x * edge_y * solid_fraction)
    position = generator.random((count, 3)) * [edge_x, edge_y, height]
    species = np.where(generator.random(count) < draw(st.floats(*se_share)), "se", "eam")
    # every other packing is cut by a plane that leaves some particles above it
    plane = float(np.quantile(position[:, 2], 0.8)) if draw(st.booleans()) else None
    return Packing(position, radius, species, (edge_x, edge_y), plane)


def inside_only(packing: Packing) -> Packing:
    """Particles that count in networks."""
    keep = [index for index in range(len(packing)) if packing.position_um[index, 2] <= packing.height_um]
    return Packing(
        packing.position_um[keep], packing.radius_um[keep], packing.species[keep], packing.edge_um, packing.height_um
    )


def naive_contacts(packing: Packing, criterion: float = 1.0) -> list[NaiveContact]:
    """Every pair, every image: (first, second, vector), first < second."""
    position, radius = packing.position_um.tolist(), packing.radius_um.tolist()
    shifts = [(x * packing.edge_um[0], y * packing.edge_um[1]) for x in range(-2, 3) for y in range(-2, 3)]
    found: list[NaiveContact] = []
    for i, j in itertools.combinations(range(len(packing)), 2):
        for x, y in shifts:
            vector = (
                position[j][0] + x - position[i][0],
                position[j][1] + y - position[i][1],
                position[j][2] - position[i][2],
            )
            if radius[i] + radius[j] >= criterion * math.hypot(*vector):
                found.append((i, j, vector))
    return found


def naive_reach(contacts: list[NaiveContact], members: set[int], seeds: set[int]) -> set[int]:
    """Members that lead to a seed through members."""
    neighbours: dict[int, set[int]] = {member: set() for member in members}
    for i, j, _ in contacts:
        if i in members and j in members:
            neighbours[i].add(j)
            neighbours[j].add(i)
    reached, waiting = set(), list(seeds & members)
    while waiting:
        at = waiting.pop()
        if at not in reached:
            reached.add(at)
            waiting.extend(neighbours[at])
    return reached


def near_floor(packing: Packing, cutoff_um: float) -> set[int]:
    """Particles whose surface lies within the cut-off of the floor."""
    pairs = zip(packing.position_um[:, 2], packing.radius_um, strict=True)
    return {index for index, (z, r) in enumerate(pairs) if z - r <= cutoff_um}


def near_top(packing: Packing, cutoff_um: float) -> set[int]:
    """Particles whose surface lies within the cut-off of the height."""
    pairs = zip(packing.position_um[:, 2], packing.radius_um, strict=True)
    return {index for index, (z, r) in enumerate(pairs) if (r + z) - packing.height_um >= -cutoff_um}


def of_species(packing: Packing, name: str) -> set[int]:
    """Particles of one species."""
    return {index for index, species in enumerate(packing.species) if species == name}


def lattice(basis: list[tuple[float, float, float]], cells: tuple[int, int, int], edge: float) -> NDArray[np.float64]:
    """Points of a cubic lattice, and the plane that closes it at the top."""
    corners = itertools.product(*(range(count) for count in (cells[0], cells[1], cells[2] + 1)))
    points = [np.add(corner, offset) for corner in corners for offset in basis]
    return np.array([point for point in points if point[2] <= cells[2]]) * edge


SC = [(0.0, 0.0, 0.0)]
BCC = [*SC, (0.5, 0.5, 0.5)]
FCC = [*SC, (0.5, 0.5, 0.0), (0.5, 0.0, 0.5), (0.0, 0.5, 0.5)]

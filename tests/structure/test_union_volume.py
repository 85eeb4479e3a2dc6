import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from structure_oracles import BCC, FCC, SC, lattice

from ssbflow.packing.packing import Packing
from ssbflow.structure import union_volume
from ssbflow.structure.union_volume import volume_up_to_um3

TOLERANCE = 1e-3  # of the volume, as promised


def union_volume_um3(packing: Packing) -> float:
    return float(volume_up_to_um3(packing, np.array([packing.height_um]))[0][0])


def sphere(radius: float) -> float:
    return 4 / 3 * np.pi * radius**3


def cap(radius: float, depth: float) -> float:
    return np.pi * depth**2 * (3 * radius - depth) / 3


def lens(one: float, other: float, distance: float) -> float:
    """Volume that two overlapping spheres share: a cap of each, cut by the plane of their common circle."""
    plane = (distance**2 + one**2 - other**2) / (2 * distance)
    return cap(one, one - plane) + cap(other, other - (distance - plane))


def union(position: NDArray[np.float64] | list[list[float]], radius: list[float], edge: float = 12.0) -> float:
    """Volume under a height that cuts nothing."""
    return union_volume_um3(Packing(position, radius, ["se"] * len(radius), (edge, edge), 40.0))


def voxel_union(
    position: NDArray[np.float64], radius: NDArray[np.float64], edges: tuple[float, float, float], spacing: float
) -> float:
    """Count voxels whose centre lies in a sphere; periodic in x and y, cut at z = 0 and at the third edge."""
    counts = [round(edge / spacing) for edge in edges]
    axes = [(np.arange(count) + 0.5) * edge / count for count, edge in zip(counts, edges, strict=True)]
    filled = np.zeros(counts, dtype=bool)
    for centre, r in zip(position, radius, strict=True):
        offset = [axis - x for axis, x in zip(axes, centre, strict=True)]
        for along in (0, 1):
            offset[along] -= edges[along] * np.round(offset[along] / edges[along])
        near = [np.flatnonzero(np.abs(distance) <= r) for distance in offset]
        x, y, z = (distance[index] for distance, index in zip(offset, near, strict=True))
        filled[np.ix_(*near)] |= x[:, None, None] ** 2 + y[:, None] ** 2 + z**2 <= r**2
    return float(filled.mean() * np.prod(edges))


@settings(max_examples=15, deadline=None)
@given(st.floats(0.1, 5), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_sphere_cut_by_floor_and_height_loses_two_caps(radius: float, below: float, above: float) -> None:
    # below and above: depth of the lost caps in radii
    centre = radius * (1 - below)
    packing = Packing([[3, 4, centre]], [radius], ["se"], (12.0, 12.0), centre + radius * (1 - above))
    expected = sphere(radius) - cap(radius, below * radius) - cap(radius, above * radius)
    assert union_volume_um3(packing) == pytest.approx(expected, rel=TOLERANCE)


def test_sphere_with_its_centre_above_the_height_counts_with_its_cap() -> None:
    packing = Packing([[3, 4, 5]], [2.0], ["se"], (12.0, 12.0), 4.5)
    assert union_volume_um3(packing) == pytest.approx(cap(2.0, 1.5), rel=TOLERANCE)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.2, 2), st.floats(0.2, 2), st.floats(0.01, 0.99), st.integers(0, 2**32 - 1))
def test_pair_of_spheres_loses_its_lens(one: float, other: float, depth: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    direction = generator.normal(size=3)
    # from one sphere just inside the other to the two just touching
    distance = abs(one - other) + depth * 2 * min(one, other)
    start = np.array([*generator.random(2) * 12, 8.0])
    end = start + distance * direction / np.linalg.norm(direction)
    expected = sphere(one) + sphere(other) - lens(one, other, distance)
    assert union(np.array([start, end]), [one, other]) == pytest.approx(expected, rel=TOLERANCE)


def test_sphere_inside_another_adds_nothing() -> None:
    assert union([[5, 5, 5], [5.4, 5.3, 5.2]], [2.0, 1.0]) == pytest.approx(sphere(2.0), rel=TOLERANCE)


@pytest.mark.parametrize("centre", [[0, 6, 5], [6, 0, 5], [0, 0, 5], [11.999, 0.001, 5]])
def test_sphere_across_the_periodic_boundary_is_whole(centre: list[float]) -> None:
    assert union([centre], [2.0]) == pytest.approx(sphere(2.0), rel=TOLERANCE)


def test_pair_that_overlaps_through_two_images_loses_two_lenses() -> None:
    expected = 2 * sphere(1.9) - 2 * lens(1.9, 1.9, 2.0)
    assert union([[0.5, 2, 5], [2.5, 2, 5]], [1.9, 1.9], edge=4.0) == pytest.approx(expected, rel=TOLERANCE)


def three_in_a_plane(centres: NDArray[np.float64], radius: NDArray[np.float64]) -> float:
    """Over their common plane the union is twice as thick as the highest of the three spheres: a fine double sum."""
    reach = radius.max()
    axes = [
        np.linspace(low - reach, high + reach, 1501) for low, high in zip(centres.min(0), centres.max(0), strict=True)
    ]
    x, y = np.meshgrid(*axes, indexing="ij")
    high = [r**2 - (x - cx) ** 2 - (y - cy) ** 2 for (cx, cy), r in zip(centres, radius, strict=True)]
    cell = np.prod([axis[1] - axis[0] for axis in axes])
    return float(2 * np.sqrt(np.maximum(np.max(high, axis=0), 0)).sum() * cell)


@pytest.mark.parametrize("radius", [(1.0, 1.0, 1.0), (1.0, 1.3, 0.7), (2.0, 1.2, 1.2)])
@pytest.mark.parametrize("seed", [1, 2])
def test_three_mutually_overlapping_spheres(radius: tuple[float, float, float], seed: int) -> None:
    centres = np.array([[0.0, 0.0], [1.1, 0.0], [0.5, 0.9]])
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    position = np.pad(centres, ((0, 0), (0, 1))) @ turn.T + [6, 6, 6]
    expected = three_in_a_plane(centres, np.array(radius))
    assert union(position, list(radius)) == pytest.approx(expected, rel=TOLERANCE)


def lattice_slab(
    basis: list[tuple[float, float, float]], nearest: float, overlap: float, cells: tuple[int, int, int]
) -> tuple[Packing, float]:
    """A cubic lattice (edge 1) between two of its planes, and its radius; overlap = 1 - distance / diameter."""
    points = lattice(basis, cells, edge=1.0)
    radius = nearest / (1 - overlap) / 2
    return Packing(points, np.full(len(points), radius), ["se"] * len(points), cells[:2], cells[2]), radius


@pytest.mark.parametrize("overlap", [0.0, 0.05, 0.10, 0.13])
@pytest.mark.parametrize(
    ("basis", "nearest", "neighbours"), [(SC, 1.0, 6), (BCC, np.sqrt(3) / 2, 8), (FCC, np.sqrt(0.5), 12)]
)
def test_lattice_with_pair_overlaps_only_loses_its_lenses(
    basis: list[tuple[float, float, float]], nearest: float, neighbours: int, overlap: float
) -> None:
    packing, radius = lattice_slab(basis, nearest, overlap, cells=(2, 2, 2))
    cell = len(basis) * (sphere(radius) - neighbours / 2 * lens(radius, radius, nearest))
    assert union_volume_um3(packing) == pytest.approx(8 * cell, rel=TOLERANCE)


@pytest.mark.parametrize("overlap", [0.15, 0.18, 0.22])
def test_fcc_lattice_with_triple_overlaps_fills_what_voxels_say(overlap: float) -> None:
    packing, radius = lattice_slab(FCC, np.sqrt(0.5), overlap, cells=(2, 2, 1))
    axis = (np.arange(160) + 0.5) / 320  # an eighth of the cell says it all
    corners = [point for point in itertools.product((0, 0.5, 1), repeat=3) if sum(point) % 1 == 0]
    filled = np.zeros((160, 160, 160), dtype=bool)
    for x, y, z in corners:
        filled |= (axis[:, None, None] - x) ** 2 + (axis[:, None] - y) ** 2 + (axis - z) ** 2 <= radius**2
    assert union_volume_um3(packing) == pytest.approx(4 * filled.mean(), rel=TOLERANCE)


@pytest.mark.parametrize("seed", [1, 2])
def test_polydisperse_packing_fills_what_voxels_say(seed: int) -> None:
    generator = np.random.default_rng(seed)
    radius = 0.25 * 8 ** generator.random(80)
    edges = (7.0, 6.0, 5.0)
    position = generator.random((80, 3)) * edges
    packing = Packing(position, radius, ["se"] * 80, edges[:2], edges[2])
    assert union_volume_um3(packing) == pytest.approx(voxel_union(position, radius, edges, 0.03), rel=TOLERANCE)


def test_volume_of_many_particles_is_as_good_as_that_of_few() -> None:
    packing, radius = lattice_slab(FCC, np.sqrt(0.5), 0.1, cells=(10, 9, 8))
    cell = 4 * (sphere(radius) - 6 * lens(radius, radius, np.sqrt(0.5)))
    assert union_volume_um3(packing) == pytest.approx(720 * cell, rel=TOLERANCE)


def test_where_both_species_overlap_the_volume_is_eam() -> None:
    packing = Packing([[6, 6, 2], [6, 7.5, 2]], [1.2, 1.0], ["eam", "se"], (12.0, 12.0))
    solid, eam = volume_up_to_um3(packing, np.array([packing.height_um]))
    assert eam[0] == pytest.approx(sphere(1.2), rel=TOLERANCE)
    assert solid[0] - eam[0] == pytest.approx(sphere(1.0) - lens(1.2, 1.0, 1.5), rel=2 * TOLERANCE)


def random_packing(count: int, seed: int = 5) -> Packing:
    """As dense as a pressed one, a third of its volume above half of its height."""
    generator = np.random.default_rng(seed)
    radius = generator.uniform(0.5, 1.5, count)
    edge = (1.4 * float(sphere(1.0)) * 1.25 * count) ** (1 / 3)
    species = np.where(generator.random(count) < 0.5, "se", "eam")
    return Packing(generator.random((count, 3)) * edge, radius, species, (edge, edge), edge)


def test_blocks_of_columns_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    packing = random_packing(300)
    levels = np.linspace(0, packing.height_um, 7)
    whole = volume_up_to_um3(packing, levels)
    monkeypatch.setattr(union_volume, "CHORDS_AT_ONCE", 3000)
    np.testing.assert_allclose(volume_up_to_um3(packing, levels), whole, rtol=1e-12)


def test_volume_grows_with_the_level_from_nothing() -> None:
    packing = random_packing(100)
    solid, eam = volume_up_to_um3(packing, np.linspace(0, packing.height_um, 30))
    assert solid[0] == eam[0] == 0
    assert (np.diff(solid) > 0).all()
    assert (solid >= eam).all()


def test_error_of_the_porosity_is_as_small_as_promised() -> None:
    packing, generator = random_packing(600), np.random.default_rng(6)

    def shifted() -> float:
        by = np.append(generator.random(2) * packing.edge_um, 0)
        moved = Packing(
            packing.position_um + by, packing.radius_um, packing.species, packing.edge_um, packing.height_um
        )
        return union_volume_um3(moved) / (packing.height_um * packing.cross_section_um2)

    assert np.std([shifted() for _ in range(25)]) < 1e-4

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from structure_oracles import (
    BCC,
    FCC,
    SC,
    NaiveContact,
    inside_only,
    lattice,
    naive_contacts,
    near_floor,
    near_top,
    of_species,
    packings,
)

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Packing
from ssbflow.structure import geodesic, utilization
from ssbflow.structure.contact_search import contact_graph
from ssbflow.structure.geodesic import drawn_tortuosities
from ssbflow.structure.paths import path_network
from ssbflow.structure.sample import Sample

SHORTEST, MEDIAN, NEAREST = (f"tortuosity_geodesic_{name}" for name in ("shortest", "median", "nearest"))
NO_PATH = dict.fromkeys((SHORTEST, MEDIAN, NEAREST), math.nan)
TOUCHING = 0.501  # radius of spheres whose steps are 1 long but for rounding
ALL_PAIRS = {"path_pairs": 10**6, "path_sources": 10**6}


def tortuosities(packing: Packing, seed: int = 0, **analysis: float) -> dict[str, float]:
    """Shortest and median, and whether SE percolates, over all pairs unless told otherwise."""
    sample = Sample(packing, Analysis(**{**ALL_PAIRS, **analysis}), None, np.random.default_rng(seed))
    return {**geodesic.measure(sample), "percolates": utilization.measure(sample)["percolates"]}


def se_packing(position: NDArray[np.float64] | list[list[float]], radius: float = 0.5, edge: float = 8.0) -> Packing:
    return Packing(position, [radius] * len(position), ["se"] * len(position), (edge, edge))


def floyd_warshall(count: int, contacts: list[NaiveContact]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of the shortest path between all particles, and the displacement along it."""
    length, vector = np.full((count, count), np.inf), np.zeros((count, count, 3))
    np.fill_diagonal(length, 0)
    for i, j, step in contacts:
        if math.hypot(*step) < length[i, j]:
            length[i, j] = length[j, i] = math.hypot(*step)
            vector[i, j], vector[j, i] = step, np.negative(step)
    for by in range(count):
        around = length[:, by, None] + length[None, by]
        better = around < length
        length[better] = around[better]
        vector[better] = (vector[:, by, None] + vector[None, by])[better]
    return length, vector


def naive_paths(whole: Packing, cutoff_um: float) -> dict[tuple[int, int], tuple[float, float]]:
    """(length, straight distance) of the shortest path of every (top, floor) pair that has one."""
    packing = inside_only(whole)
    se = of_species(packing, "se")
    contacts = [contact for contact in naive_contacts(packing) if {contact[0], contact[1]} <= se]
    length, vector = floyd_warshall(len(packing), contacts)
    tops, bottoms = near_top(packing, cutoff_um) & se, near_floor(packing, cutoff_um) & se
    pairs = [(top, bottom) for top in tops for bottom in bottoms if np.isfinite(length[top, bottom])]
    return {pair: (float(length[pair]), float(np.linalg.norm(vector[pair]))) for pair in pairs}


def ratio(path: tuple[float, float]) -> float:
    length, straight = path
    return length / straight if length > 0 else 1.0


@settings(max_examples=60, deadline=None)
@given(packings((15, 50), se_share=(0.6, 1.0), solid=(0.5, 1.3)), st.sampled_from([0.0, 0.3, 1.0]))
def test_shortest_and_median_are_those_of_all_naive_paths(packing: Packing, cutoff_um: float) -> None:
    values = tortuosities(packing, surface_cutoff_um=cutoff_um)
    paths = naive_paths(packing, cutoff_um)
    ratios = [ratio(path) for path in paths.values()]
    nearest = [min(path for pair, path in paths.items() if pair[1] == bottom) for bottom in {pair[1] for pair in paths}]
    shortest = ratio(min(nearest)) if nearest else math.nan
    assert values[SHORTEST] == pytest.approx(shortest, nan_ok=True)
    assert values[NEAREST] == pytest.approx(np.mean([*map(ratio, nearest)]) if nearest else math.nan, nan_ok=True)
    assert values[MEDIAN] == pytest.approx(np.median(ratios) if ratios else math.nan, nan_ok=True)
    assert values["percolates"] == float(bool(paths))


@pytest.mark.parametrize(
    ("basis", "nearest", "expected"),
    [(SC, 1.0, 1.0), (BCC, math.sqrt(3) / 2, math.sqrt(3)), (FCC, math.sqrt(0.5), math.sqrt(2))],
)
@pytest.mark.parametrize("overlap", [0.01, 0.05, 0.10])
def test_path_along_100_of_a_lattice(
    basis: list[tuple[float, float, float]], nearest: float, expected: float, overlap: float
) -> None:
    # from a particle of the lowest plane to the one straight above it; wider than high, so that no path goes round
    points = lattice(basis, (5, 5, 4), edge=1.0)
    packing = Packing(points, np.full(len(points), nearest / (1 - overlap) / 2), ["se"] * len(points), (5.0, 5.0))
    network = path_network(contact_graph(packing))
    foot = np.flatnonzero((points == [2, 3, 0]).all(axis=1))
    head = np.flatnonzero((points == [2, 3, 4]).all(axis=1))
    assert network.from_nearest(head).tortuosity(foot) == pytest.approx(expected)
    assert drawn_tortuosities(network, head, foot, 1, 1, np.random.default_rng(0)) == pytest.approx(expected)


def test_fcc_paths_along_a_close_packed_row_are_straight() -> None:
    points = lattice(FCC, (5, 5, 4), edge=1.0)
    packing = Packing(points, np.full(len(points), 0.37), ["se"] * len(points), (5.0, 5.0))
    network = path_network(contact_graph(packing))
    start, end = (np.flatnonzero((points == end).all(axis=1)) for end in ([0.5, 2, 0.5], [2.5, 2, 2.5]))
    assert network.from_nearest(start).tortuosity(end) == pytest.approx(1)


def column(count: int, at: float = 4.0) -> list[list[float]]:
    """Centres of spheres of radius 0.5 in exact touch, on top of each other."""
    return [[at, at, 0.5 + index] for index in range(count)]


def zigzag(count: int) -> list[list[float]]:
    """Centres of a column whose steps, 1 long, go 0.6 to the side and 0.8 up."""
    return [[4.0 + 0.6 * (index % 2), 4.0, 0.5 + 0.8 * index] for index in range(count)]


def test_straight_column_has_tortuosity_one() -> None:
    values = tortuosities(se_packing(column(8)))
    assert values == pytest.approx({SHORTEST: 1, MEDIAN: 1, NEAREST: 1, "percolates": 1})


def test_zigzag_column_has_the_ratio_of_its_steps_to_its_height() -> None:
    # 8 steps of length 1 from one sphere to the one 6.4 straight above it
    values = tortuosities(se_packing(zigzag(9), TOUCHING), surface_cutoff_um=0.1)
    assert values == pytest.approx({SHORTEST: 1 / 0.8, MEDIAN: 1 / 0.8, NEAREST: 1 / 0.8, "percolates": 1})


def test_dead_end_changes_nothing() -> None:
    side_branch = [[3.0, 4.0, 0.5 + 0.8 * 4], [2.0, 4.0, 0.5 + 0.8 * 4], [2.0, 5.0, 0.5 + 0.8 * 4]]
    bare, branched = se_packing(zigzag(9), TOUCHING), se_packing(zigzag(9) + side_branch, TOUCHING)
    assert len(contact_graph(branched)) == len(contact_graph(bare)) + len(side_branch)
    assert tortuosities(bare)[SHORTEST] > 1
    assert tortuosities(branched) == pytest.approx(tortuosities(bare))


def test_gap_in_the_column_gives_nan_and_no_percolation() -> None:
    centres = [centre for centre in column(8) if centre[2] != 4.5]
    values = tortuosities(se_packing(centres))
    assert values == pytest.approx(
        {**dict.fromkeys((SHORTEST, MEDIAN, NEAREST), math.nan), "percolates": 0}, nan_ok=True
    )


def test_gap_filled_with_eam_gives_nan_and_no_percolation() -> None:
    species = ["eam" if index == 4 else "se" for index in range(8)]
    values = tortuosities(Packing(column(8), [0.5] * 8, species, (8.0, 8.0)))
    assert values == pytest.approx(
        {**dict.fromkeys((SHORTEST, MEDIAN, NEAREST), math.nan), "percolates": 0}, nan_ok=True
    )


@pytest.mark.parametrize(("along_x", "along_y"), [(1, 0), (0, 1), (-1, 0), (1, 1), (-1, 1)])
def test_slanting_row_through_the_periodic_boundary_is_straight(along_x: int, along_y: int) -> None:
    # 15 steps of length 1, of which 0.8 up: three times round a box as wide as three steps to the side
    side = 0.6 * np.array([along_x, along_y]) / math.hypot(along_x, along_y)
    index = np.arange(16)
    position = np.column_stack([1.3 + index * side[0], 0.2 + index * side[1], 0.5 + 0.8 * index])
    values = tortuosities(se_packing(position, TOUCHING, edge=3.0), surface_cutoff_um=0.1)
    assert values == pytest.approx({SHORTEST: 1, MEDIAN: 1, NEAREST: 1, "percolates": 1})


def test_path_between_particles_that_touch_twice_takes_the_shorter_contact() -> None:
    packing = Packing([[0.2, 2, 1.0], [1.4, 2, 2.0]], [1.3, 1.3], ["se", "se"], (3.0, 8.0))
    assert len(contact_graph(packing)) == 2
    network = path_network(contact_graph(packing))
    assert network.length_um.toarray()[0, 1] == pytest.approx(math.hypot(1.2, 1.0))
    assert network.from_nearest(np.array([1])).tortuosity(np.array([0])) == pytest.approx(1)


def random_se(seed: int = 3, count: int = 250) -> Packing:
    generator = np.random.default_rng(seed)
    return se_packing(generator.random((count, 3)) * [8, 8, 6] + [0, 0, 0.5], radius=0.55)


def test_drawn_median_is_deterministic_for_a_seed_and_changes_with_it() -> None:
    packing = random_se()
    drawn = [tortuosities(packing, seed, path_pairs=5, path_sources=2)[MEDIAN] for seed in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1


def test_starting_particles_are_drawn() -> None:
    packing = random_se()
    assert len({tortuosities(packing, seed, path_sources=1)[MEDIAN] for seed in range(5)}) > 1


def test_every_drawn_pair_is_one_of_all_pairs() -> None:
    packing = random_se(count=200)
    ratios = np.array([length / straight for length, straight in naive_paths(packing, 1.0).values() if length > 0])
    drawn = [tortuosities(packing, seed, path_pairs=1, path_sources=1)[MEDIAN] for seed in range(10)]
    assert [float(np.abs(ratios - value).min()) for value in drawn] == pytest.approx([0] * 10, abs=1e-9)


def test_median_of_many_drawn_pairs_is_near_that_of_all_pairs() -> None:
    packing = random_se()
    drawn = tortuosities(packing, path_pairs=400, path_sources=40)[MEDIAN]
    assert drawn == pytest.approx(tortuosities(packing)[MEDIAN], rel=0.03)


def test_two_separate_spanning_columns_give_a_number_however_few_pairs_are_drawn() -> None:
    packing = se_packing(column(8, at=2.0) + column(8, at=6.0))
    drawn = [tortuosities(packing, seed, path_pairs=1, path_sources=1)[MEDIAN] for seed in range(8)]
    assert drawn == pytest.approx([1] * 8)

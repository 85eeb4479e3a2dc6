"""The structure's part of the benchmark: what every measure costs, over sizes and ratios, and beside other methods.

python pipelines/benchmark.py measures [--most 1000000]   seconds of every measure, over particles and size ratios
python pipelines/benchmark.py contacts                    the contact graph beside a dense matrix, a tree and freud
                                                          (pip install 'ssbflow[benchmark]')

Packings are made, not pressed: coarse spheres on a lattice, fine ones in their gaps, with about the overlaps and the
number of contacts of pressed ones. They are larger than what a laptop presses in an afternoon.
"""

import resource
import time
from collections.abc import Callable
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.spatial import cKDTree

import ssbflow
from ssbflow.packing.packing import Packing
from ssbflow.structure.measures import MEASURES
from ssbflow.structure.sample import Sample

console = Console(width=160)
SIZES = ((700, 3), (10_000, 1), (10_000, 10), (100_000, 1), (100_000, 10), (100_000, 30), (100_000, 40),
         (1_000_000, 1), (1_000_000, 30), (1_000_000, 40))  # fmt: skip
DENSE_PARTICLES = 20_000
FINEST = 0.45  # smallest radius, in spacings of the fine lattice


def two_sizes(count: int, ratio: float) -> Packing:
    """Return at least so many spheres: a quarter of the volume coarse EAM, the rest fine SE with some spread."""
    generator = np.random.default_rng(1)
    pitch = 2.6 * FINEST * ratio  # of the coarse lattice, in spacings of the fine one
    across = max(1, round((count / 0.7) ** (1 / 3) / pitch))
    edge = round(across * pitch)
    layers = int(np.ceil(count / 0.7 / edge**2 / pitch))
    cell = np.stack(np.meshgrid(*(np.arange(n) for n in (across, across, layers)), indexing="ij"), -1).reshape(-1, 3)
    coarse, coarse_radius = (cell + 0.5) * edge / across, np.full(len(cell), FINEST * ratio)
    places = np.arange(edge * edge * round(layers * pitch))
    fine = np.stack([places % edge, places // edge % edge, places // edge**2], axis=1) + 0.5
    fine += generator.uniform(-0.1, 0.1, fine.shape)
    radius = generator.uniform(FINEST, 0.65, len(fine))
    box = np.array([edge, edge, 1e9])
    gap, _ = cKDTree(coarse % box, boxsize=box).query(fine % box)
    kept = gap > FINEST * ratio + 0.85 * radius
    position, radii = np.concatenate([coarse, fine[kept]]), np.concatenate([coarse_radius, radius[kept]])
    species = ["eam"] * len(coarse) + ["se"] * int(kept.sum())
    return Packing(position, radii, species, (edge, edge), float(fine[:, 2].max()) - 0.05)


def one_size(count: int) -> Packing:
    """Return so many equal spheres, four in ten of them EAM."""
    generator = np.random.default_rng(1)
    edge = int(np.ceil(count ** (1 / 3)))
    places = np.arange(edge**3)
    position = np.stack([places % edge, places // edge % edge, places // edge**2], axis=1) + 0.5
    position += generator.uniform(-0.1, 0.1, position.shape)
    species = np.where(generator.random(edge**3) < 0.4, "eam", "se")
    return Packing(position, np.full(edge**3, 0.54), species, (edge, edge), edge - 0.05)


def made(count: int, ratio: float) -> Packing:
    """Return a packing for the table."""
    return one_size(count) if ratio == 1 else two_sizes(count, ratio)


def seconds_of_measures(packing: Packing) -> dict[str, float]:
    """Return seconds of the contact graph and of every measure, one after the other."""
    sample = Sample(packing, ssbflow.Analysis(), None, np.random.default_rng(0))
    seconds, _ = timed(lambda: sample.graph)
    found = {"graph": seconds}
    for module in MEASURES:
        found[module.__name__.rsplit(".", 1)[-1]] = timed(lambda module=module: module.measure(sample))[0]
    return found


def timed(work: Callable[[], object]) -> tuple[float, object]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def measures(most: Annotated[int, typer.Option(help="Largest number of particles.")] = 1_000_000) -> None:
    """Seconds of every measure on one core, over particles and size ratios."""
    seconds_of_measures(made(700, 3))  # imports and caches are paid for once
    names = ("graph", "porosity", "geodesic", "transport")
    table = Table("particles", "ratio", "contacts each", *names, "others", "all, s", "µs each", "peak, GB")
    for count, ratio in SIZES:
        if count > most:
            continue
        packing = made(count, ratio)
        seconds = seconds_of_measures(packing)
        total = sum(seconds.values())
        others = total - sum(seconds[name] for name in names)
        contacts = 2 * len(ssbflow.contact_graph(packing)) / len(packing)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        cells = [f"{seconds[name]:.3f}" for name in names] + [f"{others:.3f}", f"{total:.3f}"]
        ends = (f"{1e6 * total / len(packing):.1f}", f"{peak:.2f}")
        table.add_row(f"{len(packing)}", f"{ratio}", f"{contacts:.1f}", *cells, *ends)
    console.print(table)


def contacts() -> None:
    """The contact graph beside a dense matrix, scipy's tree and freud, with equal results."""
    methods = {"dense matrix": dense, "tree, largest radius": by_tree, "freud, largest radius": by_freud}
    table = Table("particles", "ratio", "contacts", "ours, s", *(f"{name}: s, times ours" for name in methods))
    for count, ratio in ((DENSE_PARTICLES, 1), (DENSE_PARTICLES, 3), (DENSE_PARTICLES, 10), (100_000, 10)):
        packing = made(count, ratio)
        ours_s, graph = timed(lambda packing=packing: ssbflow.contact_graph(packing))
        wanted = set(map(tuple, np.sort(np.column_stack([graph.first, graph.second]), axis=1).tolist()))
        cells = []
        for name, method in methods.items():
            if name == "dense matrix" and count > DENSE_PARTICLES:
                cells.append("does not fit")
                continue
            theirs_s, pairs = timed(lambda method=method, packing=packing: method(packing))
            assert set(map(tuple, pairs.tolist())) == wanted, name
            cells.append(f"{theirs_s:.2f}, {theirs_s / ours_s:.0f}")
        table.add_row(f"{len(packing)}", f"{ratio}", f"{len(graph)}", f"{ours_s:.3f}", *cells)
    console.print(table)


def dense(packing: Packing) -> NDArray[np.int64]:
    """The published method: the distance of all with all, nearest image."""
    squared = np.zeros((len(packing), len(packing)))
    for axis, edge in ((0, packing.edge_um[0]), (1, packing.edge_um[1]), (2, None)):
        along = packing.position_um[:, axis, None] - packing.position_um[:, axis]
        if edge:
            along -= edge * np.round(along / edge)
        squared += along**2
    reach = packing.radius_um[:, None] + packing.radius_um
    return np.argwhere(np.triu(reach >= np.sqrt(squared), 1))


def by_tree(packing: Packing) -> NDArray[np.int64]:
    """Scipy's periodic tree, one search radius for all."""
    box = np.array([*packing.edge_um, 0.0])
    tree = cKDTree(packing.position_um, boxsize=box)
    return touching(packing, tree.query_pairs(2 * packing.radius_um.max(), output_type="ndarray"))


def by_freud(packing: Packing) -> NDArray[np.int64]:
    """Freud's neighbour list on one thread, one search radius for all."""
    import freud

    freud.parallel.set_num_threads(1)
    tall = 2 * packing.height_um + 4 * packing.radius_um.max()
    box = freud.box.Box(*packing.edge_um, tall)
    query = freud.locality.AABBQuery(box, box.wrap(packing.position_um))
    near = query.query(query.points, {"r_max": 2 * packing.radius_um.max(), "exclude_ii": True}).toNeighborList()
    return touching(packing, near[:].astype(np.int64)[near[:][:, 0] < near[:][:, 1]])


def touching(packing: Packing, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep the pairs that touch, lower index first."""
    apart = packing.position_um[pairs[:, 0]] - packing.position_um[pairs[:, 1]]
    apart[:, :2] -= packing.edge_um * np.round(apart[:, :2] / packing.edge_um)
    reach = packing.radius_um[pairs].sum(axis=1)
    return np.sort(pairs[reach >= np.linalg.norm(apart, axis=1)], axis=1)

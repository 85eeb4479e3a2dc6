"""The continuum: finite volumes on voxels, an oracle for the contact network: slow, exact as voxels become small."""

import numpy as np
from numpy.typing import NDArray
from pyamg import ruge_stuben_solver
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components

Voxels = NDArray[np.bool_]
Faces = tuple[NDArray[np.int64], NDArray[np.int64]]


def continuum_conductivity(solid: Voxels, *, periodic: bool = True) -> float:
    """Effective over bulk conductivity along the first axis of cubes that conduct or do not.

    Constant potentials on both end faces; the other axes are periodic, or mirrors.
    """
    number = np.full(solid.shape, -1, dtype=np.int64)
    number[solid] = np.arange(solid.sum())
    first, second = _faces(number, periodic)
    size = int(solid.sum())
    links = csr_array(coo_array((np.ones(len(first)), (first, second)), shape=(size, size)))
    bottom, top = number[0][number[0] >= 0], number[-1][number[-1] >= 0]
    carries = _spanning(links, bottom, top)
    if not carries.any():
        return float("nan")
    at_bottom, at_top = np.zeros(size), np.zeros(size)
    at_bottom[bottom] = at_top[top] = 2.0  # half a voxel from its centre to the electrode
    links = links + links.T
    matrix = csr_array(diags_array(links.sum(axis=1) + at_bottom + at_top) - links)[carries][:, carries]
    solver = ruge_stuben_solver(csr_array(matrix), max_coarse=500)
    potential = solver.solve(at_top[carries], tol=1e-5, accel="cg")
    current = float(at_bottom[carries] @ potential)
    return current * solid.shape[0] / (solid.shape[1] * solid.shape[2])


def _faces(number: NDArray[np.int64], periodic: bool) -> Faces:
    """Pairs of voxels that share a face and both conduct."""
    pairs = []
    for axis in range(3):
        last = number.shape[axis] - 1
        pairs.append((np.take(number, range(last), axis), np.take(number, range(1, last + 1), axis)))
        if periodic and axis:
            pairs.append((np.take(number, last, axis), np.take(number, 0, axis)))
    one, other = (np.concatenate([pair[end].ravel() for pair in pairs]) for end in (0, 1))
    both = (one >= 0) & (other >= 0)
    return one[both], other[both]


def _spanning(links: csr_array, bottom: NDArray[np.int64], top: NDArray[np.int64]) -> Voxels:
    """Voxels of clusters that reach both ends; the rest would leave the matrix singular."""
    _, cluster = connected_components(links, directed=False)
    return np.isin(cluster, np.intersect1d(cluster[bottom], cluster[top]))


def eighth_of_a_cell(basis: list[tuple[float, float, float]], radius: float, half: int) -> Voxels:
    """The octant of a cubic cell of edge 1 between its mirror planes, `half` voxels along each edge."""
    centre = (np.arange(half) + 0.5) / (2 * half)
    z, y, x = np.meshgrid(centre, centre, centre, indexing="ij")
    solid = np.zeros((half,) * 3, dtype=bool)
    for point in basis:
        for corner in np.ndindex(2, 2, 2):
            offset = np.abs(
                np.add(point, corner) - np.array([x[..., None], y[..., None], z[..., None]]).squeeze(-1).T
            ).T
            solid |= (offset**2).sum(axis=0) <= radius**2
    return solid

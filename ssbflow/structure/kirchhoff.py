"""Currents in a network between two electrodes at potentials 0 and 1."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from ssbflow.errors import SsbflowError
from ssbflow.packing.packing import Floats, Mask
from ssbflow.structure.conductance import Network

DIRECT_UP_TO = 3000  # particles; above, algebraic multigrid is faster
TOLERANCE = 1e-7  # of the residual, in each of the solutions that are summed
SUMMED = 3  # solutions: the second and third of what the ones before left; more than the digits of a float
DIGITS = 12  # of the potential
BALANCE = 1e-6  # of the current: what flows in must flow out


@dataclass(frozen=True, eq=False)
class Flow:
    """Potentials and currents of a network, floor at 0 and top at 1, for a material of conductivity 1.

    Parameters
    ----------
    network : Network
    carries : (N,) bool
        Particles of clusters that touch both electrodes; all others carry nothing.
    potential : (N,) float64
        NaN where nothing is carried.
    """

    network: Network
    carries: Mask
    potential: Floats

    @cached_property
    def link_current(self) -> Floats:
        """(M,) current of each link from first to second (µm · potential)."""
        network = self.network
        drop = self.potential[network.first] - self.potential[network.second]
        return np.nan_to_num(drop) * network.conductance_um

    @cached_property
    def floor_current(self) -> Floats:
        """(N,) current of each particle into the floor."""
        return np.nan_to_num(self.potential) * self.network.floor_um

    @cached_property
    def top_current(self) -> Floats:
        """(N,) current of the top into each particle."""
        return np.where(self.carries, 1 - np.nan_to_num(self.potential), 0) * self.network.top_um

    @property
    def conductance_um(self) -> float:
        """Conductance from top to floor over conductivity (µm); 0 where nothing spans."""
        return float(self.top_current.sum())

    @cached_property
    def particle_current(self) -> Floats:
        """(N,) current through each particle: half of what flows in and out of it."""
        through, n = np.abs(self.link_current), self.network.n_particles
        ends = np.bincount(self.network.first, through, n) + np.bincount(self.network.second, through, n)
        return np.asarray((ends + self.floor_current + self.top_current) / 2)


def flow(network: Network) -> Flow:
    """Solve Kirchhoff's laws: a sparse Laplacian, directly if small, by algebraic multigrid if large.

    Raises
    ------
    SsbflowError
        The solver did not come to a balance of currents.
    """
    carries = _spanning(network)
    potential = np.full(network.n_particles, np.nan)
    if carries.any():
        matrix, supply = _laplacian(network, carries)
        potential[carries] = _solved(matrix, supply)
    found = Flow(network, carries, potential)
    _check_balance(found)
    return found


def _spanning(network: Network) -> Mask:
    """Return the particles of clusters that touch both electrodes."""
    n = network.n_particles
    adjacency = coo_array((np.ones(len(network.first)), (network.first, network.second)), shape=(n, n))
    count, cluster = connected_components(adjacency, directed=False)
    at_floor, at_top = (np.bincount(cluster, side, count) > 0 for side in (network.floor_um, network.top_um))
    return np.asarray((at_floor & at_top)[cluster])


def _laplacian(network: Network, carries: Mask) -> tuple[csr_array, Floats]:
    """Return the symmetric positive matrix of the particles that carry, and what the top supplies to each."""
    kept = carries[network.first]  # links join particles of one cluster
    number = np.cumsum(carries) - 1
    first, second = number[network.first[kept]], number[network.second[kept]]
    conductance, n = network.conductance_um[kept], int(carries.sum())
    both = (np.concatenate([first, second]), np.concatenate([second, first]))
    links = csr_array(coo_array((np.concatenate([conductance, conductance]), both), shape=(n, n)))
    supply = network.top_um[carries]
    diagonal = links.sum(axis=1) + network.floor_um[carries] + supply
    return csr_array(diags_array(diagonal) - links), supply


def _solved(matrix: csr_array, supply: Floats) -> Floats:
    """Solve, refine by residuals of more digits, and round: last bits differ between the processors that BLAS knows."""
    exact, solve = matrix.astype(np.longdouble), _solver(matrix)
    potential = np.zeros(len(supply), dtype=np.longdouble)
    for _ in range(SUMMED):
        potential += solve(np.asarray(supply - exact @ potential, dtype=np.float64))
    return potential.round(DIGITS).astype(np.float64)


def _solver(matrix: csr_array) -> Callable[[Floats], Floats]:
    if matrix.shape[0] <= DIRECT_UP_TO:
        return splu(csc_array(matrix), permc_spec="MMD_AT_PLUS_A").solve
    import pyamg

    return partial(pyamg.ruge_stuben_solver(matrix).solve, tol=TOLERANCE, accel="cg")


def _check_balance(found: Flow) -> None:
    into, out = found.conductance_um, float(found.floor_current.sum())
    if abs(into - out) > BALANCE * into:
        raise SsbflowError(f"the currents of the contact network do not balance: {into:g} in, {out:g} out")

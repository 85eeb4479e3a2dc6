"""The grid of a cube: which cells there are, which were asked for, and which case fills each."""

from collections.abc import Iterable
from dataclasses import dataclass

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case, Distribution
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.protocol import Protocol
from ssbflow.inputs.sweep import Sweep

Cell = tuple[int, int, int]
"""Position along composition, distribution and seed."""


@dataclass(frozen=True)
class Grid:
    """All cells of one cube: the union of the sweeps with its protocol and analysis.

    Parameters
    ----------
    protocol, analysis
    compositions, distributions : dict
        Label → input, in order of first appearance.
    seeds : tuple of int
    sweeps : tuple of Sweep
    """

    protocol: Protocol
    analysis: Analysis
    compositions: dict[str, Composition]
    distributions: dict[str, Distribution]
    seeds: tuple[int, ...]
    sweeps: tuple[Sweep, ...]

    @property
    def name(self) -> str:
        """Name of the cube: protocol label, dot, analysis label."""
        return cube_name(self.sweeps[0])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of compositions, distributions and seeds."""
        return len(self.compositions), len(self.distributions), len(self.seeds)

    def cells(self) -> dict[Cell, Case]:
        """Return the case of every cell that some sweep asked for."""
        composition_at = {label: index for index, label in enumerate(self.compositions)}
        distribution_at = {label: index for index, label in enumerate(self.distributions)}
        seed_at = {seed: index for index, seed in enumerate(self.seeds)}
        return {
            (
                composition_at[case.design.composition.label],
                distribution_at[case.design.distribution.label],
                seed_at[case.seed],
            ): case
            for sweep in self.sweeps
            for case in sweep.cases()
        }


def cube_name(sweep: Sweep) -> str:
    """Return the name of the cube that a sweep fills."""
    return f"{sweep.protocol.label}.{sweep.analysis.label}"


def grids(sweeps: Iterable[Sweep]) -> dict[str, Grid]:
    """Return one grid for each pair of protocol and analysis, by name, in order of first appearance."""
    groups: dict[str, list[Sweep]] = {}
    for sweep in sweeps:
        groups.setdefault(cube_name(sweep), []).append(sweep)
    return {name: _grid(tuple(members)) for name, members in groups.items()}


def _grid(sweeps: tuple[Sweep, ...]) -> Grid:
    return Grid(
        protocol=sweeps[0].protocol,
        analysis=sweeps[0].analysis,
        compositions={item.label: item for sweep in sweeps for item in sweep.compositions},
        distributions={item.label: item for sweep in sweeps for item in sweep.distributions},
        seeds=tuple(sorted({seed for sweep in sweeps for seed in sweep.seeds})),
        sweeps=sweeps,
    )

"""The grid of a cube: which cells there are, which were asked for, and which case fills each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case, Design, Distribution, measure_inputs
from ssbflow.inputs.case_ids import case_digests
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.identity import PHYSICS_VERSION, identity
from ssbflow.inputs.protocol import Protocol
from ssbflow.inputs.study import Study
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.keys import Keys, ids_of, keys_of_sha256
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import cube_name, describe, read_sweep


@dataclass(frozen=True)
class Grid:
    """All cells of one cube: the union of the sweeps with its protocol and analysis, or of a study.

    Parameters
    ----------
    protocol, analysis
    compositions, distributions : dict
        Label → input, in order of first appearance.
    seeds : tuple of int
        Ascending.
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
        """Name of the cube: protocol label, dot, analysis label; or that of the study."""
        return cube_name(self.sweeps[0])

    @property
    def is_listed(self) -> bool:
        """Whether its designs are those of a study: a list of them, not each composition with each distribution."""
        return self.sweeps[0].study is not None

    @cached_property
    def asked(self) -> NDArray[np.int64]:
        """The cells that some sweep asked for, (M, 3): positions along the three axes, seeds fastest."""
        composition_at = {label: index for index, label in enumerate(self.compositions)}
        distribution_at = {label: index for index, label in enumerate(self.distributions)}
        seed_at = {seed: index for index, seed in enumerate(self.seeds)}
        wanted = np.zeros((len(self.compositions), len(self.distributions), len(self.seeds)), dtype=bool)
        for sweep in self.sweeps:
            composition = [composition_at[item.label] for item in sweep.compositions]
            distribution = [distribution_at[item.label] for item in sweep.distributions]
            seed = [seed_at[seed] for seed in sweep.seeds]
            if self.is_listed:
                wanted[np.array(composition)[:, np.newaxis], np.array(distribution)[:, np.newaxis], seed] = True
            else:
                wanted[np.ix_(composition, distribution, seed)] = True
        return np.argwhere(wanted)

    @cached_property
    def listed(self) -> dict[tuple[str, str], Study]:
        """Labels of the designs of a study, in the order in which it asked for them first, and what for."""
        designs: dict[tuple[str, str], Study] = {}
        for sweep in self.sweeps:
            if sweep.study:
                for composition, distribution in sweep.pairs():
                    designs.setdefault((composition.label, distribution.label), sweep.study)
        return designs

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of its cube: compositions, distributions, seeds; or designs, seeds."""
        if self.is_listed:
            return len(self.listed), len(self.seeds)
        return len(self.compositions), len(self.distributions), len(self.seeds)

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """Where in its cube the cells in `asked` lie, (M, dims)."""
        if not self.is_listed:
            return self.asked
        number = {labels: index for index, labels in enumerate(self.listed)}
        compositions, distributions = list(self.compositions), list(self.distributions)
        of_design = [number[compositions[one], distributions[other]] for one, other, _ in self.asked.tolist()]
        return np.stack([of_design, self.asked[:, 2]], axis=1)

    @property
    def design(self) -> NDArray[np.int64]:
        """The number of each cell's design, (M,) for the cells in `asked`; distributions change fastest."""
        numbers: NDArray[np.int64] = self.asked[:, 0] * len(self.distributions) + self.asked[:, 1]
        return numbers

    def case_keys(self, physics_version: int = PHYSICS_VERSION) -> Keys:
        """Return the key of the case of every cell in `asked`, under a version of the physics; worked out once."""
        if physics_version not in self._known_keys:
            members = list(self.compositions.values()), list(self.distributions.values())
            digests = b"".join(case_digests(*members, self.protocol, self._designs(), physics_version))
            self._known_keys[physics_version] = keys_of_sha256(digests)
        return self._known_keys[physics_version]

    @cached_property
    def _known_keys(self) -> dict[int, Keys]:
        return {}

    def _designs(self) -> Iterator[tuple[int, int, list[int]]]:
        """Yield composition, distribution and seeds of every design in `asked`."""
        first = np.flatnonzero(np.diff(self.design, prepend=-1))
        members, seeds = self.asked[first, :2].tolist(), np.array(self.seeds)[self.asked[:, 2]].tolist()
        starts = [*first.tolist(), len(seeds)]
        for (composition, distribution), (start, end) in zip(members, pairwise(starts), strict=True):
            yield composition, distribution, seeds[start:end]

    def case_ids(self) -> list[str]:
        """Return the case id of every cell in `asked`."""
        ids: list[str] = ids_of(self.case_keys()).to_pylist()
        return ids

    @cached_property
    def measure_ids(self) -> list[str]:
        """The measure id of each composition: some differ in what only measures use."""
        return [identity(measure_inputs(item, self.analysis)) for item in self.compositions.values()]

    def cases(self, which: NDArray[np.int64]) -> Iterator[Case]:
        """Yield the cases of some of the cells in `asked`, by their indices there."""
        compositions, distributions = list(self.compositions.values()), list(self.distributions.values())
        here, design = (-1, -1), None
        for composition, distribution, seed in self.asked[which].tolist():
            if design is None or (composition, distribution) != here:
                here = composition, distribution
                design = Design(
                    composition=compositions[composition],
                    distribution=distributions[distribution],
                    protocol=self.protocol,
                )
            yield Case(design=design, seed=self.seeds[seed])


def grids(sweeps: Iterable[Sweep]) -> dict[str, Grid]:
    """Return one grid for each pair of protocol and analysis, and each study, by name, as they first appear."""
    groups: dict[str, list[Sweep]] = {}
    for sweep in sweeps:
        groups.setdefault(cube_name(sweep), []).append(sweep)
    return {name: grid_of(*members) for name, members in groups.items()}


def grid_of(*sweeps: Sweep) -> Grid:
    """Return the grid that some sweeps of one protocol and one analysis fill together."""
    return Grid(
        protocol=sweeps[0].protocol,
        analysis=sweeps[0].analysis,
        compositions={item.label: item for sweep in sweeps for item in sweep.compositions},
        distributions={item.label: item for sweep in sweeps for item in sweep.distributions},
        seeds=tuple(sorted({seed for sweep in sweeps for seed in sweep.seeds})),
        sweeps=sweeps,
    )


def cube_grid(store: Store, cube: str) -> Grid:
    """Return the grid of a cube of a store; who publishes again and again has it made once."""
    return _grid_of_files(tuple(store.sweeps / entry.file for entry in describe(store).sweeps if entry.cube == cube))


@lru_cache(maxsize=8)
def _grid_of_files(paths: tuple[Path, ...]) -> Grid:
    """Return the grid of some sweeps; their files' names are hashes of what they hold."""
    return grid_of(*map(read_sweep, paths))

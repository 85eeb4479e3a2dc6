"""Replays searches on a surface that was pressed, and prints how good what they choose is, beside what a grid chooses.

python pipelines/search_replay.py [STORE] [REPLAYS]

The surface is the specific energy of the design study's cathodes, over share of EAM and D50 of the SE: means of 4 to 36
seeds, most of them where it bends, with straight lines between them; a case deviates from the mean as a seed of one of
the four designs around it does. Pressing it takes half an hour on two cores; what the store has is not pressed again.
How many designs the study's search asks for was chosen here.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

import ssbflow
from ssbflow.design.asking import Told, Values, first_designs, next_designs
from ssbflow.design.leaders import seeds_for_leaders
from ssbflow.design.racing import Scores
from ssbflow.design.uncertainty import FEW_SEEDS
from ssbflow.flow.clients import connected
from ssbflow.flow.events import ProgressBar
from ssbflow.inputs.knobs import turned
from ssbflow.inputs.search import Search
from ssbflow.inputs.sweep import Sweep

CATALOGS = Path(__file__).parents[1] / "catalogs"
OBJECTIVE = "specific_energy"
SHARES = np.array([60.0, 66, 72, 76, 79, 81, 83, 85, 87, 90])  # wt%
SIZES = np.array([1.4, 1.7, 2.1, 2.8, 4.0])  # um
PRESSED = (  # shares, sizes, seeds
    (SHARES, SIZES, 4),
    (SHARES[4:], SIZES, 12),
    (np.array([83.0, 85, 87]), SIZES[:2], 36),
)
FIRST_SEED = 201
GRID_SEEDS = 4
CASES = 60  # of each search
PLANS = ((20, 3), (60, 1), (24, 1), (36, 1), (44, 1))  # designs, first seeds; what is left goes to those ahead
NEAR = 0.01  # of the grid's usual choice
console = Console()

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Surface:
    """The objective of seeds, (shares, sizes, seeds); NaN where there are fewer."""

    seeds: Floats

    def mean(self, values: Values) -> float:
        """Return what many seeds would give."""
        return float(sum(weight * np.nanmean(self.seeds[at]) for at, weight in self._around(values)))

    def draw(self, values: Values, count: int, generator: np.random.Generator) -> Floats:
        """Return what so many seeds give."""
        corners, weights = zip(*self._around(values), strict=True)
        drawn = generator.choice(len(corners), count, p=weights)
        return self.mean(values) + np.array([self._deviation(corners[one], generator) for one in drawn])

    def _deviation(self, at: tuple[int, int], generator: np.random.Generator) -> float:
        known = self.seeds[at][np.isfinite(self.seeds[at])]
        return float((generator.choice(known) - known.mean()) * np.sqrt(len(known) / (len(known) - 1)))

    @staticmethod
    def _around(values: Values) -> list[tuple[tuple[int, int], float]]:
        """Return the four designs around one, and how near each is."""
        axes = ((SHARES, values["eam_wt_percent"]), (np.log(SIZES), np.log(values["se_d50_um"])))
        sides = []
        for ticks, value in axes:
            low = int(np.clip(np.searchsorted(ticks, value) - 1, 0, len(ticks) - 2))
            share = float(np.clip((value - ticks[low]) / (ticks[low + 1] - ticks[low]), 0, 1))
            sides.append(((low, 1 - share), (low + 1, share)))
        return [((one, other), near * nearer) for (one, near), (other, nearer) in product(*sides)]


def main(store: str, replays: int) -> None:
    given = ssbflow.load_search(CATALOGS / "searches" / "cathode_study.yaml")
    surface = pressed(given, store)
    grid = ssbflow.load_sweep(CATALOGS / "sweeps" / "cathode_study.yaml")
    designs: list[Values] = [
        {"eam_wt_percent": one.weight_percent.eam, "se_d50_um": other.se.median_um}
        for one, other in product(grid.compositions, grid.distributions)
    ]
    table = Table(title=f"{OBJECTIVE} of what is chosen, by the surface; {replays} replays each")
    for name in ("", "cases", "mean", f"within {NEAR:.0%} of the grid's"):
        table.add_column(name)
    by_grid = np.array([chosen_of_grid(surface, designs, np.random.default_rng([1, one])) for one in range(replays)])
    near = (1 - NEAR) * by_grid.mean()
    table.add_row("grid", str(GRID_SEEDS * len(designs)), f"{by_grid.mean():.1f}", f"{np.mean(by_grid >= near):.2f}")
    for count, first_seeds in PLANS:
        title = f"search, {count} designs, {first_seeds} first"
        generators = (np.random.default_rng([2, one]) for one in range(replays))
        found = np.array(
            [
                searched(surface, given, count, first_seeds, generator)
                for generator in track(generators, title, replays, console=console)
            ]
        )
        table.add_row(title, str(CASES), f"{found.mean():.1f}", f"{np.mean(found >= near):.2f}")
    console.print(table)


def pressed(given: Search, store: str) -> Surface:
    """Press what is not there yet, and read all."""
    with connected("local") as client:
        for number, (shares, sizes, count) in enumerate(PRESSED):
            ssbflow.run(_sweep(given, number, shares, sizes, count), store, client, callbacks=[ProgressBar(console)])
    cube = ssbflow.with_energies(ssbflow.open_cube(store), given.cell)[OBJECTIVE].compute()
    seeds = np.full((len(SHARES), len(SIZES), cube.sizes["seed"]), np.nan)
    for at in np.ndindex(seeds.shape[:2]):
        composition, distribution = _design(given, SHARES[at[0]], SIZES[at[1]])
        seeds[at] = cube.sel(composition=composition.label, distribution=distribution.label)
    return Surface(seeds)


def chosen_of_grid(surface: Surface, designs: Sequence[Values], generator: np.random.Generator) -> float:
    """Return what the design gives that has the best mean of a few seeds."""
    means = [surface.draw(one, GRID_SEEDS, generator).mean() for one in designs]
    return surface.mean(designs[int(np.argmax(means))])


def searched(surface: Surface, given: Search, count: int, first_seeds: int, generator: np.random.Generator) -> float:
    """Return what the design gives that a search chooses."""
    most_seeds = first_seeds if count * first_seeds == CASES else CASES
    designs: list[Values] = []
    values = np.full((count, most_seeds), np.nan)
    while len(designs) < count:
        if designs:
            told = [Told(one, (float(np.nanmean(seeds)),)) for one, seeds in zip(designs, values, strict=False)]
            new = next_designs(given.vary, told, min(given.batch, count - len(designs)), generator)
        else:
            new = first_designs(given.vary, generator)
        for one in new:
            values[len(designs), :first_seeds] = surface.draw(one, first_seeds, generator)
            designs.append(one)
    while (wanted := seeds_for_leaders(_scores(values), CASES, given.batch)).any():
        for at, seed in np.argwhere(wanted):
            values[at, seed] = surface.draw(designs[at], 1, generator)[0]
    known = np.isfinite(values).sum(axis=1) >= min(FEW_SEEDS, most_seeds)
    means = np.where(known, np.nansum(values, axis=1) / np.maximum(np.isfinite(values).sum(axis=1), 1), -np.inf)
    return surface.mean(designs[int(np.argmax(means))])


def _scores(values: Floats) -> Scores:
    none = np.empty((0, len(values)))
    return Scores(np.isfinite(values), values, none.astype(bool), none, np.empty((0, *values.shape)))


def _sweep(given: Search, number: int, shares: Floats, sizes: Floats, count: int) -> Sweep:
    designs = [_design(given, share, size) for share, size in product(shares, sizes)]
    return Sweep(
        name=f"surface_{number}",
        compositions=tuple({one.label: one for one, _ in designs}.values()),
        distributions=tuple({other.label: other for _, other in designs}.values()),
        seeds=tuple(range(FIRST_SEED, FIRST_SEED + count)),
        protocol=given.protocol,
        analysis=given.analysis,
    )


def _design(given: Search, share: float, size: float) -> tuple[ssbflow.Composition, ssbflow.Distribution]:
    values: Values = {"eam_wt_percent": float(share), "se_d50_um": float(size)}
    return turned(given.composition, given.distribution, values)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "results/search_replay", int(sys.argv[2]) if len(sys.argv) > 2 else 200)

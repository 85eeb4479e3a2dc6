"""What a sweep will take, before anything runs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ssbflow.inputs.case import Design
from ssbflow.inputs.sweep import Sweep
from ssbflow.packing.grid_fill import expected_particles, expected_solid_height_um
from ssbflow.press.plan import expected_steps, time_step_us
from ssbflow.store.cells import STATUS, read_cells
from ssbflow.store.grid import Grid, grid_of
from ssbflow.store.layout import Store

SECONDS_PER_PARTICLE_STEP = 1.0e-6  # one core, boxes of 500 to 100 000 particles; reading and measuring included
BYTES_PER_PARTICLE = 300.0  # of a case file with the default number of frames


@dataclass(frozen=True)
class SweepPlan:
    """Counts and costs of a sweep.

    Parameters
    ----------
    cases, done : int
        In all, and with records already.
    particles : tuple of (int, int)
        Fewest and most in a case.
    time_step_us : tuple of (float, float)
        Smallest and largest of the designs.
    core_hours, disk_mb : float
        Rough, for what is still to be done.
    warnings : tuple of str
    """

    cases: int
    done: int
    particles: tuple[int, int]
    time_step_us: tuple[float, float]
    core_hours: float
    disk_mb: float
    warnings: tuple[str, ...]


def plan(sweep: Sweep, store: str | Path | None = None) -> SweepPlan:
    """Count a sweep's cases and estimate what they take.

    Parameters
    ----------
    sweep : Sweep
    store : path, optional
        Cases with records there count as done.
    """
    designs, grid = list(sweep.designs()), grid_of(sweep)
    todo = _cases_to_do(grid, Store(Path(store)) if store else None)
    particles = np.array([expected_particles(design) for design in designs])
    seconds = np.array([expected_seconds(design) for design in designs])
    time_steps = [_time_step_us(design) for design in designs]
    return SweepPlan(
        cases=len(grid.asked),
        done=len(grid.asked) - int(todo.sum()),
        particles=(int(particles.min()), int(particles.max())),
        time_step_us=(min(time_steps), max(time_steps)),
        core_hours=float(todo @ seconds) / 3600,
        disk_mb=float(todo @ particles) * BYTES_PER_PARTICLE / 1e6,
        warnings=tuple(sweep.warnings()),
    )


def _cases_to_do(grid: Grid, store: Store | None) -> NDArray[np.int64]:
    """Return how many cases of each design have no outcome yet."""
    open_ = np.ones(len(grid.asked), dtype=bool)
    if store is not None and store.description.exists():
        open_ = read_cells(store, grid).status == STATUS["pending"]
    return np.bincount(grid.design[open_], minlength=len(grid.compositions) * len(grid.distributions))


def _time_step_us(design: Design) -> float:
    """Return the time step (µs) of a design's press, from its smallest particles."""
    radii, materials = _smallest_radii_um(design), design.materials
    return min(time_step_us(radii[name], material, design.protocol.press) for name, material in materials.items())


def expected_seconds(design: Design) -> float:
    """Return about how long one case of a design takes on one core."""
    height = expected_solid_height_um(design)
    steps = expected_steps(height, _smallest_radii_um(design), design.materials, design.protocol.press)
    return expected_particles(design) * steps * SECONDS_PER_PARTICLE_STEP


def _smallest_radii_um(design: Design) -> dict[str, float]:
    return {"eam": design.distribution.eam.smallest_um / 2, "se": design.distribution.se.smallest_um / 2}

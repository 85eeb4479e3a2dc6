"""What a sweep will take, before anything runs."""

from dataclasses import dataclass
from pathlib import Path

from ssbflow.flow.case_task import recorded
from ssbflow.inputs.case import Design
from ssbflow.inputs.sweep import Sweep
from ssbflow.packing.grid_fill import expected_particles, expected_solid_height_um
from ssbflow.press.plan import expected_steps, time_step_us
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
    layout = Store(Path(store)) if store else None
    cases = list(sweep.cases())
    todo = [case for case in cases if layout is None or recorded(case, sweep.analysis, layout) is None]
    particles = {_labels(design): expected_particles(design) for design in sweep.designs()}
    seconds = {_labels(design): _expected_seconds(design) for design in sweep.designs()}
    pending = sum(particles[_labels(case.design)] for case in todo)
    time_steps = [_time_step_us(design) for design in sweep.designs()]
    return SweepPlan(
        cases=len(cases),
        done=len(cases) - len(todo),
        particles=(min(particles.values()), max(particles.values())),
        time_step_us=(min(time_steps), max(time_steps)),
        core_hours=sum(seconds[_labels(case.design)] for case in todo) / 3600,
        disk_mb=pending * BYTES_PER_PARTICLE / 1e6,
        warnings=tuple(sweep.warnings()),
    )


def _time_step_us(design: Design) -> float:
    """Return the time step (µs) of a design's press, from its smallest particles."""
    radii, materials = _smallest_radii_um(design), design.materials
    return min(time_step_us(radii[name], material, design.protocol.press) for name, material in materials.items())


def _expected_seconds(design: Design) -> float:
    """Return about how long one case of a design takes on one core."""
    height = expected_solid_height_um(design)
    steps = expected_steps(height, _smallest_radii_um(design), design.materials, design.protocol.press)
    return expected_particles(design) * steps * SECONDS_PER_PARTICLE_STEP


def _smallest_radii_um(design: Design) -> dict[str, float]:
    return {"eam": design.distribution.eam.smallest_um / 2, "se": design.distribution.se.smallest_um / 2}


def _labels(design: Design) -> tuple[str, str]:
    return design.composition.label, design.distribution.label

from pathlib import Path

import numpy as np
import pytest

import ssbflow
from ssbflow.inputs.sweep import Sweep


def test_a_plan_counts_cases_and_estimates_particles(tiny_sweep: Sweep) -> None:
    plan = ssbflow.plan(tiny_sweep)
    assert (plan.cases, plan.done) == (2, 0)
    counts = [len(ssbflow.pack(case.design, np.random.default_rng(1))) for case in tiny_sweep.cases()]
    assert plan.particles[0] == pytest.approx(counts[0], rel=0.25)
    assert plan.core_hours > 0
    assert plan.disk_mb > 0


@pytest.mark.lammps
def test_a_plan_sees_what_is_done(tiny_sweep: Sweep, tiny_store: Path) -> None:
    plan = ssbflow.plan(tiny_sweep.replace(seeds=(1, 2, 3)), tiny_store)
    assert (plan.cases, plan.done) == (3, 2)


@pytest.mark.lammps
def test_status_counts_every_design(tiny_store: Path) -> None:
    (cube,) = ssbflow.status(tiny_store)
    assert cube.name == "small.touching"
    assert cube.counts == {"ok": 2, "failed": 0, "pending": 0}
    assert cube.minutes_left is None

"""Tables for the terminal."""

from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from ssbflow.design.calibrated import Calibration
from ssbflow.design.expected import Expected
from ssbflow.design.pellet import State
from ssbflow.design.selection import Selection
from ssbflow.design.uncertainty import FEW_SEEDS
from ssbflow.errors import SelectionError
from ssbflow.flow.batch import RunSummary
from ssbflow.flow.planning import SweepPlan
from ssbflow.flow.status import CubeStatus
from ssbflow.inputs.catalog import load_materials

SHOWN_BESIDE = ("utilization", "tortuosity_geodesic_median", "porosity", "percolates")
MOST_ROWS = 10


def plan_table(name: str, plan: SweepPlan) -> Table:
    """Counts and costs of a sweep."""
    fewest, most = plan.particles
    smallest, largest = plan.time_step_us
    return _pairs(
        f"plan of {name}",
        {
            "cases": f"{plan.cases}, done already {plan.done}",
            "particles": f"{fewest} to {most} a case",
            "time step": f"{smallest:.2e} to {largest:.2e} µs at most",
            "core-hours": f"about {plan.core_hours:.2g}",
            "disk": f"about {plan.disk_mb:.2g} MB",
        },
    )


def status_table(cube: CubeStatus) -> Table:
    """Cases of every design by state."""
    rate = f"{cube.cases_per_minute:.1f} cases/min" if cube.cases_per_minute else "no rate yet"
    left = f", about {cube.minutes_left:.0f} min left" if cube.minutes_left else ""
    counts = ", ".join(f"{count} {state}" for state, count in cube.counts.items())
    table = Table("composition", "distribution", title=f"cube {cube.name}: {counts}; {rate}{left}")
    for state in ("ok", "failed", "pending"):
        table.add_column(state, justify="right")
    for design in cube.designs:
        counts_of = (str(count) for count in (design.ok, design.failed, design.pending))
        table.add_row(design.composition, design.distribution, *counts_of)
    return table


def selection_table(selection: Selection) -> Table:
    """The best designs, the best first."""
    sense = "maximize" if selection.maximize else "minimize"
    condition = f" where {selection.where}" if selection.where else ""
    front = f", on the front of {', '.join(selection.pareto)}" if selection.pareto else ""
    counts = f"{len(selection.table)} of {selection.considered} designs"
    title = f"{sense} {selection.objective}{condition}{front}: {counts}"
    table = Table(title=title, box=SIMPLE_HEAD)  # narrow: it fits a terminal of 80 columns
    table.add_column("design", no_wrap=True)
    told = {selection.objective, *selection.pareto, *(text.removeprefix("-") for text in selection.pareto)}
    beside = [name for name in selection.pareto if name != selection.objective]
    beside = [*beside, *(name for name in SHOWN_BESIDE if name not in told)][: len(SHOWN_BESIDE)]
    table.add_column(selection.objective, justify="right", width=16, overflow="fold")
    table.add_column("of mean, 95 %", justify="right", width=8)
    for name in beside:
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("seeds", justify="right", width=5)
    for design, (_, row) in zip(selection.labels[:MOST_ROWS], selection.table.iterrows(), strict=False):
        objective = Expected(mean=row[selection.objective], std=row.get(f"{selection.objective}_std"))
        means = (f"{row[name]:.3g}" for name in beside)
        half = row.get(f"{selection.objective}_high", np.nan) - row[selection.objective]
        interval = "" if pd.isna(half) else f"± {half:.2g}"
        table.add_row(design, str(objective), interval, *means, f"{row['seeds_ok']:.0f}")
    return table


def certainty(selection: Selection) -> list[str]:
    """How sure the best design is, in lines; which designs rest on few seeds."""
    lines = []
    if selection.few_seeds:
        few = ", ".join(selection.few_seeds[:MOST_ROWS])
        more = f" and {len(selection.few_seeds) - MOST_ROWS} more" if len(selection.few_seeds) > MOST_ROWS else ""
        lines.append(f"fewer than {FEW_SEEDS} seeds, their places are a guess: {few}{more}")
    if selection.pareto:  # which of a front is the best is not asked
        return lines
    try:
        first = selection.chances(np.random.default_rng(0)).iloc[0]
    except SelectionError as error:
        return [*lines, str(error)]
    sure = f"best of {len(selection.table)} with probability {first['probability_best']:.2f}"
    return [*lines, f"{selection.best}: {sure}, expected regret {first['expected_regret']:.2g}"]


def recipe_command(store: Path, selection: Selection) -> str:
    """The command that writes the recipe of the best design; a negative electrode is joined to a positive one."""
    material = load_materials().get(str(selection.table["eam_material"].iloc[0]))
    if material and material.electrode == "negative":
        return f"ssbflow recipe CATHODES --cathode … --anode {selection.best} --anode-store {store}"
    return f"ssbflow recipe {store} --cathode {selection.best}"


def calibration_table(calibration: Calibration) -> Table:
    """What was simulated, and the porosities that came out."""
    measured = calibration.experiment.porosity
    table = Table(title=f"{calibration.experiment.name}: measured porosity {measured:g}", box=SIMPLE_HEAD)
    for name in ("stiffness scale", "porosity, loaded", "porosity, released", "ok", "failed"):
        table.add_column(name, justify="right")
    for trial in calibration.trials:
        porosities = (str(trial.porosity.get(state, "–")) for state in get_args(State))
        table.add_row(f"{trial.stiffness_scale:g}", *porosities, str(trial.seeds_ok), str(trial.seeds_failed))
    return table


def failures_table(summary: RunSummary) -> Table:
    """Why cases failed."""
    table = Table("case", "phase", "cause", "message", title=f"{summary.failed} failed; again: ssbflow retry STORE")
    for outcome in summary.failures[:MOST_ROWS]:
        failure = outcome.failure
        if failure:
            table.add_row(outcome.case_id[:8], failure.phase, failure.cause, failure.message)
    return table


def _pairs(title: str, rows: dict[str, str]) -> Table:
    table = Table(title=title, show_header=False)
    for name, value in rows.items():
        table.add_row(name, value)
    return table

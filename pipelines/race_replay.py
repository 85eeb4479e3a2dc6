"""Replays races on the bootstrap resamples of a full factorial, and prints how often they choose what it chooses.

python pipelines/race_replay.py STORE [REPLAYS]

The store holds a sweep that was run whole: 30 designs with 10 seeds say something. The rules of the race were chosen on
the first group of objectives; the second group was looked at afterwards. Where an objective exists for a few seeds of
a design only (nothing spans in the others), the full factorial's choice is a guess, and the race, whose first seeds may
have no value, often makes another. Near ties cost cases, unless a race may stop `within` so much of the best.
"""

import sys

import numpy as np
from rich.console import Console
from rich.table import Table

import ssbflow
from ssbflow.design.constraints import parse_condition
from ssbflow.design.contest import Contest
from ssbflow.design.expression import parse_expression
from ssbflow.design.race_replay import replay
from ssbflow.design.racing import RaceRules

CHOSEN_ON = (
    ("specific_energy", True, None, 0.0),
    ("tortuosity_geodesic_median", False, "utilization > 0.9", 0.0),
    ("conductivity_ionic_effective", True, None, 0.0),
    ("active_interface_area", True, "utilization > 0.9", 0.0),
    ("areal_mass * eam_wt * utilization", True, "tortuosity_geodesic_median < 1.5", 0.0),
)
SERIES = "1 / (1 / conductivity_ionic_effective + 1 / conductivity_electronic_effective)"
LOOKED_AT_AFTERWARDS = (
    ("energy_density", True, None, 0.0),
    ("utilization_both", True, None, 0.0),
    ("utilization_both", True, None, 0.02),
    ("conductivity_electronic_effective", True, None, 0.0),
    ("porosity", False, "eam_wt > 0.69", 0.0),
    (SERIES, True, None, 0.0),
    (SERIES, True, "utilization_both > 0.8", 0.0),
    ("energy_density", True, "conductivity_ionic_effective > 0.005", 0.0),
)
"""Objective, whether to maximize it, condition, within."""

WORKERS = 2


def main(store: str, replays: int) -> None:
    console, cube = Console(), ssbflow.open_cube(store).load()
    for title, objectives in (("rules chosen on", CHOSEN_ON), ("looked at afterwards", LOOKED_AT_AFTERWARDS)):
        table = Table(title=f"{title}, {replays} replays each")
        for name in ("objective", "same choice", "share of cases", "largest", "relative regret"):
            table.add_column(name)
        for text, maximize, where, within in objectives:
            contest = Contest(parse_expression(text), parse_condition(where) if where else None, maximize)
            scores = contest.scores(contest.prepared(cube))
            found = replay(scores, RaceRules(within=within), np.random.default_rng(1), count=replays, slots=WORKERS)
            name = f"{'max' if maximize else 'min'} {text}{f' where {where}' if where else ''}"
            name += f", within {within:g}" if within else ""
            numbers = (f"{found.same:.3f}", f"{found.share:.3f}", f"{found.largest_share:.3f}", f"{found.regret:.1e}")
            table.add_row(name, *numbers)
        console.print(table)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200)

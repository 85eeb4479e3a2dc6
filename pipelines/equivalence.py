"""Whether the means of what is measured agree between the default press and a slow one.

python pipelines/equivalence.py SWEEP.yaml [SEEDS] [DRIVE] [FIRST]

The slow press comes down at a quarter of the speed with a third of the time step, keeps real densities and waits for
half of the unbalanced force and half of the drift in the same time. Both press the same loose boxes, of the seeds from
FIRST on.
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

import ssbflow
from evidence.chapter import Work
from evidence.variants import apart, changed, cube_of, shown
from ssbflow.flow.clients import connected

SLOW = {
    "fall_speed_fraction": 0.005,
    "time_step_fraction": 0.1,
    "contact_time_fraction": 0.15,
    "density_scaling": False,
    "unbalanced_force_limit": 1.25e-4,
    "height_drift_limit": 3.3e-6,
    "max_steps": 2_000_000,
}
METRICS = (
    "steps",
    "porosity",
    "rattler_fraction",
    "coordination_mechanical",
    "coordination_se_se",
    "coordination_se_eam",
    "coordination_eam_eam",
    "utilization",
    "tortuosity_geodesic_median",
    "tortuosity_factor_ionic",
    "tortuosity_factor_electronic",
    "active_interface_area",
)


def main(path: Path, seeds: int, drive: str, first: int) -> None:
    given, numbers = ssbflow.load_sweep(path), range(first, first + seeds)
    fast = changed(given, f"{drive}_fast", numbers, press={"drive": drive})
    slow = changed(given, f"{drive}_slow", numbers, press={"drive": drive, "time_limit_s": 24 * 3600}, settling=SLOW)
    folder = Path("results") / "equivalence"
    with connected("local") as client:
        work = Work(folder / given.name, folder, client)
        default, reference = (cube_of(work, sweep) for sweep in (fast, slow))
    title = f"{given.name}, {drive}, {seeds} seeds from {first} on"
    table = Table("", "default", "slow", "difference, in its standard error", title=title)
    for name in METRICS:
        errors = f"{apart(reference[name], default[name]):+.1f}"
        table.add_row(name, shown(default[name], 4), shown(reference[name], 4), errors)
    Console(width=120).print(table)


if __name__ == "__main__":
    defaults = ["24", "platen", "1"]
    sweep_path, *rest = sys.argv[1:5]
    count, how, start = [*rest, *defaults[len(rest) :]]
    main(Path(sweep_path), int(count), how, int(start))

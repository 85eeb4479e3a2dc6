"""Whether the means of what is measured agree between the default press and a slow one.

python pipelines/equivalence.py SWEEP.yaml [SEEDS] [DRIVE]

The slow press starts from the loose box, comes down at a fifth of the speed with a third of the time step, keeps real
densities and waits for half of the unbalanced force. It takes about twenty times as long.
"""

import sys
from pathlib import Path

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table

import ssbflow
from ssbflow.flow.clients import connected
from ssbflow.flow.events import ProgressBar
from ssbflow.inputs.sweep import Sweep

SLOW = {
    "initial_solid_fraction": None,
    "fall_speed_fraction": 0.004,
    "time_step_fraction": 0.1,
    "contact_time_fraction": 0.15,
    "density_scaling": False,
    "unbalanced_force_limit": 5e-4,
    "height_drift_limit": 3e-5,
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


def with_press(sweep: Sweep, label: str, **changes: object) -> Sweep:
    protocol = sweep.protocol.replace(label=label, press=sweep.protocol.press.replace(**changes))
    return sweep.replace(protocol=protocol)


def mean_and_error(values: xr.DataArray) -> tuple[float, float]:
    finite = values.values[np.isfinite(values.values)]
    return float(finite.mean()), float(finite.std(ddof=1) / np.sqrt(len(finite)))


def main(path: Path, seeds: int, drive: str) -> None:
    given = ssbflow.load_sweep(path)
    given = given.replace(seeds=list(range(1, seeds + 1)))
    fast = with_press(given, f"{drive}_fast", drive=drive)
    slow = with_press(given, f"{drive}_slow", drive=drive, settling=SLOW, time_limit_s=24 * 3600)
    store = Path("results") / "equivalence" / given.name
    with connected("local") as client:
        for sweep in (fast, slow):
            ssbflow.run(sweep, store, client, callbacks=[ProgressBar()])
    cubes = [ssbflow.open_cube(store, f"{s.protocol.label}.{s.analysis.label}").load() for s in (fast, slow)]
    table = Table(
        "", "default", "slow", "difference, in its standard error", title=f"{given.name}, {drive}, {seeds} seeds"
    )
    for name in METRICS:
        (mean, error), (slow_mean, slow_error) = (mean_and_error(cube[name]) for cube in cubes)
        both = float(np.hypot(error, slow_error))
        apart = f"{(mean - slow_mean) / both:+.1f}" if both else ""  # no seed differs from another
        table.add_row(name, f"{mean:.4f} ± {error:.4f}", f"{slow_mean:.4f} ± {slow_error:.4f}", apart)
    Console(width=120).print(table)


if __name__ == "__main__":
    defaults = ["24", "platen"]
    sweep_path, *rest = sys.argv[1:4]
    count, how = [*rest, *defaults[len(rest) :]]
    main(Path(sweep_path), int(count), how)

"""Numerics: whether an answer depends on how it was computed."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

import ssbflow
from evidence.chapter import Chapter, Check, Work, table
from evidence.variants import apart, changed, cube_of, mean_and_error, shown
from ssbflow.inputs.sweep import Sweep

SWEEP = Path(__file__).parents[2] / "catalogs" / "sweeps" / "example_1.yaml"
METRICS = {
    "porosity": "porosity",
    "coordination_mechanical": "contacts of a particle",
    "utilization": "utilization",
    "tortuosity_geodesic_median": "geodesic tortuosity",
    "tortuosity_factor_ionic": "tortuosity factor of the ions",
}
MOST_ERRORS = 2.0  # a difference beyond so many of its standard errors is one; of 5 metrics, one in 20 by chance
SMALL = 0.01  # of the value: a difference below is none that matters, however sure
SETTINGS_SEEDS = range(1, 25)
SETTINGS = {
    "half the time step": {"time_step_fraction": 0.15, "contact_time_fraction": 0.175},
    "a quarter of the time step": {"time_step_fraction": 0.075, "contact_time_fraction": 0.0875},
    "half the fall speed": {"fall_speed_fraction": 0.01},
    "a quarter of the fall speed": {"fall_speed_fraction": 0.005},
    "half of the unbalanced force and of the drift": {"unbalanced_force_limit": 1.25e-4, "height_drift_limit": 1e-5},
    "real densities": {"density_scaling": False},
    "a start squeezed to a half": {"initial_solid_fraction": 0.5},
}
WIDTHS_UM = {20: 24, 35: 10, 50: 8, 70: 6}
"""Width of the box → seeds."""
BINS = (3, 5, 10, 20, 40)
BINS_SEEDS = range(1, 13)
BINS_WIDTH_UM = 35
DRIVES = {
    "platen": {},
    "platen, released": {"release": {"pressure_mpa": 5}},
    "body force": {"press": {"drive": "body_force"}},
}


def chapter(work: Work) -> Chapter:
    """Run Example 1 of the published method in many ways."""
    given = ssbflow.load_sweep(SWEEP)
    given = changed(given, "numerics", SETTINGS_SEEDS, press={"drive": "platen"})
    parts = [part(work, given) for part in (settings, widths, seeds_needed, bins, drives)]
    checks = [check for found, _ in parts for check in found]
    return Chapter("Numerics", checks, "\n\n".join(text for _, text in parts))


def settings(work: Work, given: Sweep) -> tuple[list[Check], str]:
    """Change the time step, the rate, the stop, the masses and the start, one at a time."""
    default = cube_of(work, changed(given, "settings_default", SETTINGS_SEEDS))
    cubes = {
        name: cube_of(work, changed(given, f"settings_{number}", SETTINGS_SEEDS, settling=settling))
        for number, (name, settling) in enumerate(SETTINGS.items())
    }
    checks = [same(f"nothing changes with {name}", default, cube) for name, cube in cubes.items()]
    head = ["Example 1, platen", "steps", *METRICS.values()]
    rows = [["default", *row(default)], *([name, *row(cube)] for name, cube in cubes.items())]
    text = (
        f"**Time step, rate, stop, masses, start** (Example 1 under a platen, {len(SETTINGS_SEEDS)} seeds, mean ± "
        "standard error). A difference counts where it is above two of its standard errors and above one per cent of "
        f"the value; what two standard errors of a difference are here: {resolution(default)}. More about the number "
        "of contacts, which answers most to how carefully one presses, stands in [definitions.md](definitions.md)."
        "\n\n"
        f"{table(head, rows)}"
    )
    return checks, text


def resolution(cube: xr.Dataset) -> str:
    """Return two standard errors of the difference of two such cubes, in shares of each value."""
    found = {meaning: mean_and_error(cube[name]) for name, meaning in METRICS.items()}
    return ", ".join(f"{meaning} {100 * MOST_ERRORS * 2**0.5 * e / m:.1f} %" for meaning, (m, e) in found.items())


def row(cube: xr.Dataset) -> list[str]:
    return [f"{float(cube['steps'].mean()):.0f}", *(shown(cube[name]) for name in METRICS)]


def same(statement: str, one: xr.Dataset, other: xr.Dataset, note: str = "") -> Check:
    """Check that no metric of two cubes differs by more than its error and more than matters."""
    errors = {name: apart(one[name], other[name]) for name in METRICS}
    shares = {name: float(other[name].mean() / one[name].mean() - 1) for name in METRICS}
    differing = [name for name in METRICS if abs(errors[name]) > MOST_ERRORS and abs(shares[name]) > SMALL]
    worst = max(METRICS, key=lambda name: abs(errors[name]))
    got = ", ".join(
        f"{METRICS[name]} {100 * shares[name]:+.1f} % ({errors[name]:+.1f})" for name in differing or [worst]
    )
    return Check(
        statement,
        f"≤ {MOST_ERRORS:g} standard errors or ≤ {100 * SMALL:g} %",
        got if differing else f"largest: {got}",
        not differing,
        "internal",
        note,
    )


def widths(work: Work, given: Sweep) -> tuple[list[Check], str]:
    """Widen the box until nothing changes any more."""
    cubes = {
        width: cube_of(work, changed(given, f"width_{width}", range(1, count + 1), box={"edge_um": width}))
        for width, count in WIDTHS_UM.items()
    }
    widest = cubes[max(cubes)]
    checks = []
    for name, meaning in METRICS.items():
        wide_enough = wide_from({width: abs(apart(cube[name], widest[name])) for width, cube in cubes.items()})
        at_20 = float(cubes[20][name].mean() / widest[name].mean() - 1)
        got = f"from {wide_enough} µm on; at 20 µm {100 * at_20:+.1f} %"
        checks.append(Check(f"box width from which {meaning} is that of 70 µm", "–", got, None, "internal"))
    figure, axes = plt.subplots(1, len(METRICS), figsize=(15, 3.2), layout="constrained")
    for axis, (name, meaning) in zip(axes, METRICS.items(), strict=True):
        means, errors = zip(*(mean_and_error(cube[name]) for cube in cubes.values()), strict=True)
        axis.errorbar(list(cubes), means, yerr=errors, fmt="o-", capsize=3)
        axis.set(xlabel="width of the box (µm)", ylabel=meaning, xticks=list(cubes))
    caption = "Example 1 under a platen in wider boxes: mean and standard error over the seeds"
    head = ["width (µm)", "seeds", "particles", *METRICS.values()]
    rows = [
        [str(width), str(cube.sizes["seed"]), f"{float(cube['n_particles'].mean()):.0f}", *row(cube)[1:]]
        for width, cube in cubes.items()
    ]
    return checks, f"**Box width.**\n\n{table(head, rows)}\n\n{work.picture(figure, 'validation_width', caption)}"


def wide_from(errors: dict[int, float]) -> int:
    """Return the least width from which on all differ from the widest by less than counts."""
    good = list(errors)
    while len(good) > 1 and errors[good[-2]] <= MOST_ERRORS:
        good.pop()
    return good[-1]


def seeds_needed(work: Work, given: Sweep) -> tuple[list[Check], str]:
    """How many seeds bring a mean within 5 % of itself, nineteen times of twenty."""
    rows = []
    for width in (20, 35):
        sweep = changed(given, f"width_{width}", range(1, WIDTHS_UM[width] + 1), box={"edge_um": width})
        cube = cube_of(work, sweep)
        rows.append([f"{width} µm", *(f"{needed(cube[name], 0.05)}" for name in METRICS)])
    head = ["seeds for ± 5 % (95 %)", *METRICS.values()]
    text = (
        "**Number of seeds**: (1.96 σ / (0.05 µ))², σ and µ over the seeds above. It falls with the area of the box, "
        f"so that four seeds of a box count like one of twice the width.\n\n{table(head, rows)}"
    )
    return [], text


def needed(values: xr.DataArray, share: float) -> int:
    """Return the number of seeds for a 95 % interval of the mean of ± `share` of itself."""
    finite = values.values[np.isfinite(values.values)]
    return max(1, int(np.ceil((1.96 * finite.std(ddof=1) / (share * finite.mean())) ** 2)))


def bins(work: Work, given: Sweep) -> tuple[list[Check], str]:
    """Cut the size distributions into more and fewer diameters."""
    cubes = {}
    for number in BINS:
        cut = [
            entry.replace(
                label=f"{entry.label}-{number}", eam=entry.eam.replace(bins=number), se=entry.se.replace(bins=number)
            )
            for entry in given.distributions
        ]
        sweep = changed(given, "bins", BINS_SEEDS, box={"edge_um": BINS_WIDTH_UM}).replace(
            name=f"bins_{number}", distributions=cut
        )
        cubes[number] = cube_of(work, sweep)
    most = cubes[max(cubes)]
    checks = [
        same(
            f"{number} size bins are enough: nothing changes against {max(BINS)}",
            most,
            cubes[number],
            "the published claim" if number == 10 else "",
        )
        for number in BINS[:-1]
    ]
    head = ["bins", "particles", *METRICS.values()]
    rows = [[str(number), f"{float(cube['n_particles'].mean()):.0f}", *row(cube)[1:]] for number, cube in cubes.items()]
    text = (
        f"**Number of bins** (Example 1, platen, {BINS_WIDTH_UM} µm, {len(BINS_SEEDS)} seeds). Bins are of equal width "
        "between the first and the last percentile, each standing for its centre: fewer of them leave out the tails "
        f"and put the mean volume elsewhere.\n\n{table(head, rows)}"
    )
    return checks, text


def drives(work: Work, given: Sweep) -> tuple[list[Check], str]:
    """Press by platen and by body force, with and without release."""
    cubes = {
        name: cube_of(work, changed(given, f"drive_{number}", SETTINGS_SEEDS, **changes))
        for number, (name, changes) in enumerate(DRIVES.items())
    }
    loaded, released = cubes["platen, released"], cubes["platen, released"]["porosity_released"]
    difference = float(cubes["body force"]["porosity"].mean() - cubes["platen"]["porosity"].mean())
    springback = float(released.mean() - loaded["porosity"].mean())
    checks = [
        same("a release changes nothing of the loaded state", cubes["platen"], loaded),
        Check(
            "porosity under the body force above that under a platen", "above 0", f"{difference:+.3f}", difference > 0,
            "its stress grows from 0 at the top",
        ),
        Check(
            "porosity after release above that under load", "above 0", f"{springback:+.3f}", springback > 0,
            "elastic spheres spring back",
        ),
    ]  # fmt: skip
    head = ["Example 1", *METRICS.values(), "porosity, released"]
    rows = [
        [name, *row(cube)[1:], shown(cube["porosity_released"]) if "released" in name else "–"]
        for name, cube in cubes.items()
    ]
    return checks, f"**Drives and release** ({len(SETTINGS_SEEDS)} seeds).\n\n{table(head, rows)}"

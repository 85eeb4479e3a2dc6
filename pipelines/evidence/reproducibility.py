"""Reproducibility: the same bits again, seeds that know nothing of each other, the same means by another LAMMPS."""

import tempfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import xarray as xr
from dask.distributed import Client

import ssbflow
from evidence.chapter import Chapter, Check, Work, between, table
from evidence.regression import FLOOR, METRICS, MOST_ERRORS, REWRITE, SAME, Change, RegressionSet, changes, shifts
from evidence.releases import ELDER, lmp_of, pressing_with
from evidence.variants import changed, cube_of, shown
from ssbflow.flow.simulate import case_seeds, pack_case
from ssbflow.inputs.reading import sweep_from
from ssbflow.inputs.sweep import Sweep
from ssbflow.packing.packing import Floats
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, MeasureRecord, read_record

SEEDS = range(1, 49)
STREAMS = 1000  # seeds whose first random numbers are compared; no press needed
NORMAL_95 = 1.96
SMALL = {
    "name": "reproducibility",
    "compositions": [
        {
            "label": "CAM78",
            "weight_percent": {"eam": 78, "se": 20, "carbon": 1, "binder": 1},
            "eam": "NCM811",
            "se": "LPSCl",
            "carbon": "carbon_black",
            "binder": "PTFE",
        }
    ],
    "distributions": [
        {
            "label": "fine",
            "eam": {"kind": "normal", "basis": "number", "mean_um": 3, "std_um": 0.4},
            "se": {"kind": "lognormal", "basis": "number", "d50_um": 1.8, "d95_um": 2.6},
        }
    ],
    "seeds": [1],
    "protocol": {
        "label": "small",
        "box": {"edge_um": 9, "areal_mass_mg_cm2": 4, "eam_volume_tolerance": 0.02},
        "press": {"pressure_mpa": 375, "frames": 5},
    },
}
VARYING = {
    "porosity": "porosity",
    "coordination_mechanical": "contacts of a particle",
    "utilization": "utilization",
}


def chapter(work: Work) -> Chapter:
    """Repeat a case, vary the seed, repeat the regression set, and repeat it by another release of LAMMPS."""
    small, stored = sweep_from(SMALL), RegressionSet.read()
    parts = [same_bits(work, small), independent_seeds(work, small), regression_set(stored), other_release(stored)]
    checks = [check for found, _ in parts for check in found]
    return Chapter("Reproducibility", checks, "\n\n".join(text for _, text in parts))


def same_bits(work: Work, small: Sweep) -> tuple[list[Check], str]:
    """Simulate a case twice by each drive, in this process and in a worker, each time in an empty folder."""
    checks = []
    for drive in ("platen", "body_force"):
        sweep = changed(small, f"bits_{drive}", [1], press={"drive": drive}, release={"pressure_mpa": 5})
        here, there = digests(sweep, None), digests(sweep, work.client)
        checks.append(
            Check(
                f"same inputs, same bits ({drive.replace('_', ' ')}, released, one rank): case file and measures",
                f"sha256 {here[0][:12]}…, {here[1][:12]}…", f"{there[0][:12]}…, {there[1][:12]}…", here == there,
                "internal", "the case file holds positions, contacts and forces, all in full",
            )
        )  # fmt: skip
    return checks, (
        "**Same bits.** One small case by each drive, in two empty stores and two processes. On several ranks LAMMPS "
        "adds forces in another order: the last digits differ, and with them, by and by, the packing."
    )


def digests(sweep: Sweep, client: Client | None) -> tuple[str, str]:
    """Return the hashes of a case's file and of its measures, simulated into a store of its own."""
    with tempfile.TemporaryDirectory(prefix="ssbflow-bits-") as name:
        store = Store(Path(name).resolve())
        ssbflow.run(sweep, store.root, client)
        case = next(sweep.cases())
        record = read_record(store.record(case.case_id), CaseRecord)
        measured = read_record(store.measure_record(case.measure_id(sweep.analysis), case.case_id), MeasureRecord)
    assert record
    assert record.zip
    assert measured
    return record.zip.sha256, sha256(repr(sorted(measured.values.items())).encode()).hexdigest()


def independent_seeds(work: Work, small: Sweep) -> tuple[list[Check], str]:
    """Look for what consecutive seeds, or packing and paths of one seed, have in common."""
    cube = cube_of(work, changed(small, "seeds", SEEDS))
    checks = [uncorrelated(f"{meaning} of consecutive seeds", series(cube, name)) for name, meaning in VARYING.items()]
    checks += [*distinct_packings(small), *separate_streams(small)]
    head = ["over the seeds", "mean", "standard deviation", "autocorrelation at lag 1"]
    rows = (
        [meaning, shown(cube[name]), f"{cube[name].values.std(ddof=1):.3f}", f"{lag_1(series(cube, name)):+.2f}"]
        for name, meaning in VARYING.items()
    )
    return checks, (
        f"**Seeds** ({len(SEEDS)} of a design of {float(cube['n_particles'].mean()):.0f} particles). Independent "
        "numbers have an autocorrelation of −1/n ± 1.96/√n; with three of them, one in seven such lines fails by "
        f"chance.\n\n{table(head, rows)}"
    )


def series(cube: xr.Dataset, name: str) -> Floats:
    """Return one metric in the order of the seeds."""
    return np.asarray(cube[name].transpose("seed", ...).values).ravel()


def lag_1(values: Floats) -> float:
    """Return the autocorrelation of consecutive values."""
    about_mean = values - values.mean()
    return float(np.sum(about_mean[1:] * about_mean[:-1]) / np.sum(about_mean**2))


def uncorrelated(statement: str, values: Floats) -> Check:
    """Check that a series' lag-1 autocorrelation is that of independent numbers."""
    count = len(values)
    middle, width = -1 / count, NORMAL_95 / np.sqrt(count)
    return between(
        f"autocorrelation of {statement}", middle - width, middle + width, lag_1(values),
        "95 % of independent numbers (Bartlett 1946)", digits=2,
    )  # fmt: skip


def distinct_packings(small: Sweep) -> list[Check]:
    """Check that no two seeds share the loose packing."""
    cases = changed(small, "seeds", SEEDS).cases()
    loose = {sha256(pack_case(case).position_um.tobytes()).hexdigest() for case in cases}
    wanted = f"{len(SEEDS)} different ones"
    return [Check("no two seeds share a loose packing", wanted, f"{len(loose)}", len(loose) == len(SEEDS), "internal")]


def separate_streams(small: Sweep) -> list[Check]:
    """Check that the first numbers of packing and of paths go together neither in a seed nor from seed to seed."""
    case = next(small.cases())
    both = (case_seeds(case.replace(seed=seed)) for seed in range(STREAMS))
    packing, paths = np.array([[np.random.default_rng(stream).random() for stream in pair] for pair in both]).T
    numbers = len({*packing.tolist(), *paths.tolist()})
    return [
        Check(
            f"packing and paths of {STREAMS} seeds draw from different streams",
            f"{2 * STREAMS} different first numbers", f"{numbers}", numbers == 2 * STREAMS, "internal",
        ),
        correlation("packing and paths of a seed", packing, paths),
        correlation("packing of a seed and paths of the next", packing[:-1], paths[1:]),
        correlation("packings of consecutive seeds", packing[:-1], packing[1:]),
    ]  # fmt: skip


def correlation(statement: str, one: Floats, other: Floats) -> Check:
    width = NORMAL_95 / np.sqrt(len(one))
    found = float(np.corrcoef(one, other)[0, 1])
    return between(f"correlation of first numbers: {statement}", -width, width, found, "95 % of independent numbers")


def regression_set(stored: RegressionSet) -> tuple[list[Check], str]:
    """Compute the regression set again."""
    now = RegressionSet.computed()
    different, count = len(changes(stored, now)), len(METRICS) * len(stored.metrics)
    alike = now.environment == stored.environment
    check = Check(
        f"regression set: {len(stored.metrics)} cases give their stored numbers",
        f"{count} equal to {SAME:g}", f"{count - different}", different == 0 if alike else None, "internal",
        "" if alike else "another LAMMPS or processor than the set was written with: bits may differ",
    )  # fmt: skip
    columns = ("porosity", "coordination_mechanical", "utilization", "tortuosity_factor_ionic", "steps")
    rows = ([name, *(written(metrics[metric]) for metric in columns)] for name, metrics in stored.metrics.items())
    return [check], (
        "**Regression set**, `tests/validation/regression.json`: "
        f"{', '.join(METRICS)} in full, of physics version {stored.physics_version} and measure version "
        f"{stored.measure_version}, LAMMPS of {stored.environment['lammps']}. A test compares them; other numbers "
        f"want a higher version in `ssbflow/inputs/identity.py` and the set anew (`{REWRITE}`, which "
        f"refuses other numbers under the same identity).\n\n{table(['case', *columns], rows)}"
    )


def written(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def other_release(stored: RegressionSet) -> tuple[list[Check], str]:
    """Compute the regression set by another release of LAMMPS."""
    with tempfile.TemporaryDirectory(prefix="ssbflow-lammps-") as name, pressing_with(lmp_of(ELDER, Path(name))):
        elder = RegressionSet.computed()
    found, different = shifts(stored, elder), changes(stored, elder)
    count, differing = len(METRICS) * len(stored.metrics), [shift.metric for shift in found if shift.matters]
    releases = stored.environment["lammps"], elder.environment["lammps"]
    check = Check(
        f"the regression set by LAMMPS of {releases[1]}: same means",
        f"≤ {MOST_ERRORS:g} standard errors of the paired differences, or ≤ {100 * FLOOR:g} %",
        ", ".join(differing) or "none differs", not differing, "internal",
        f"{count - len(different)} of {count} numbers are the same to {SAME:g}",
    )  # fmt: skip
    head = ["mean over the cases", *(f"LAMMPS of {release}" for release in releases), "difference in standard errors"]
    rows = ([shift.metric, f"{shift.stored:.6g}", f"{shift.other:.6g}", f"{shift.in_errors:+.1f}"] for shift in found)
    return [check], f"**Another release of LAMMPS.** {where_different(different)}\n\n{table(head, rows)}"


def where_different(different: list[Change]) -> str:
    """Tell in which cases numbers differ; where it is one alone, its difference is one standard error."""
    if not different:
        return "All numbers are the same."
    largest = {change.case: change for change in sorted(different, key=lambda change: abs(change.share))}
    told = (f"'{case}' (most: {change.metric}, {100 * change.share:+.1f} %)" for case, change in largest.items())
    return (
        f"Other numbers have only the cases {', '.join(told)}; all others are the same. A metric that differs in one "
        "case alone stands in the table with one standard error, whatever its size."
    )

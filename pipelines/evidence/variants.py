"""Sweeps with one thing changed, run into the chapter's store, and what came out of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

import ssbflow
from evidence.chapter import Work
from ssbflow.flow.events import ProgressBar
from ssbflow.inputs.sweep import Sweep


def changed(sweep: Sweep, label: str, seeds: Sequence[int], **changes: Any) -> Sweep:
    """Return a sweep under a protocol of another label.

    `changes` are fields of `box`, `press` and `settling`, each a mapping, and `release`, as plain data.
    """
    old = sweep.protocol
    settling = old.press.settling.replace(**changes.get("settling", {}))
    press = old.press.replace(settling=settling, **changes.get("press", {}))
    box = old.box.replace(**changes.get("box", {}))
    release = changes.get("release", old.release)
    return sweep.replace(
        name=label, protocol=old.replace(label=label, box=box, press=press, release=release), seeds=list(seeds)
    )


def cube_of(work: Work, sweep: Sweep) -> xr.Dataset:
    """Run a sweep, what it still lacks, and return its part of the cube, loaded; failed cases are NaN."""
    ssbflow.run(sweep, work.store, work.client, callbacks=[ProgressBar()])
    cube = ssbflow.open_cube(work.store, f"{sweep.protocol.label}.{sweep.analysis.label}")
    return cube.sel(
        composition=[composition.label for composition in sweep.compositions],
        distribution=[distribution.label for distribution in sweep.distributions],
        seed=list(sweep.seeds),
    ).load()


def mean_and_error(values: xr.DataArray) -> tuple[float, float]:
    """Return mean and standard error over all finite values."""
    finite = values.values[np.isfinite(values.values)]
    if len(finite) < 2:
        return (float(finite.mean()) if len(finite) else float("nan")), float("nan")
    return float(finite.mean()), float(finite.std(ddof=1) / np.sqrt(len(finite)))


def shown(values: xr.DataArray, digits: int = 3) -> str:
    """Write mean ± standard error."""
    mean, error = mean_and_error(values)
    return f"{mean:.{digits}f} ± {error:.{digits}f}"


def apart(one: xr.DataArray, other: xr.DataArray) -> float:
    """Return the difference of the means, other less one, in its standard error; 0 where neither varies."""
    (mean, error), (other_mean, other_error) = mean_and_error(one), mean_and_error(other)
    both = float(np.hypot(error, other_error))
    return (other_mean - mean) / both if both else 0.0

"""Sweeps with one thing changed, run into the chapter's store, and what came out of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

import ssbflow
from evidence.chapter import Work
from ssbflow.flow.events import ProgressBar
from ssbflow.inputs.sweep import Sweep

Fields = Mapping[str, Any]
"""Of an input, as plain data."""


def changed(
    sweep: Sweep,
    label: str,
    seeds: Sequence[int],
    *,
    box: Fields | None = None,
    press: Fields | None = None,
    settling: Fields | None = None,
    release: Fields | None = None,
) -> Sweep:
    """Return a sweep under a protocol of another label, with some fields of its parts changed."""
    old = sweep.protocol
    settled = old.press.replace(settling=old.press.settling.replace(**settling or {}))
    protocol = old.replace(
        label=label,
        box=old.box.replace(**box or {}),
        press=settled.replace(**press or {}),
        release=release or old.release,
    )
    return sweep.replace(name=label, protocol=protocol, seeds=list(seeds))


def cube_of(work: Work, sweep: Sweep) -> xr.Dataset:
    """Run a sweep, what it still lacks, and return its part of the cube, loaded; failed cases are NaN."""
    ssbflow.run(sweep, work.store, work.client, callbacks=[ProgressBar()])
    cube = ssbflow.open_cube(work.store, f"{sweep.protocol.label}.{sweep.analysis.label}")
    return cube.sel(
        composition=[composition.label for composition in sweep.compositions],
        distribution=[distribution.label for distribution in sweep.distributions],
        seed=list(sweep.seeds),
    ).load()


def mean_and_error(values: ArrayLike) -> tuple[float, float]:
    """Return mean and standard error over all finite values."""
    found = np.asarray(values, dtype=float)
    finite = found[np.isfinite(found)]
    if len(finite) < 2:
        return (float(finite.mean()) if len(finite) else float("nan")), float("nan")
    return float(finite.mean()), float(finite.std(ddof=1) / np.sqrt(len(finite)))


def shown(values: ArrayLike, digits: int = 3) -> str:
    """Write mean ± standard error."""
    mean, error = mean_and_error(values)
    return f"{mean:.{digits}f} ± {error:.{digits}f}"


def apart(one: ArrayLike, other: ArrayLike) -> float:
    """Return the difference of the means, other less one, in its standard error; 0 where neither varies."""
    (mean, error), (other_mean, other_error) = mean_and_error(one), mean_and_error(other)
    both = float(np.hypot(error, other_error))
    return (other_mean - mean) / both if both else 0.0

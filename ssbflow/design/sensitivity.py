"""Sensitivity: which input moves a result."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy import stats

from ssbflow.design.derived import completed
from ssbflow.design.expression import parse_expression
from ssbflow.design.table import design_table
from ssbflow.errors import SelectionError
from ssbflow.inputs.cell import Cell
from ssbflow.store.cube import COMPOSITION_COORDINATES, DISTRIBUTION_COORDINATES
from ssbflow.store.opening import open_cube

Floats = NDArray[np.float64]

INPUTS = [variable.name for variable, _ in (*COMPOSITION_COORDINATES, *DISTRIBUTION_COORDINATES)]
FEWEST_DESIGNS = 3


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Which input moves a result.

    Parameters
    ----------
    objective : str
    shares : pandas.Series
        Of the variance of single cases, by ``composition``, ``distribution``, ``interaction`` and ``seed`` (the noise);
        they sum to 1. One that is slightly negative is none.
    inputs : pandas.DataFrame
        For each number that differs between designs (``eam_wt``, ``se_d50``): ``slope`` of the straight line through
        the means of the designs, both standardized; ``slope_error``, its standard error; ``rank_correlation``. The one
        that explains most stands first.
    """

    objective: str
    shares: "pd.Series[float]"
    inputs: pd.DataFrame

    def __str__(self) -> str:
        shares = ", ".join(f"{name} {share:z.0%}" for name, share in self.shares.items())
        return f"variance of {self.objective}: {shares}"


def sensitivity(
    store: str | Path | xr.Dataset, objective: str, *, cell: Cell | None = None, cube: str | None = None
) -> Sensitivity:
    """Return which input moves a result, over all designs of a cube.

    Parameters
    ----------
    store : path or xarray.Dataset
        A store, or a cube already opened.
    objective : str
        A cube variable, or an expression over variables, of cases.
    cell : Cell, optional
        What energies are of, as of `ssbflow.best`.
    cube : str, optional
        Name of the cube; the store's default one if left out.

    Raises
    ------
    InputError
        An expression that cannot be understood.
    SelectionError
        No such variable, or too few designs or seeds.
    """
    opened = store if isinstance(store, xr.Dataset) else open_cube(store, cube)
    parsed = parse_expression(objective)
    return sensitivity_of(design_table(completed(opened, cell), [parsed]), parsed.text)


def sensitivity_of(table: pd.DataFrame, objective: str) -> Sensitivity:
    """Return which input moves an objective, from a table of designs (`design_table`).

    Raises
    ------
    SelectionError
        The objective is none of cases, or there are too few designs or seeds.
    """
    if f"{objective}_std" not in table:
        raise SelectionError(f"{objective!r} is known of designs, not of cases: it has no deviation")
    known = table[table[objective].notna()]
    if len(known) < FEWEST_DESIGNS:
        raise SelectionError(f"{len(known)} designs have a {objective}; {FEWEST_DESIGNS} or more are needed")
    seeds = known.get(f"{objective}_seeds", known["seeds_ok"])
    shares = variance_shares(known[objective], known[f"{objective}_std"], seeds)
    return Sensitivity(objective, shares, input_effects(known, objective))


def variance_shares(means: "pd.Series[float]", stds: "pd.Series[float]", seeds: "pd.Series[int]") -> "pd.Series[float]":
    """Return the shares of composition, distribution, their interaction, and seed in the variance of single cases.

    An analysis of variance, each sum of squares less what noise alone would make of it (ε², Kelley 1935): what is
    nothing but noise comes out as 0, not as above. Where designs are missing, what composition and distribution explain
    together is divided by the mean over both orders; where seeds are missing, means count as over their harmonic mean
    number.

    Parameters
    ----------
    means, stds, seeds : pandas.Series
        Index (composition, distribution); NaN deviation for one seed.

    Returns
    -------
    pandas.Series
        ``composition``, ``distribution``, ``interaction``, ``seed``; they sum to 1, or are NaN where nothing varies.

    Raises
    ------
    SelectionError
        No design has two seeds.
    """
    freedom = float((seeds - 1).sum())
    if freedom == 0:
        raise SelectionError("no design has two seeds that ended well, so noise is not known: run more seeds")
    squares_of_seeds = float((stds.fillna(0) ** 2 * (seeds - 1)).sum())
    axes = [_indicators(means.index.get_level_values(level)) for level in ("composition", "distribution")]
    alone = np.array([_explained(axis, means) for axis in axes])
    together = _explained(np.hstack(axes), means)
    whole = np.array([((means - means.mean()) ** 2).sum(), len(means) - 1])
    of_axes = (alone + together - alone[::-1]) / 2
    parts = np.vstack([of_axes, whole - together])  # columns: sums of squares, degrees of freedom
    squares = parts[:, 0] * float(stats.hmean(seeds))
    total = squares.sum() + squares_of_seeds
    by_noise = parts[:, 1] * squares_of_seeds / freedom
    shares = (
        np.append(squares - by_noise, squares_of_seeds + by_noise.sum()) / total if total > 0 else np.full(4, np.nan)
    )
    return pd.Series(shares, index=["composition", "distribution", "interaction", "seed"], name="share")


def input_effects(table: pd.DataFrame, objective: str) -> pd.DataFrame:
    """Return slope and rank correlation of an objective with each numeric input that differs between designs."""
    numeric = table.select_dtypes("number")
    varying = [name for name in INPUTS if name in numeric and numeric[name].notna().all() and np.ptp(numeric[name]) > 0]
    effects = {name: _effect(numeric[name], table[objective]) for name in varying}
    columns = ["slope", "slope_error", "rank_correlation"]
    found = pd.DataFrame.from_dict(effects, orient="index", columns=columns)
    return found.rename_axis("input").sort_values("slope", key=np.abs, ascending=False, kind="stable")


def _effect(of: "pd.Series[float]", result: "pd.Series[float]") -> tuple[float, float, float]:
    if np.ptp(result) == 0:
        return 0.0, 0.0, 0.0
    line = stats.linregress(stats.zscore(of), stats.zscore(result))
    return float(line.slope), float(line.stderr), float(stats.spearmanr(of, result).statistic)


def _indicators(labels: pd.Index) -> Floats:
    codes, known = labels.factorize()
    return np.asarray(np.eye(len(known))[codes])


def _explained(columns: Floats, means: "pd.Series[float]") -> Floats:
    """Return the sum of squares of means that columns explain beyond their mean, and its degrees of freedom."""
    away = means.to_numpy(dtype=float) - means.mean()
    solution, _, rank, _ = np.linalg.lstsq(columns, away, rcond=None)
    fitted = columns @ solution
    return np.array([float(fitted @ fitted), rank - 1])

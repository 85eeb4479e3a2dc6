"""The cases of a cube with their numbers, as the page shows them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ssbflow.design import derived
from ssbflow.store.cells import STATUS, Cells
from ssbflow.store.cube import COMPOSITION_COORDINATES, DISTRIBUTION_COORDINATES, VARIABLES
from ssbflow.store.grid import Grid
from ssbflow.variable import Variable
from ssbflow.views.report.model import Floats, Indices, Listing, Numbers

MOST_CASES = 12_000  # on a page: about 5 MB
OBJECTIVE = "utilization"  # what the page begins with


def numbers(cells: Cells, cube: xr.Dataset, cause: Indices, most_cases: int = MOST_CASES) -> Numbers:
    """Return the cases of a cube.

    Parameters
    ----------
    cells : Cells
    cube : xarray.Dataset
        Made of them, with energies.
    cause : (M,) int64
        Of each cell, as `causes` numbers them.
    most_cases : int
        Of more, the designs with the largest `OBJECTIVE` are kept.
    """
    grid = cells.grid
    at = tuple(grid.places.T)
    names = [variable.name for variable in (*VARIABLES, *derived.VARIABLES) if variable.name in cube]
    values = np.stack([cube[name].values[at] for name in names])
    values[:, cells.status != STATUS["ok"]] = np.nan
    kept = _kept(grid, values[names.index(OBJECTIVE)], most_cases)
    known = [index for index, row in enumerate(values) if np.isfinite(row).any()]
    composition, distribution, seed = grid.asked[kept].T
    return Numbers(
        variables=tuple(_variable(cube[names[index]]) for index in known),
        compositions=_listing(COMPOSITION_COORDINATES, grid.compositions),
        distributions=_listing(DISTRIBUTION_COORDINATES, grid.distributions),
        is_grid=not grid.is_listed,
        composition=composition,
        distribution=distribution,
        seed=np.array(grid.seeds, dtype=np.int64)[seed],
        status=cells.status[kept],
        cause=cause[kept],
        case_ids=tuple(cells.case_id.take(kept).to_pylist()),
        values=values[known][:, kept],
        left_out=_left_out(len(kept), len(cells.status)),
    )


def best_case(cells: Cells, objective: Floats) -> int | None:
    """Return the cell to show first: of the design with the largest mean, the seed next to it; None if none is ok."""
    ok = np.flatnonzero(cells.status == STATUS["ok"])
    if not len(ok):
        return None
    values = pd.Series(np.nan_to_num(objective[ok], nan=-np.inf), index=ok)
    means = values.groupby(cells.grid.design[ok]).transform("mean")
    best = values[means == means.max()]
    return int((best - means.max()).abs().idxmin()) if np.isfinite(means.max()) else int(best.index[0])


def _kept(grid: Grid, objective: Floats, most_cases: int) -> Indices:
    """Return which cells the page shows, in their order."""
    if len(objective) <= most_cases:
        return np.arange(len(objective))
    values = pd.Series(objective).groupby(grid.design)
    table = pd.DataFrame({"mean": values.mean(), "cases": values.size()}).sort_values("mean", ascending=False)
    designs = table.index[table["cases"].cumsum() <= most_cases]
    return np.flatnonzero(np.isin(grid.design, designs))


def _left_out(kept: int, cases: int) -> str:
    if kept == cases:
        return ""
    return (
        f"This page shows {kept} of {cases} cases, those of the designs with the largest {OBJECTIVE}; "
        "the cube has all of them."
    )


def _variable(values: xr.DataArray) -> Variable:
    told = {name: str(values.attrs.get(name, "")) for name in ("units", "long_name", "comment")}
    return Variable(str(values.name), **told, state=str(values.attrs.get("state", "loaded")))


def _listing(coordinates: Sequence[tuple[Variable, Callable[[Any], float | str]]], of: Mapping[str, Any]) -> Listing:
    header = tuple(f"{about.name} ({about.units})" if about.units != "1" else about.name for about, _ in coordinates)
    rows = tuple((label, *(_text(value_of(one)) for _, value_of in coordinates)) for label, one in of.items())
    return Listing(("label", *header), rows)


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"

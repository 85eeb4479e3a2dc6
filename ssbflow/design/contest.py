"""What is asked of a sweep while it runs: an objective and a condition, of designs × seeds as they stand."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ssbflow.design.constraints import fulfilling
from ssbflow.design.derived import completed
from ssbflow.design.expression import Expression
from ssbflow.design.racing import Scores
from ssbflow.design.table import DESIGN, case_table, design_table, is_by_case
from ssbflow.errors import InputError
from ssbflow.inputs.cell import Cell
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import build_cube, read_cube_cells
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

ENDED = (STATUS["ok"], STATUS["failed"])


@dataclass(frozen=True)
class Contest:
    """An objective, a condition, or both.

    Parameters
    ----------
    objective : Expression or None
        Of cases.
    condition : Expression or None
        Of designs.
    maximize : bool
    cell : Cell or None
        What energies are of.
    """

    objective: Expression | None = None
    condition: Expression | None = None
    maximize: bool = True
    cell: Cell | None = None
    _parts: tuple[Expression, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parts", tuple(self.condition.conjuncts()) if self.condition else ())

    def check(self, sweep: Sweep, store: Store) -> None:
        """Refuse what the cube of a sweep could not answer, before anything is computed.

        Raises
        ------
        InputError
            The condition is none, or the objective is of designs: it has no value for each case.
        SelectionError
            A name that the cube does not have, or an objective that gives no numbers.
        """
        cube = build_cube(read_cube_cells(store, grid_of(sweep)))
        as_if_done = self.prepared(cube.assign(status=xr.full_like(cube["status"], STATUS["ok"])))
        table = self.table(as_if_done)
        if self.objective and not is_by_case(self.objective, case_table(as_if_done)):
            raise InputError(f"{self.objective.text!r} is of designs: it has no value for each case, give one that has")
        for part in self._parts:
            fulfilling(table, part)

    def prepared(self, cube: xr.Dataset) -> xr.Dataset:
        """Return a cube with energies, and only the variables that are asked for where all of them are variables."""
        with_energies = completed(cube, self.cell)
        asked = [one for one in (self.objective, self.condition) if one]
        inner = [statistic.inner for one in asked for statistic in one.statistics]
        names = {name for one in (*asked, *inner) for name in one.names}
        if not names <= {*map(str, with_energies.variables)}:
            return with_energies
        return with_energies[["status", *(name for name in names if name in with_energies.data_vars)]]

    def table(self, prepared: xr.Dataset) -> pd.DataFrame:
        """Return the table of designs with the columns that are asked for."""
        return design_table(prepared, [self.objective] if self.objective else [], self.condition)

    def scores(self, prepared: xr.Dataset) -> Scores:
        """Return what is known of each design, for `ssbflow.design.racing.judge`; designs in the order of the cube."""
        assert self.objective is not None
        cases = case_table(prepared)
        numbers = np.where(_is_ok(cases), self.objective.numbers_over(cases), np.nan)
        values = (numbers if self.maximize else -numbers).reshape(-1, prepared.sizes["seed"])
        return Scores(ended(prepared), values, *self._constraints(prepared, cases))

    def fulfilled(self, prepared: xr.Dataset) -> Bools:
        """Return which designs fulfil the condition, (designs,); those without a case that ended well do not."""
        fulfilled, _, _ = self._constraints(prepared, case_table(prepared))
        return np.asarray(fulfilled.all(axis=0))

    def _constraints(self, prepared: xr.Dataset, cases: pd.DataFrame) -> tuple[Bools, Floats, Floats]:
        """Return fulfilled, missed and excess, as `Scores` has them."""
        designs, seeds = labels(prepared), prepared.sizes["seed"]
        shape, ok = (len(self._parts), len(designs)), _is_ok(cases)
        fulfilled, missed, excess = (
            np.zeros(shape, dtype=bool),
            np.full(shape, np.nan),
            np.full((*shape, seeds), np.nan),
        )
        if not self._parts or not ok.any():
            return fulfilled, missed, excess
        table = self.table(prepared)
        at = designs.get_indexer(table.index)
        for number, part in enumerate(self._parts):
            fulfilled[number, at], missed[number, at] = fulfilling(table, part), part.excess(table)
            if is_by_case(part, cases):
                excess[number] = np.where(ok, part.excess(cases), np.nan).reshape(-1, seeds)
        return fulfilled, missed, excess


def labels(cube: xr.Dataset) -> pd.MultiIndex:
    """Return the designs of a cube in its order."""
    cells = cube["status"].isel(seed=0, drop=True).to_dataframe().reset_index()
    return pd.MultiIndex.from_frame(cells[DESIGN])


def ended(cube: xr.Dataset) -> Bools:
    """Return which cases are done, failed ones too, (designs, seeds)."""
    status: NDArray[np.int8] = cube["status"].to_numpy()
    return np.isin(status, ENDED).reshape(-1, cube.sizes["seed"])


def _is_ok(cases: pd.DataFrame) -> Bools:
    return np.asarray(cases["status"] == STATUS["ok"])

"""Choosing a design: constraints and objectives over the table of designs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from ssbflow.design.constraints import constraint_table, fulfilling, parse_condition, what_rules_out
from ssbflow.design.derived import completed
from ssbflow.design.expression import parse_expression
from ssbflow.design.pareto import pareto_front
from ssbflow.design.table import design_table
from ssbflow.design.uncertainty import FEW_SEEDS, chances
from ssbflow.errors import InputError, SelectionError, did_you_mean
from ssbflow.inputs.cell import Cell
from ssbflow.store.opening import open_cube

if TYPE_CHECKING:
    from ssbflow.design.sensitivity import Sensitivity

MOST_TOLD = 10


@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """Designs that fulfil the constraints, the best first.

    Parameters
    ----------
    table : pandas.DataFrame
        Index (composition, distribution); as `design_table`, sorted.
    objective : str
    maximize : bool
    where : str or None
    pareto : tuple of str
        Objectives of the front that the table was reduced to; none: not reduced.
    designs : pandas.DataFrame
        All designs with cases that ended well, in the order of the cube.
    """

    table: pd.DataFrame
    objective: str
    maximize: bool
    where: str | None
    pareto: tuple[str, ...]
    designs: pd.DataFrame

    def __repr__(self) -> str:
        """Return the best designs as a small table; ``table`` has all columns."""
        sense, condition = "maximize" if self.maximize else "minimize", f" where {self.where}" if self.where else ""
        head = f"{sense} {self.objective}{condition}: {len(self.table)} of {self.considered} designs"
        return f"{head}\n{self._told.to_string(max_rows=MOST_TOLD)}"

    def _repr_html_(self) -> str:
        return str(self._told.to_html(max_rows=MOST_TOLD))

    @property
    def _told(self) -> pd.DataFrame:
        names = [self.objective, f"{self.objective}_low", f"{self.objective}_high", *self.pareto, "seeds_ok"]
        return self.table[[name for name in dict.fromkeys(names) if name in self.table]]

    @property
    def labels(self) -> list[str]:
        """Labels of the designs, COMPOSITION/DISTRIBUTION, the best first."""
        return ["/".join(labels) for labels in self.table.index]

    @property
    def best(self) -> str:
        """Label of the best design."""
        return self.labels[0]

    @property
    def considered(self) -> int:
        """Designs with cases that ended well."""
        return len(self.designs)

    @property
    def few_seeds(self) -> list[str]:
        """Labels of the designs that rest on too few seeds to be ranked surely."""
        few = self.table.get(f"{self.objective}_seeds", self.table["seeds_ok"]) < FEW_SEEDS
        return [label for label, flagged in zip(self.labels, few, strict=True) if flagged]

    def chances(self, generator: np.random.Generator, draws: int = 4000) -> pd.DataFrame:
        """Return how sure the choice is: see `ssbflow.design.uncertainty.chances`.

        Raises
        ------
        SelectionError
            Too few seeds, or the objective is none of single cases.
        """
        deviations = f"{self.objective}_std"
        if deviations not in self.table:
            raise SelectionError(f"{self.objective!r} is known of designs, not of cases: it has no deviation")
        means, stds, seeds = (self.table[name] for name in (self.objective, deviations, f"{self.objective}_seeds"))
        return chances(means, stds, seeds, generator, maximize=self.maximize, draws=draws)

    def sensitivity(self) -> "Sensitivity":
        """Return which input moves the objective, over all designs: see `ssbflow.sensitivity`.

        Raises
        ------
        SelectionError
            Too few designs or seeds, or the objective is none of single cases.
        """
        from ssbflow.design.sensitivity import sensitivity_of

        return sensitivity_of(self.designs, self.objective)

    def why_not(self, design: str) -> pd.DataFrame:
        """Return how a design stands to each constraint, and to the best design.

        Parameters
        ----------
        design : str
            COMPOSITION/DISTRIBUTION.

        Returns
        -------
        pandas.DataFrame
            A row for each constraint, and one for the objective: ``fulfilled`` and ``misses_by``, in its units.

        Raises
        ------
        SelectionError
            No such design has cases that ended well.
        """
        labels = tuple(design.split("/"))
        if len(labels) != 2 or labels not in self.designs.index:
            known = ["/".join(one) for one in self.designs.index]
            meant = did_you_mean(design, known)
            raise SelectionError(
                f"no design {design!r} with cases that ended well{meant}; there are {', '.join(known)}"
            )
        behind = self.table[self.objective].iloc[0] - self.designs.loc[labels, self.objective]
        name = f"{'largest' if self.maximize else 'smallest'} {self.objective}"
        rows = pd.DataFrame(
            {"fulfilled": [bool(behind == 0)], "misses_by": [behind if self.maximize else -behind]}, index=[name]
        )
        if self.where is None:
            return rows
        constraints = constraint_table(self.designs.loc[[labels]], self.where).droplevel([0, 1])
        return pd.concat([constraints, rows])


def best(
    store: str | Path | xr.Dataset,
    *,
    maximize: str | None = None,
    minimize: str | None = None,
    where: str | None = None,
    pareto: Sequence[str] = (),
    cell: Cell | None = None,
    cube: str | None = None,
) -> Selection:
    """Rank the designs of a cube.

    Parameters
    ----------
    store : path or xarray.Dataset
        A store, or a cube already opened.
    maximize, minimize : str
        A cube variable, or an expression over variables and coordinates (``"areal_mass * eam_wt * utilization"``),
        taken case by case and averaged over seeds; exactly one of the two, or none with `pareto`.
    where : str, optional
        A condition over cube variables and coordinates (means over seeds), e.g.
        ``"utilization > 0.9 and eam_d50 < 5"``.
    pareto : sequence of str, optional
        Keep only the designs that no other one beats in all of these, to be maximized (a minus before what shall be
        small), and in the objective. Ranked by the objective, or by the first of them.
    cell : Cell, optional
        What ``specific_energy`` and ``energy_density`` are of; if left out, of the electrode alone, or as the cube has
        them.
    cube : str, optional
        Name of the cube; the store's default one if left out.

    Raises
    ------
    InputError
        Not exactly one objective, or an expression that cannot be understood.
    SelectionError
        No such variable, or no design fulfils the condition.
    """
    if isinstance(pareto, str):
        raise InputError(f"pareto is a sequence of objectives; got the text {pareto!r}, write e.g. ['utilization']")
    if (maximize is not None and minimize is not None) or not (maximize or minimize or pareto):
        raise InputError(
            "give exactly one of maximize and minimize, or several objectives as pareto; each is a variable of the "
            "cube or arithmetic of them, e.g. minimize porosity"
        )
    objective = parse_expression(maximize or minimize or pareto[0])
    several = [parse_expression(text) for text in pareto]
    condition = None if where is None else parse_condition(where)
    opened = store if isinstance(store, xr.Dataset) else open_cube(store, cube)
    table = design_table(completed(opened, cell), [objective, *several], condition)
    kept = table if condition is None else table[fulfilling(table, condition)]
    kept = kept.dropna(subset=[objective.text])
    if kept.empty:
        raise SelectionError(_none_of(table, objective.text, where))
    if several:
        sign = -1 if minimize else 1
        kept = kept[pareto_front(np.column_stack([sign * kept[objective.text], *(kept[one.text] for one in several)]))]
        if kept.empty:
            raise SelectionError(f"no design has all of {', '.join(one.text for one in several)}")
    ranked = kept.sort_values(objective.text, ascending=minimize is not None, kind="stable")
    return Selection(ranked, objective.text, minimize is None, where, tuple(pareto), table)


def _none_of(table: pd.DataFrame, objective: str, where: str | None) -> str:
    fulfils = f" and fulfils {where!r}" if where else ""
    spans = f"{objective} spans {table[objective].min():.4g} to {table[objective].max():.4g}"
    none = f"none of {len(table)} designs has a {objective}{fulfils}; {spans}"
    if where is None or fulfilling(table, parse_condition(where)).any():
        return none
    return f"{none}: loosen the condition; {what_rules_out(table, where)}"

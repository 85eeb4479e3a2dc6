"""A sweep in which designs get seeds until they are known well enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xarray as xr
from distributed import Client

from ssbflow.design.constraints import parse_condition
from ssbflow.design.contest import Contest, ended, labels
from ssbflow.design.more_seeds import one_more, opening_seeds
from ssbflow.design.race import check_enough_seeds
from ssbflow.design.uncertainty import FEW_SEEDS
from ssbflow.flow.batch import RunSummary
from ssbflow.flow.events import Callback
from ssbflow.flow.rounds import Round, run_rounds
from ssbflow.inputs.cell import Cell
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store


@dataclass(frozen=True, eq=False)
class Precision:
    """How a sweep ended whose designs got seeds until a condition held.

    Parameters
    ----------
    table : pandas.DataFrame
        Index (composition, distribution): ``cases`` that are done, and whether the condition is ``fulfilled``.
    until : str
    summary : RunSummary
        Of the whole sweep; what was not needed is pending.
    """

    table: pd.DataFrame
    until: str
    summary: RunSummary

    @property
    def unfulfilled(self) -> list[str]:
        """Labels of the designs that do not fulfil the condition with all their seeds."""
        return ["/".join(labels) for labels in self.table.index[~self.table["fulfilled"]]]

    def __str__(self) -> str:
        held, cases, total = self.table["fulfilled"].sum(), self.table["cases"].sum(), self.summary.total
        return f"until {self.until}: {held} of {len(self.table)} designs fulfil it, with {cases} of {total} cases"


def run_until(
    sweep: Sweep,
    store: str | Path,
    until: str,
    client: Client | None = None,
    *,
    cell: Cell | None = None,
    callbacks: Iterable[Callback] = (),
) -> Precision:
    """Compute seeds of each design until a condition holds, 3 at least, and no more than the sweep has.

    Whoever stops as soon as an interval is narrow finds it narrow by chance now and then: three seeds that happen to
    agree. Such an interval holds the mean less often than it says.

    Parameters
    ----------
    sweep : Sweep
    store : path
        Made if it does not exist.
    until : str
        Condition on a design, mostly with statistics over its cases: ``"ci95(utilization) < 0.01"`` (± 0.01, half of
        Student's 95 % interval of the mean), ``"ci95(porosity) < 0.05 * mean(porosity)"``.
    client : distributed.Client, optional
        Runs the cases one after another in this process if left out.
    cell : Cell, optional
        What energies are of, as of `ssbflow.best`.
    callbacks : iterable of Callback

    Returns
    -------
    Precision

    Raises
    ------
    InputError, SelectionError
        No condition, an unknown name, too few seeds in the sweep; before anything is computed.
    StoreError, LammpsNotFoundError, ClusterError, KeyboardInterrupt
        As `ssbflow.run`.
    """
    contest = Contest(condition=parse_condition(until), cell=cell)
    check_enough_seeds(sweep)
    contest.check(sweep, Store(Path(store)))
    seen: list[pd.DataFrame] = []

    def next_round(cube: xr.Dataset, slots: int) -> Round:
        prepared = contest.prepared(cube)
        done, fulfilled = ended(prepared), contest.fulfilled(prepared)
        seen.append(pd.DataFrame({"cases": done.sum(axis=1), "fulfilled": fulfilled}, index=labels(prepared)))
        cells = opening_seeds(done, FEW_SEEDS)
        if not cells.any():
            cells = one_more(done, ~fulfilled, slots)
        name = f"round {len(seen)}, {cells.any(axis=1).sum()} designs"
        return Round(name, cells.reshape(cube["status"].shape))

    summary = run_rounds(sweep, store, next_round, client, callbacks)
    return Precision(seen[-1], until, summary)

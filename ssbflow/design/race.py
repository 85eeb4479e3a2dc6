"""The race: a sweep in which only designs that may still be the best get more seeds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from distributed import Client

from ssbflow.design.constraints import parse_condition, what_rules_out
from ssbflow.design.contest import Contest, labels
from ssbflow.design.expression import parse_expression
from ssbflow.design.more_seeds import opening_seeds
from ssbflow.design.racing import IN_THE_RACE, RaceRules, Scores, Verdict, judge, next_seeds
from ssbflow.design.uncertainty import FEW_SEEDS
from ssbflow.errors import InputError, SelectionError
from ssbflow.flow.batch import RunSummary
from ssbflow.flow.events import Callback
from ssbflow.flow.rounds import Round, run_rounds
from ssbflow.inputs.cell import Cell
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store

BEST = "best"
STILL_IN = "in the race"


@dataclass(frozen=True, eq=False)
class Race:
    """How a race ended.

    Parameters
    ----------
    table : pandas.DataFrame
        Index (composition, distribution); those in the race first, then by the objective. The objective's mean,
        ``error`` (of it, against the mean over all seeds), ``seeds`` (that have a value), ``cases`` (that are done),
        ``behind`` (the best one's mean, in units of the objective), ``standing`` (why it left), ``left_in_round`` of
        this run (0: while the first seeds were computed, or earlier).
    objective : str
    maximize : bool
    where : str or None
    rounds : int
        Of this run, after the first seeds.
    summary : RunSummary
        Of the whole sweep; what the race left out is pending.
    """

    table: pd.DataFrame
    objective: str
    maximize: bool
    where: str | None
    rounds: int
    summary: RunSummary

    @property
    def labels(self) -> list[str]:
        """Labels of the designs, COMPOSITION/DISTRIBUTION, in the order of the table."""
        return ["/".join(labels) for labels in self.table.index]

    @property
    def best(self) -> str:
        """Label of the design that won."""
        return self.labels[0]

    @property
    def cases(self) -> int:
        """Cases of the sweep that are done, those of earlier runs too."""
        return int(self.table["cases"].sum())

    @property
    def factorial(self) -> int:
        """Cases of the sweep."""
        return self.summary.total

    def __str__(self) -> str:
        counts = f"after {self.cases} of {self.factorial} cases ({self.cases / self.factorial:.0%})"
        sense, condition = "maximize" if self.maximize else "minimize", f" where {self.where}" if self.where else ""
        left = self.table["standing"].value_counts(sort=False)
        why = ", ".join(f"{count} {reason}" for reason, count in left.items())
        return f"{sense} {self.objective}{condition}: {self.best} {counts}; {why}"


def race(
    sweep: Sweep,
    store: str | Path,
    client: Client | None = None,
    *,
    maximize: str | None = None,
    minimize: str | None = None,
    where: str | None = None,
    within: float = 0.0,
    first_seeds: int = FEW_SEEDS,
    confidence: float = 0.95,
    cell: Cell | None = None,
    callbacks: Iterable[Callback] = (),
) -> Race:
    """Find the design that a sweep would choose, without computing all of it.

    Every design gets its first seeds; then, round by round, only those that may still be the best of the full factorial
    get more (`ssbflow.design.racing.judge`). The sweep is registered whole: what is left out stays pending, and
    `ssbflow.run` completes it. All that the store has counts, so the same race again computes nothing.

    Parameters
    ----------
    sweep : Sweep
    store : path
        Made if it does not exist.
    client : distributed.Client, optional
        Runs the cases one after another in this process if left out. The more workers, the larger the rounds.
    maximize, minimize, where, cell
        As of `ssbflow.best`; the objective is of cases.
    within : float
        Designs that can be better by no more than this, in units of the objective, leave too.
    first_seeds : int
        Of every design, 3 or more.
    confidence : float
        Of each comparison, two-sided.
    callbacks : iterable of Callback

    Returns
    -------
    Race

    Raises
    ------
    InputError, SelectionError
        As `ssbflow.best`, before anything is computed; or too few seeds in the sweep.
    SelectionError
        After the race, if no design fulfils the condition.
    StoreError, LammpsNotFoundError, ClusterError, KeyboardInterrupt
        As `ssbflow.run`.
    """
    contest = _contest(maximize, minimize, where, cell)
    rules = RaceRules(first_seeds, confidence, within)
    check_enough_seeds(sweep)
    contest.check(sweep, Store(Path(store)))
    running = _Running(contest, rules)
    summary = run_rounds(sweep, store, running.next_round, client, callbacks)
    return running.result(summary)


def check_enough_seeds(sweep: Sweep) -> None:
    """Refuse a sweep whose deviations cannot be known.

    Raises
    ------
    InputError
    """
    if len(sweep.seeds) < FEW_SEEDS:
        raise InputError(f"{sweep.name} has {len(sweep.seeds)} seeds, {FEW_SEEDS} or more are needed: give more seeds")


def _contest(maximize: str | None, minimize: str | None, where: str | None, cell: Cell | None) -> Contest:
    text = maximize or minimize
    if text is None or (maximize and minimize):
        raise InputError("a race needs exactly one of maximize and minimize")
    condition = None if where is None else parse_condition(where)
    return Contest(parse_expression(text), condition, maximize is not None, cell)


@dataclass(eq=False)
class _Running:
    """Decides round by round, and remembers for the report how the designs stood."""

    contest: Contest
    rules: RaceRules
    verdicts: list[Verdict] = field(default_factory=list)
    cube: xr.Dataset = field(default_factory=xr.Dataset)
    scores: Scores | None = None

    def next_round(self, cube: xr.Dataset, slots: int) -> Round:
        self.cube = self.contest.prepared(cube)
        self.scores = self.contest.scores(self.cube)
        verdict = judge(self.scores, self.rules)
        cells = next_seeds(self.scores, verdict, self.rules, slots)
        opening = opening_seeds(self.scores.ended, self.rules.first_seeds).any()
        if not opening:
            self.verdicts.append(verdict)
        name = "first seeds" if opening else f"round {len(self.verdicts)}, {verdict.racing.sum()} in the race"
        return Round(name, cells.reshape(cube["status"].shape))

    def result(self, summary: RunSummary) -> Race:
        """Return how it ended.

        Raises
        ------
        SelectionError
            No design has the objective and fulfils the condition.
        """
        objective, condition, verdict = self.contest.objective, self.contest.condition, self.verdicts[-1]
        assert objective is not None
        assert self.scores is not None
        table = self.contest.table(self.cube)
        if verdict.best is None:
            why = f": {what_rules_out(table, condition.text)}" if condition else ""
            raise SelectionError(f"no design has a {objective.text} and fulfils the condition{why}")
        sign = 1 if self.contest.maximize else -1
        rows = pd.DataFrame(
            {
                objective.text: sign * verdict.mean,
                "error": verdict.error,
                "seeds": np.isfinite(self.scores.values).sum(axis=1),
                "cases": self.scores.ended.sum(axis=1),
                "behind": verdict.mean[verdict.best] - verdict.mean,
                "standing": _standings(verdict),
                "left_in_round": _left_in(self.verdicts),
            },
            index=labels(self.cube),
        )
        first = np.lexsort([rows["behind"], ~verdict.racing, np.arange(len(rows)) != verdict.best])
        where = condition.text if condition else None
        return Race(rows.iloc[first], objective.text, self.contest.maximize, where, len(self.verdicts) - 1, summary)


def _standings(verdict: Verdict) -> "np.ndarray[tuple[int, ...], np.dtype[np.object_]]":
    standing = np.where(verdict.racing, STILL_IN, verdict.reason).astype(object)
    standing[verdict.best] = BEST
    return standing


def _left_in(verdicts: list[Verdict]) -> "pd.arrays.IntegerArray":
    """Return the round since which each design has been out; none for those that are in the race."""
    out = np.array([verdict.reason != IN_THE_RACE for verdict in verdicts])
    since = len(out) - np.logical_and.accumulate(out[::-1], axis=0).sum(axis=0)
    return pd.arrays.IntegerArray(since.astype(np.int64), mask=~out[-1])

"""Search beyond the grid: designs are asked for, simulated and told, batch after batch, all in the store."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from distributed import Client

from ssbflow.design.asking import Told, Values, first_designs, next_designs
from ssbflow.design.constraints import constraint_table, parse_condition
from ssbflow.design.contest import Contest
from ssbflow.design.expression import parse_expression
from ssbflow.design.leaders import run_leaders
from ssbflow.design.selection import Selection, best
from ssbflow.design.studies import check_same, study_rounds
from ssbflow.design.uncertainty import FEW_SEEDS
from ssbflow.errors import SelectionError
from ssbflow.flow.events import Callback
from ssbflow.flow.runner import run
from ssbflow.inputs.knobs import turned
from ssbflow.inputs.search import Search
from ssbflow.inputs.study import Study
from ssbflow.inputs.sweep import Sweep
from ssbflow.inputs.validation import validated
from ssbflow.store.layout import Store

VALUES = "values"  # of the knobs, in what a round asked for


@dataclass(frozen=True, eq=False)
class Searched:
    """What a search found.

    Parameters
    ----------
    selection : Selection
        The best designs first; of a search for several objectives, their front.
    cube : str
        Name of its cube, over design and seed.
    asked : int
        Designs.
    cases : int
        That are done, failed ones too.
    progress : pandas.Series
        The best objective after each round.
    """

    selection: Selection
    cube: str
    asked: int
    cases: int
    progress: "pd.Series[float]"


def search(
    given: Search, store: str | Path, client: Client | None = None, *, callbacks: Iterable[Callback] = ()
) -> Searched:
    """Look for the best design within ranges of its knobs; the same again goes on where it was stopped.

    What to ask for next depends on the search and on what is in the store, so that a search which was stopped asks for
    the same designs as one that was not.

    Parameters
    ----------
    given : Search
    store : path
        Made if it does not exist.
    client : distributed.Client, optional
        Runs the cases one after another in this process if left out.
    callbacks : iterable of Callback

    Raises
    ------
    InputError
        An expression that cannot be understood, another search of this name in the store, or Optuna is not installed.
    SelectionError
        An objective names no variable, or no design that was asked for fulfils the condition.
    StoreError, LammpsNotFoundError, ClusterError
        As `ssbflow.run`.
    """
    layout, watching = Store(Path(store).resolve()), tuple(callbacks)
    _check(given, layout)
    rounds = _asking_rounds(layout, given.name)
    if rounds:
        check_same(given.name, _lasting(stored_search(store, given.name)), _lasting(given))
        run(rounds[-1], store, client, callbacks=watching)  # it may have been stopped
    while (wanted := _next_round(given, store, rounds)) is not None:
        run(wanted, store, client, callbacks=watching)
        rounds.append(wanted)
    asked = sum(len(one.compositions) for one in rounds)
    cases = asked * len(given.opening_seeds)
    if given.cases:
        cases = run_leaders(
            _whole(given, rounds), store, _contest(given, _objectives(given)[0]), given.cases, given.batch, client,
            callbacks=watching,
        )  # fmt: skip
    selection = _selection(given, store, _condition(given))
    return Searched(selection, given.name, asked, cases, _progress(selection))


def stored_search(store: str | Path, name: str) -> Search:
    """Return a search that was begun in a store.

    Raises
    ------
    SelectionError
        There is no search of this name.
    """
    rounds = list(study_rounds(Store(Path(store)), name))
    asked = rounds[-1].study.asked if rounds and rounds[-1].study else {}
    if "search" not in asked:
        raise SelectionError(
            f"{store} has no search {name!r}; begin one with: ssbflow search SEARCH.yaml --store {store}"
        )
    return validated(Search, asked["search"], f"{store}: search {name}")


def _asking_rounds(store: Store, name: str) -> list[Sweep]:
    """Return the rounds that asked for new designs."""
    return [one for one in study_rounds(store, name) if one.study and VALUES in one.study.asked]


def _whole(given: Search, rounds: list[Sweep]) -> Sweep:
    """Return all designs that were asked for, with all seeds."""
    return rounds[0].replace(
        compositions=[one for sweep in rounds for one in sweep.compositions],
        distributions=[one for sweep in rounds for one in sweep.distributions],
        seeds=given.seeds,
        study=Study(name=given.name, round=len(rounds), role="search, seeds of those ahead", asked=_asked(given)),
    )


def _condition(given: Search) -> str | None:
    """Return what the best design fulfils: where not all have all seeds, it has enough to be ranked surely."""
    if given.cases is None:
        return given.where
    enough = f"seeds_ok >= {min(FEW_SEEDS, len(given.seeds))}"
    return f"({given.where}) and {enough}" if given.where else enough


def _contest(given: Search, objective: str) -> Contest:
    condition = parse_condition(given.where) if given.where else None
    return Contest(parse_expression(objective), condition, given.maximize is not None, given.cell)


def _check(given: Search, store: Store) -> None:
    """Refuse expressions that make no sense before anything is computed."""
    middle = {knob: (span.low + span.high) / 2 for knob, span in given.vary.items()}
    for text in _objectives(given):
        _contest(given, text).check(_round(given, 0, [middle]), store)


def _objectives(given: Search) -> list[str]:
    return [text for text in (given.maximize, given.minimize, *given.pareto) if text is not None]


def _lasting(given: Search) -> dict[str, object]:
    """Return what makes a search the same one: it may be told to ask for more, and described otherwise."""
    return given.model_dump(mode="json", exclude={"designs", "cases", "batch", "description"})


def _next_round(given: Search, store: str | Path, rounds: list[Sweep]) -> Sweep | None:
    asked = sum(len(one.compositions) for one in rounds)
    if asked >= given.designs:
        return None
    generator = np.random.default_rng(np.random.SeedSequence([given.random_seed, len(rounds)]))
    if rounds:
        values = next_designs(
            given.vary, list(_told(given, store, rounds)), min(given.batch, given.designs - asked), generator
        )
    else:
        values = first_designs(given.vary, generator)[: given.designs]
    return _round(given, len(rounds), values) if values else None


def _round(given: Search, number: int, values: list[Values]) -> Sweep:
    designs = [turned(given.composition, given.distribution, one) for one in values]
    return Sweep(
        name=given.name,
        description=given.description,
        compositions=tuple(composition for composition, _ in designs),
        distributions=tuple(distribution for _, distribution in designs),
        seeds=given.opening_seeds,
        protocol=given.protocol,
        analysis=given.analysis,
        study=Study(
            name=given.name,
            round=number,
            role="search" if number else "search, spread evenly",
            asked={**_asked(given), VALUES: values},
        ),
    )


def _asked(given: Search) -> dict[str, Any]:
    return {"search": given.model_dump(mode="json")}


def _told(given: Search, store: str | Path, rounds: list[Sweep]) -> Iterator[Told]:
    """Yield what came of every design so far."""
    designs = _selection(given, store, None).designs
    names, sign = _objectives(given), -1 if given.minimize else 1
    violation = _violation(designs, given.where)
    for one in rounds:
        assert one.study is not None
        for (composition, distribution), values in zip(one.pairs(), one.study.asked[VALUES], strict=True):
            label = composition.label, distribution.label
            known = label in designs.index
            objectives = tuple(sign * float(designs[name][label]) if known else np.nan for name in names)
            yield Told(values, objectives, float(violation[label]) if known else np.inf)


def _violation(designs: pd.DataFrame, where: str | None) -> "pd.Series[float]":
    """Return by how much each design misses the constraints, in units of their deviations; 0 where it fulfils them."""
    if where is None:
        return pd.Series(0.0, index=designs.index)
    standing = constraint_table(designs, where)
    misses = standing["misses_by"].unstack("constraint")
    missed = (misses / misses.std().replace(0, np.nan)).fillna(1.0).clip(lower=1e-6)  # texts: simply not met
    return missed.where(~standing["fulfilled"].unstack("constraint"), 0.0).sum(axis=1)


def _selection(given: Search, store: str | Path, where: str | None) -> Selection:
    return best(
        store, maximize=given.maximize, minimize=given.minimize, pareto=given.pareto, where=where, cell=given.cell,
        cube=given.name,
    )  # fmt: skip


def _progress(selection: Selection) -> "pd.Series[float]":
    """Return the best objective after each round, of the designs that fulfil the condition; NaN before there is one."""
    by_round = selection.table.groupby("round")[selection.objective]
    best = by_round.max().cummax() if selection.maximize else by_round.min().cummin()
    return best.reindex(sorted(selection.designs["round"].unique())).ffill()

"""What searches and target loops share: their rounds in the store, and what they may name."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from ssbflow.design import energy
from ssbflow.design.constraints import fulfilling
from ssbflow.design.expression import Expression
from ssbflow.errors import InputError
from ssbflow.inputs.identity import canonical_json
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.cube import COMPOSITION_COORDINATES, DISTRIBUTION_COORDINATES, VARIABLES
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import stored_sweeps

LONGEST = 200  # of what is shown of an input


def study_rounds(store: Store, name: str) -> Iterator[Sweep]:
    """Yield what a study asked for so far, round after round; nothing where there is no such study, or no store."""
    if store.description.exists():
        yield from (sweep for sweep in stored_sweeps(store, name) if sweep.study)


def check_same(name: str, before: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse to go on with another study of the same name.

    Raises
    ------
    InputError
        Naming what differs.
    """
    for key, value in now.items():
        if before.get(key) != value:
            was, is_now = (canonical_json(one)[:LONGEST] for one in (before.get(key), value))
            raise InputError(
                f"the store has another study {name!r}: there {key} is {was}, here {is_now}; give it another name"
            )


def check_known(objectives: Iterable[Expression], conditions: Iterable[Expression]) -> None:
    """Refuse expressions that name what no cube has, before there is one.

    Raises
    ------
    SelectionError, InputError
    """
    numbers = [*VARIABLES, *energy.VARIABLES]
    told = [variable for variable, _ in (*COMPOSITION_COORDINATES, *DISTRIBUTION_COORDINATES)]
    names = [variable.name for variable in (*numbers, *told)]
    texts = {name: pd.Series(dtype=object if name.endswith(("_material", "_kind")) else float) for name in names}
    nothing = pd.DataFrame({**texts, "seeds_ok": pd.Series(dtype=float), "round": pd.Series(dtype=float)})
    for objective in objectives:
        objective.numbers_over(nothing)
    for condition in conditions:
        fulfilling(nothing, condition)

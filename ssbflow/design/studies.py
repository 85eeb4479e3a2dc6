"""What searches and target loops share: their rounds in the store."""

from collections.abc import Iterator
from typing import Any

from ssbflow.errors import InputError
from ssbflow.inputs.identity import canonical_json
from ssbflow.inputs.sweep import Sweep
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

"""What a store was asked for: its sweeps, and what each label in them means."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from filelock import FileLock

from ssbflow.errors import InputError, StoreError
from ssbflow.inputs.identity import canonical_json, identity
from ssbflow.inputs.sweep import Sweep
from ssbflow.inputs.validation import validated
from ssbflow.store.durable import write_durably
from ssbflow.store.layout import SCHEMA_VERSION, Store, check_writable

Meanings = dict[tuple[str, str], dict[str, Any]]
"""(kind of label, label) → what it means."""


def register_sweep(store: Store, sweep: Sweep) -> None:
    """Note in the store what a sweep asks for; the same sweep twice is one.

    Raises
    ------
    InputError
        A label of this sweep means something else in the store already.
    StoreError
        The store cannot be written, or has another schema version.
    """
    check_writable(store.root)
    content = sweep.model_dump_json(indent=1)
    name = f"{sweep.name}-{identity(json.loads(content))[:8]}"
    with FileLock(store.lock):
        description = _description(store)
        _check_labels(store, sweep)
        if name not in description["sweeps"]:
            write_durably(store.sweeps / f"{name}.json", content.encode())
            description["sweeps"].append(name)
            write_durably(store.description, json.dumps(description, indent=1).encode())


def stored_sweeps(store: Store) -> list[Sweep]:
    """Return the sweeps of a store in the order they came.

    Raises
    ------
    StoreError
        There is no store here, or it has another schema version.
    """
    if not store.description.exists():
        raise StoreError(f"{store.root} holds no store; make one with: ssbflow run SWEEP.yaml --store {store.root}")
    names = _description(store)["sweeps"]
    paths = [store.sweeps / f"{name}.json" for name in names]
    return [validated(Sweep, json.loads(path.read_bytes()), path) for path in paths]


def _description(store: Store) -> dict[str, Any]:
    if not store.description.exists():
        return {"schema_version": SCHEMA_VERSION, "created": datetime.now(UTC).isoformat(), "sweeps": []}
    description: dict[str, Any] = json.loads(store.description.read_bytes())
    if description.get("schema_version") != SCHEMA_VERSION:
        raise StoreError(
            f"{store.root} has schema version {description.get('schema_version')}, this ssbflow reads "
            f"{SCHEMA_VERSION}; use the ssbflow that wrote it, or a new store"
        )
    return description


def _check_labels(store: Store, sweep: Sweep) -> None:
    known: Meanings = {}
    if store.description.exists():
        for stored in stored_sweeps(store):
            known.update(_meanings(stored))
    for (kind, label), meaning in _meanings(sweep).items():
        before = known.get((kind, label))
        if before is not None and before != meaning:
            was, now = _difference(before, meaning)
            raise InputError(
                f"{kind} {label!r} means something else in store {store.root}: there {was}, here {now}; "
                "choose another label or another store"
            )


def _meanings(sweep: Sweep) -> Meanings:
    """Return what each label stands for; sources and descriptions mean nothing."""

    def labelled() -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
        for composition in sweep.compositions:
            yield (
                ("composition", composition.label),
                {**composition.simulation_inputs(), "measured": composition.measure_inputs()},
            )
        for distribution in sweep.distributions:
            yield ("distribution", distribution.label), distribution.simulation_inputs()
        yield ("protocol", sweep.protocol.label), sweep.protocol.simulation_inputs()
        yield ("analysis", sweep.analysis.label), sweep.analysis.measure_inputs()

    return dict(labelled())


def _difference(before: dict[str, Any], now: dict[str, Any]) -> tuple[str, str]:
    """Return the first parts that differ, as short texts."""
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            inner_old, inner_new = _difference(old, new)
            return f"{key}.{inner_old}", f"{key}.{inner_new}"
        return f"{key} = {canonical_json(old)}", f"{key} = {canonical_json(new)}"
    return "", ""

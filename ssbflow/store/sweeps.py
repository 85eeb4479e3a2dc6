"""What a store was asked for: its sweeps, and what each label in them means."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ssbflow.errors import InputError, StoreError
from ssbflow.inputs.identity import canonical_json, identity
from ssbflow.inputs.sweep import Sweep
from ssbflow.inputs.validation import validated
from ssbflow.store.durable import check_writable, write_durably
from ssbflow.store.layout import SCHEMA_VERSION, Store
from ssbflow.store.locks import locked
from ssbflow.store.sealed import sealed, unsealed


class StoredSweep(BaseModel):
    """A sweep's file in the store, and the cube that it fills."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    cube: str


class Description(BaseModel):
    """What stands in ``store.json``; ``labels`` maps each to a hash of its meaning and the sweep that brought it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    created: str
    sweeps: tuple[StoredSweep, ...] = ()
    labels: dict[str, tuple[str, str]] = {}


def register_sweep(store: Store, sweep: Sweep) -> None:
    """Note in the store what a sweep asks for; the same sweep twice is one.

    A sweep cannot be computed again from anything else, so its file is kept twice.

    Raises
    ------
    InputError
        A label of this sweep means something else in the store already.
    StoreError
        The store cannot be written, or has another schema version.
    """
    check_writable(store.root)
    with locked(store.lock):
        description = describe(store) if store.description.exists() else Description(created=_now())
        file = sweep_file_name(sweep)
        if any(stored.file == file for stored in description.sweeps):
            return
        _check_labels(store, description, sweep)
        content = sweep.model_dump_json(indent=1).encode()
        for folder in (store.sweeps, store.sweep_copies):
            write_durably(folder / file, content)
        write_description(store, described_with(description, sweep, file))


def described_with(description: Description, sweep: Sweep, file: str) -> Description:
    """Return the description of a store that has one sweep more, in a file of this name."""
    new = {label: (identity(meaning), file) for label, meaning in _meanings(sweep)}
    entry = StoredSweep(file=file, cube=cube_name(sweep))
    return description.model_copy(
        update={"sweeps": (*description.sweeps, entry), "labels": {**new, **description.labels}}
    )


def write_description(store: Store, description: Description) -> None:
    """Write ``store.json``."""
    write_durably(store.description, sealed(description.model_dump(mode="json")))


def describe(store: Store) -> Description:
    """Return what ``store.json`` says.

    Raises
    ------
    StoreError
        There is no store here, it is damaged, or of another schema version.
    """
    try:
        text = store.description.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreError(
            f"{store.root} holds no store; make one with: ssbflow run SWEEP.yaml --store {store.root}"
        ) from error
    check_schema(store, text)
    return Description.model_validate(unsealed(text, store.description))


def check_schema(store: Store, text: bytes) -> None:
    """Refuse a store that an older or a newer ssbflow wrote, and say what to do."""
    try:
        version = int(json.loads(text)["schema_version"])
    except (ValueError, TypeError, KeyError):
        return  # damaged: the seal tells
    if version < SCHEMA_VERSION:
        raise StoreError(
            f"{store.root} has schema version {version}, this ssbflow needs {SCHEMA_VERSION}; bring it there with: "
            f"ssbflow migrate {store.root}"
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{store.root} has schema version {version}, this ssbflow knows {SCHEMA_VERSION}; use a newer ssbflow "
            "(its cubes open with xarray alone all the same)"
        )


def stored_sweeps(store: Store, cube: str | None = None) -> list[Sweep]:
    """Return the sweeps of a store, or of one of its cubes, in the order they came.

    Raises
    ------
    StoreError
        There is no store here, it is damaged, or has another schema version.
    """
    wanted = [entry for entry in describe(store).sweeps if cube in (None, entry.cube)]
    return [read_sweep(store.sweeps / entry.file) for entry in wanted]


def cube_names(store: Store) -> list[str]:
    """Return the names of a store's cubes, in the order they came."""
    return list(dict.fromkeys(entry.cube for entry in describe(store).sweeps))


def read_sweep(path: Path) -> Sweep:
    """Return the sweep in a file of the store.

    Raises
    ------
    StoreError
        It is missing or damaged.
    """
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} is missing or damaged; see: ssbflow check STORE --repair") from error
    if not path.stem.endswith(f"-{_digest(content)}"):
        raise StoreError(f"{path} is damaged: it is not what its name is the hash of; see: ssbflow check STORE")
    return validated(Sweep, content, path)


def sweep_file_name(sweep: Sweep) -> str:
    """Return the name of a sweep's file: its own name, and a hash of all that it says."""
    return f"{sweep.name}-{_digest(sweep.model_dump(mode='json'))}.json"


def cube_name(sweep: Sweep) -> str:
    """Return the name of the cube that a sweep fills: its study's, or that of its protocol and analysis."""
    return sweep.study.name if sweep.study else f"{sweep.protocol.label}.{sweep.analysis.label}"


def _check_labels(store: Store, description: Description, sweep: Sweep) -> None:
    for label, meaning in _meanings(sweep):
        digest, file = description.labels.get(label, (None, ""))
        if digest in (None, identity(meaning)):
            continue
        before = dict(_meanings(read_sweep(store.sweeps / file)))[label]
        if before != meaning:  # the hash alone may be of an older ssbflow, which knew fewer inputs
            was, now = _difference(before, meaning)
            kind, name = label.split(" ")
            raise InputError(
                f"{kind} {name!r} means something else in store {store.root}: there {was}, here {now}; "
                "choose another label or another store"
            )


def _meanings(sweep: Sweep) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what each label stands for; sources and descriptions mean nothing."""
    for composition in sweep.compositions:
        meaning = {**composition.simulation_inputs(), "measured": composition.measure_inputs()}
        yield f"composition {composition.label}", meaning
    for distribution in sweep.distributions:
        yield f"distribution {distribution.label}", distribution.simulation_inputs()
    yield f"protocol {sweep.protocol.label}", sweep.protocol.simulation_inputs()
    yield f"analysis {sweep.analysis.label}", sweep.analysis.measure_inputs()
    if sweep.study:  # all its designs lie in one cube
        yield f"study {sweep.study.name}", {"protocol": sweep.protocol.label, "analysis": sweep.analysis.label}


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


def _digest(content: Any) -> str:
    return identity(content)[:8]


def _now() -> str:
    return datetime.now(UTC).isoformat()

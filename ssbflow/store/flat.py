"""Records as rows of a table and back: no bit is lost, so that the ledger can take the files' place."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from ssbflow.errors import StoreError
from ssbflow.store.sealed import check_seal, seal_of

PLAIN = ("case_id", "measure_id", "status", "attempt", "seal")
"""Columns that every table of records has."""

GROUPS = ("inputs", "values", "failure", "provenance", "zip")
"""Parts of a record that become columns of their own: ``values.porosity``, ``failure.cause``, …"""

WORDS = pa.dictionary(pa.int32(), pa.string())
"""Of columns with few different texts."""

TYPES = {
    **dict.fromkeys(("case_id", "seal", "zip.sha256", "failure.message", "failure.log_tail"), pa.string()),
    **dict.fromkeys(("provenance.started", "provenance.ended"), pa.string()),
    **dict.fromkeys(("failure.exit_code", "zip.size", "provenance.process", "provenance.ranks"), pa.int64()),
    **dict.fromkeys(("provenance.resumed", "provenance.rebuilt"), pa.bool_()),
    "attempt": pa.int32(),
}
"""Of columns that are neither values, which are numbers, nor words, as most are."""


class SealedRecord(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A record as its file holds it; every input stays the JSON text that it is there."""

    case_id: str
    status: str
    attempt: int
    seal: str
    measure_id: str | None = None
    inputs: dict[str, msgspec.Raw] = {}
    values: dict[str, float] = {}
    failure: dict[str, str | int] = {}
    provenance: dict[str, str | int | bool] = {}
    zip: dict[str, str | int] = {}


_decoder = msgspec.json.Decoder(SealedRecord)


def sealed_record(text: bytes, origin: Path | str) -> SealedRecord:
    """Return the record that a file holds.

    Raises
    ------
    StoreError
        It is torn, not what was sealed, or no record.
    """
    check_seal(text, origin)
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise StoreError(f"{origin} is no record: {error}; see: ssbflow check STORE") from error


def record(flat: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a row; what was null in it is left out."""
    content: dict[str, Any] = {"inputs": {}, "values": {}, "provenance": {}}
    for column, value in flat.items():
        group, _, name = column.partition(".")
        if value is None or column == "seal":
            continue
        if name:
            content.setdefault(group, {})[name] = json.loads(value) if group == "inputs" else value
        else:
            content[column] = value
    return content


def is_whole(flat: dict[str, Any]) -> bool:
    """Return whether a row is still what was sealed as a record."""
    return bool(flat["seal"] == seal_of(record(flat)))


def table(records: Sequence[SealedRecord]) -> pa.Table:
    """Return records as a table, flat; inputs are JSON texts."""
    columns = {name: pa.array([getattr(one, name) for one in records], _type_of(name)) for name in PLAIN}
    inputs = [{name: bytes(text) for name, text in one.inputs.items()} for one in records]
    for group in GROUPS:
        members: list[dict[str, Any]] = inputs if group == "inputs" else [getattr(one, group) for one in records]
        types = {name: _type_of(f"{group}.{name}") for name in sorted(set[str]().union(*members))}
        parts = pa.array(members, pa.struct(types.items())).flatten()  # dicts are taken apart in C++
        columns |= {f"{group}.{name}": part for name, part in zip(types, parts, strict=True)}
    return pa.table(columns)


def joined(tables: Iterable[pa.Table]) -> pa.Table:
    """Return tables one below the other; columns that one lacks are null there."""
    return pa.concat_tables(list(tables), promote_options="permissive")


def _type_of(column: str) -> pa.DataType:
    return TYPES.get(column, pa.float64() if column.startswith("values.") else WORDS)

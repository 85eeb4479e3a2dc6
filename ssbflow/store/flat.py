"""Records as rows of a table and back: no bit is lost, so that the ledger can take the files' place."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from ssbflow.inputs.identity import canonical_json
from ssbflow.store.sealed import seal_of

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


def row(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record, as its file holds it, as one flat row; inputs become JSON texts."""
    flat = {name: value for name, value in record.items() if name not in GROUPS}
    for group in GROUPS:
        for name, value in (record.get(group) or {}).items():
            flat[f"{group}.{name}"] = canonical_json(value) if group == "inputs" else value
    return flat


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


def table(records: Sequence[dict[str, Any]]) -> pa.Table:
    """Return sealed records, as their files hold them, as a table."""
    rows = [row(one) for one in records]
    names = dict.fromkeys([*("case_id", "measure_id", "status", "attempt", "seal"), *(n for one in rows for n in one)])
    return pa.table({name: pa.array([one.get(name) for one in rows], _type_of(name)) for name in names})


def joined(tables: Iterable[pa.Table]) -> pa.Table:
    """Return tables one below the other; columns that one lacks are null there."""
    return pa.concat_tables(list(tables), promote_options="permissive")


def _type_of(column: str) -> pa.DataType:
    return TYPES.get(column, pa.float64() if column.startswith("values.") else WORDS)

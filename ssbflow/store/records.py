"""Records: the durable outcome of one case, and of one measurement of it, failed ones too."""

import math
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from ssbflow.errors import StoreError
from ssbflow.store.durable import write_durably

Status = Literal["ok", "failed"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Failure(_Record):
    """Why something failed: phase, cause in a word or two, message, and the log's tail where there is one."""

    phase: str
    cause: str
    message: str
    exit_code: int | None = None
    log_tail: str = ""


class StoredFile(_Record):
    """What a case file must be."""

    sha256: str
    size: int


class _Outcome(_Record):
    """What simulations and measures have in common; ``attempt`` counts, a later one supersedes an earlier one."""

    case_id: str
    status: Status
    attempt: int
    inputs: dict[str, Any]
    values: dict[str, float | None] = {}
    failure: Failure | None = None
    provenance: dict[str, Any] = {}


class CaseRecord(_Outcome):
    """Outcome of one simulation, and what its case file must be."""

    zip: StoredFile | None = None


class MeasureRecord(_Outcome):
    """Numbers of one case under one analysis."""

    measure_id: str


AnyRecord = TypeVar("AnyRecord", CaseRecord, MeasureRecord)


def write_record(path: Path, record: CaseRecord | MeasureRecord) -> None:
    """Write a record durably; it is the commit marker of what it tells of."""
    write_durably(path, record.model_dump_json(indent=1).encode())


def read_record(path: Path, kind: type[AnyRecord]) -> AnyRecord | None:
    """Read a record; None where there is none.

    Raises
    ------
    StoreError
        The file is no record of this kind.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return kind.model_validate_json(content)
    except ValueError as error:
        raise StoreError(f"{path} is no {kind.__name__}: {error}; move it away to compute the case again") from error


def storable(values: dict[str, float]) -> dict[str, float | None]:
    """Return values as JSON can hold them: what does not exist is null."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}

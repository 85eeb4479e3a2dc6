"""Records: the durable outcome of one case, and of one measurement of it, failed ones too."""

import math
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from ssbflow.errors import StoreError
from ssbflow.store.durable import write_durably
from ssbflow.store.sealed import sealed, unsealed

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
    """Write a record durably and sealed; it is the commit marker of what it tells of.

    A later attempt lies beside the earlier ones: a record never changes, so that it can be moved to the ledger while
    somebody tries the case again.
    """
    write_durably(attempt_path(path, record.attempt), sealed(record.model_dump(mode="json")))


def attempt_path(path: Path, attempt: int) -> Path:
    """Return where the record of an attempt lies: the first under the plain name."""
    return path if attempt == 1 else path.with_name(f"{path.stem}.{attempt}.json")


def read_record(path: Path, kind: type[AnyRecord]) -> AnyRecord | None:
    """Read the latest attempt's record that lies at a path, none where there is none.

    Raises
    ------
    StoreError
        The file is no record of this kind, or not what was written.
    """
    attempts = [int(later.name.split(".")[1]) for later in path.parent.glob(f"{path.stem}.*.json")]
    latest = attempt_path(path, max(attempts, default=1))
    try:
        content = latest.read_bytes()
    except FileNotFoundError:
        return None
    return record_from(unsealed(content, latest), kind, latest)


def record_from(content: dict[str, Any], kind: type[AnyRecord], origin: Path) -> AnyRecord:
    """Return a record from plain data.

    Raises
    ------
    StoreError
        It is no record of this kind.
    """
    try:
        return kind.model_validate(content)
    except ValueError as error:
        raise StoreError(f"{origin} is no {kind.__name__}: {error}; see: ssbflow check STORE") from error


def storable(values: dict[str, float]) -> dict[str, float | None]:
    """Return values as JSON can hold them: what does not exist is null."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}

"""Checking records: whether each is what was written, and of what its name says."""

import re
from pathlib import Path
from typing import Any

from ssbflow.errors import StoreError
from ssbflow.inputs.identity import identity
from ssbflow.store.records import CaseRecord, MeasureRecord, attempt_path, record_from
from ssbflow.store.sealed import unsealed

RECORD_NAME = re.compile(r"(?P<two>[0-9a-f]{2})[0-9a-f]{30}(\.\d+)?\.json")


def read_checked(path: Path) -> tuple[dict[str, Any], str]:
    """Return the content of a record's file, and what is wrong with it; the content is empty where that is not known.

    Raises
    ------
    FileNotFoundError
        The publisher moved it to the ledger meanwhile.
    """
    try:
        content = unsealed(path.read_bytes(), path)
    except FileNotFoundError:
        raise
    except (OSError, ValueError):
        return {}, "is damaged"
    problem = record_problem(content) or _misplaced(path, content)
    return ({}, problem) if problem else (content, "")


def record_problem(content: dict[str, Any]) -> str:
    """Return why the content of a record cannot be believed although its seal is right; empty if it can."""
    try:
        record = _record(content)
    except StoreError:
        return "is no record"
    of = content.get("measure_id") or record.case_id
    return "" if identity(record.inputs) == of else f"is named {of}, which is not the hash of its inputs"


def case_id_of(path: Path) -> str:
    """Return whose record, or case file, lies at a path."""
    return path.name.split(".")[0]


def is_record_name(path: Path) -> bool:
    """Return whether a file in a folder of records has a record's name; others are strays."""
    name = RECORD_NAME.fullmatch(path.name)
    return name is not None and name["two"] == path.parent.name


def _record(content: dict[str, Any]) -> CaseRecord | MeasureRecord:
    if "measure_id" in content:
        return record_from(content, MeasureRecord, Path("ledger"))
    return record_from(content, CaseRecord, Path("ledger"))


def _misplaced(path: Path, content: dict[str, Any]) -> str:
    plain = path.with_name(f"{content['case_id']}.json")
    folder = path.parent.parent.name
    if attempt_path(plain, content["attempt"]) != path or content.get("measure_id") not in (None, folder):
        return f"is a record of attempt {content['attempt']} at case {content['case_id']}: its name says something else"
    return ""

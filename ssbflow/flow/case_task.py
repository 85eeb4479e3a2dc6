"""One case as one task: what a worker does, and the durable records it leaves."""

import os
import platform
import shutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ssbflow.errors import DiskError, PressError, StoreError
from ssbflow.flow.attempt import Attempt, placed
from ssbflow.flow.simulate import measure_case, pack_case, press_case
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case, measure_inputs
from ssbflow.press.checkpoints import RESUMABLE
from ssbflow.store.case_zip import check_case_zip, read_contacts, read_packing, read_released, write_case_zip
from ssbflow.store.layout import Store
from ssbflow.store.locks import locked
from ssbflow.store.outcomes import case_record, measure_record
from ssbflow.store.records import CaseRecord, Failure, MeasureRecord, Status, storable, write_record
from ssbflow.store.source import git_commit, ssbflow_version

TRACEBACK_LINES = 8


@dataclass(frozen=True)
class Outcome(Attempt):
    """What comes back of a case: small, and nothing depends on its arriving."""

    case_id: str
    status: Status
    failure: Failure | None = None


class _PhaseError(Exception):
    """Carries a failure out of its phase."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@contextmanager
def _phase(name: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into a failure of this phase: a failed case is data, never the sweep's end."""
    try:
        yield
    except DiskError:
        raise  # a full disk, or a quota: nothing that the case is to blame for, so it gets no record
    except PressError as error:
        raise _PhaseError(
            Failure(
                phase=name,
                cause=error.cause,
                message=str(error),
                exit_code=error.exit_code,
                log_tail=error.log_tail,
            )
        ) from error
    except Exception as error:
        tail = "\n".join(traceback.format_exc().splitlines()[-TRACEBACK_LINES:])
        cause = type(error).__name__
        raise _PhaseError(Failure(phase=name, cause=cause, message=str(error), log_tail=tail)) from error


@placed
def run_case(case: Case, analysis: Analysis, store: Store, *, retry: bool = False) -> Outcome:
    """Bring one case to its records, doing only what is not done yet.

    Parameters
    ----------
    case : Case
    analysis : Analysis
    store : Store
    retry : bool
        Whether a failed record counts as not done.

    Returns
    -------
    Outcome
        Of the simulation where that failed, of the measures otherwise.
    """
    record = case_record(store, case.case_id)
    if record is None or (retry and record.status == "failed"):
        _simulated_alone(case, store, record)
    return measure_stored(case, analysis, store, retry=retry)


@placed
def simulate_again(case: Case, store: Store) -> Outcome:
    """Simulate a case once more although it has a record: its case file is damaged or missing, or it failed.

    Where another has brought it back already, nothing is done.
    """
    before = case_record(store, case.case_id)
    if before is None or not _has_case_file(before, store):
        _simulated_alone(case, store, before)
    record = case_record(store, case.case_id)
    if record is None:
        raise StoreError(
            f"{store.root} has no record of case {case.case_id} that was just simulated; run the same again"
        )
    return Outcome(case.case_id, record.status, record.failure)


def _has_case_file(record: CaseRecord, store: Store) -> bool:
    if record.zip is None:
        return False
    try:
        check_case_zip(store.case_zip(record.case_id), record.zip)
    except StoreError:
        return False
    return True


@placed
def measure_stored(
    case: Case, analysis: Analysis, store: Store, *, retry: bool = False, again: bool = False
) -> Outcome:
    """Measure a simulated case's stored packing where there are no numbers yet; nothing is ever simulated.

    Parameters
    ----------
    case : Case
    analysis : Analysis
    store : Store
    retry : bool
        Whether a failed measure record counts as not done.
    again : bool
        Whether every measure record counts as not done: they may be of another case file.

    Returns
    -------
    Outcome
        Of the simulation where that failed, of the measures otherwise.

    Raises
    ------
    StoreError
        The case has not been simulated.
    """
    record = case_record(store, case.case_id)
    if record is None:
        raise StoreError(f"{store.root} has no simulation of case {case.case_id}; run its sweep")
    if record.status == "failed":
        return Outcome(case.case_id, "failed", record.failure)
    measured = measure_record(store, case.measure_id(analysis), case.case_id)
    if measured is None or again or (retry and measured.status == "failed"):
        measured = _measured(case, analysis, store, record, attempt=measured.attempt + 1 if measured else 1)
    return Outcome(case.case_id, measured.status, measured.failure)


def _simulated_alone(case: Case, store: Store, before: CaseRecord | None) -> None:
    """Simulate, unless another process does so already: a worker that was thought lost; then its record is taken."""
    lock, attempt = store.press_lock(case.case_id), before.attempt + 1 if before else 1
    with locked(lock):
        found = case_record(store, case.case_id)
        if found and found.attempt >= attempt:
            return
        record = _simulated(case, store, attempt)
        if not (record.failure and record.failure.cause in RESUMABLE):
            shutil.rmtree(store.press_folder(case.case_id), ignore_errors=True)
            lock.unlink(missing_ok=True)


def _simulated(case: Case, store: Store, attempt: int) -> CaseRecord:
    """Pack, press, save the case file, then the record that commits it."""
    about: dict[str, Any] = {"case_id": case.case_id, "attempt": attempt, "inputs": case.simulation_inputs()}
    provenance = _provenance()
    try:
        with _phase("packing"):
            loose = pack_case(case)
        with _phase("press"):
            pressed = press_case(case, loose, store.press_folder(case.case_id))
        with _phase("store"):
            stored = write_case_zip(store.case_zip(case.case_id), case, pressed)
    except _PhaseError as error:
        record = CaseRecord(**about, status="failed", failure=error.failure, provenance=_ended(provenance))
    else:
        run = {"lammps_version": pressed.lammps_version, "ranks": pressed.ranks, "resumed": pressed.resumed}
        values = storable(pressed.values())
        record = CaseRecord(**about, status="ok", values=values, zip=stored, provenance=_ended(provenance) | run)
    write_record(store.record(case.case_id), record)
    return record


def _measured(case: Case, analysis: Analysis, store: Store, simulated: CaseRecord, attempt: int) -> MeasureRecord:
    """Measure the stored packing, then write the record that commits the numbers."""
    about: dict[str, Any] = {
        "case_id": case.case_id,
        "measure_id": case.measure_id(analysis),
        "attempt": attempt,
        "inputs": measure_inputs(case.design.composition, analysis),
    }
    provenance = _provenance()
    try:
        with _phase("measure"):
            path = store.case_zip(case.case_id)
            if simulated.zip:
                check_case_zip(path, simulated.zip)
            values = measure_case(case, read_packing(path), read_contacts(path), read_released(path), analysis)
    except _PhaseError as error:
        record = MeasureRecord(**about, status="failed", failure=error.failure, provenance=_ended(provenance))
    else:
        record = MeasureRecord(**about, status="ok", values=storable(values), provenance=_ended(provenance))
    write_record(store.measure_record(record.measure_id, case.case_id), record)
    return record


def _provenance() -> dict[str, Any]:
    return {
        "host": platform.node(),
        "process": os.getpid(),
        "python": platform.python_version(),
        "ssbflow_version": ssbflow_version(),
        "git_commit": git_commit(),
        "started": datetime.now(UTC).isoformat(),
    }


def _ended(provenance: dict[str, Any]) -> dict[str, Any]:
    return {**provenance, "ended": datetime.now(UTC).isoformat()}

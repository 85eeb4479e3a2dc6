"""Records by hand, and what a cube must say of them, found cell by cell."""

import math
from typing import Any

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case, measure_inputs
from ssbflow.inputs.identity import PHYSICS_VERSION, identity
from ssbflow.store.cells import STATUS
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, Failure, MeasureRecord, Status, StoredFile, write_record

AnyRecord = CaseRecord | MeasureRecord
FAILURE = Failure(phase="press", cause="not settled", message="it moves on", exit_code=1, log_tail="a\nb")


def inputs_of(case: Case, physics: int = PHYSICS_VERSION) -> dict[str, Any]:
    return {**case.simulation_inputs(), "physics_version": physics}


def simulation(
    case: Case, status: Status = "ok", attempt: int = 1, steps: float = 400.0, physics: int = PHYSICS_VERSION
) -> CaseRecord:
    inputs, ok = inputs_of(case, physics), status == "ok"
    return CaseRecord(
        case_id=identity(inputs),
        status=status,
        attempt=attempt,
        inputs=inputs,
        values={"steps": steps, "force_se": None} if ok else {},
        failure=None if ok else FAILURE,
        provenance={"host": "here", "process": 12, "resumed": False, "lammps_version": "22 Jul 2025"},
        zip=StoredFile(sha256="0" * 64, size=12) if ok else None,
    )


def measurement(
    case: Case,
    analysis: Analysis,
    status: Status = "ok",
    attempt: int = 1,
    porosity: float | None = 0.25,
    physics: int = PHYSICS_VERSION,
) -> MeasureRecord:
    ok = status == "ok"
    return MeasureRecord(
        case_id=identity(inputs_of(case, physics)),
        measure_id=case.measure_id(analysis),
        status=status,
        attempt=attempt,
        inputs=measure_inputs(case.design.composition, analysis),
        values={"porosity": porosity} if ok else {},
        failure=None if ok else FAILURE,
        provenance={"host": "there"},
    )


def write(store: Store, *records: AnyRecord) -> None:
    for record in records:
        if isinstance(record, MeasureRecord):
            write_record(store.measure_record(record.measure_id, record.case_id), record)
        else:
            write_record(store.record(record.case_id), record)


def cell(records: list[AnyRecord], case: Case, analysis: Analysis) -> dict[str, Any]:
    """What a cube must say of a case: the newest physics that has an outcome, and its latest attempts."""
    versions = {record.inputs["physics_version"] for record in records if isinstance(record, CaseRecord)}
    others = sorted(versions - {PHYSICS_VERSION}, reverse=True)
    found = [_under(version, records, case, analysis) for version in (PHYSICS_VERSION, *others)]
    ended = sorted((one for one in found if one["status"]), key=lambda one: -one["physics_version"])
    return ended[0] if ended else found[0]


def _under(physics: int, records: list[AnyRecord], case: Case, analysis: Analysis) -> dict[str, Any]:
    case_id = identity(inputs_of(case, physics))
    simulated = _latest([one for one in records if isinstance(one, CaseRecord) and one.case_id == case_id])
    measured = _latest(
        [
            one
            for one in records
            if isinstance(one, MeasureRecord) and (one.case_id, one.measure_id) == (case_id, case.measure_id(analysis))
        ]
    )
    if simulated is None or simulated.status == "failed":
        measured = None
    deciding = simulated if simulated is None or simulated.status == "failed" else measured
    return {
        "case_id": case_id,
        "status": STATUS[deciding.status] if deciding else STATUS["pending"],
        "physics_version": physics,
        "steps": _number(simulated, "steps"),
        "porosity": _number(measured, "porosity"),
        "cause": deciding.failure.cause if deciding and deciding.failure else None,
    }


def _latest(records: list[Any]) -> Any:
    return max(records, key=lambda record: record.attempt, default=None)


def _number(record: AnyRecord | None, name: str) -> float:
    value = record.values.get(name) if record else None
    return math.nan if value is None else value

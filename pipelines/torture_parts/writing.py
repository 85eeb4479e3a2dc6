"""Writers: they bring cases to their records the way a worker does, and acknowledge what is durable."""

import random
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case, measure_inputs
from ssbflow.store.case_zip import write_case_zip
from ssbflow.store.durable import write_durably
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record, measure_record
from ssbflow.store.records import CaseRecord, Failure, MeasureRecord, Status, StoredFile, write_record
from ssbflow.store.sweeps import stored_sweeps
from torture_parts.full_disk import patiently
from torture_parts.synthetic import (
    MEASURED,
    SIMULATED,
    hand_made,
    measure_attempts,
    simulation_attempts,
    stored_values,
    sweep_of,
)
from torture_parts.trial import Trial

WRITERS = 4
WHOLE_ZIPS = 64  # one case in so many gets a whole case file: making one takes ten times as long as all else
RETRIED_AFTER = 25  # other cases
POLL_S = 0.1
FIRST_CASES = 40
STAND_IN = StoredFile(sha256="0" * 64, size=11)
FAILURE = Failure(phase="torture", cause="meant", message="fails when first tried")


def write_cases(trial: Trial, number: int, generator: random.Random) -> None:
    """Bring one's share of all cases to their records, failed ones later once more, until nothing is left to do."""
    Writer(trial, number, generator).work()


def begin(trial: Trial) -> None:
    """Bring some first cases to their records, so that the first version says something."""
    sweep = sweep_of(0)
    for case in islice(sweep.cases(), FIRST_CASES):
        brought(trial.store, case, sweep.analysis, retry=False)


class Writer:
    """One of the writers; those that were killed go on where their acknowledgements end.

    Parameters
    ----------
    trial : Trial
    number : int
        Which share of the cases is his.
    generator : random.Random
    """

    def __init__(self, trial: Trial, number: int, generator: random.Random) -> None:
        self.trial, self.number, self.generator = trial, number, generator
        self.sweeps_seen = 0
        self.status = {case_id: status for case_id, status in trial.acknowledged().items() if self._is_mine(case_id)}
        self.failed = deque[tuple[Case, Analysis]]()

    def work(self) -> None:
        """Do all there is, then wait for more."""
        while True:
            ends = self.trial.finishing
            for case, analysis in self._new_cases():
                if case.case_id not in self.status:
                    self._bring(case, analysis, retry=False)
                if self.status[case.case_id] == "failed":
                    self.failed.append((case, analysis))
                self._retry_all_but(RETRIED_AFTER)
            self._retry_all_but(0)
            if ends:
                return
            time.sleep(POLL_S)

    def _new_cases(self) -> Iterator[tuple[Case, Analysis]]:
        sweeps = stored_sweeps(self.trial.store)
        for sweep in sweeps[self.sweeps_seen :]:
            yield from ((case, sweep.analysis) for case in sweep.cases() if self._is_mine(case.case_id))
        self.sweeps_seen = len(sweeps)

    def _is_mine(self, case_id: str) -> bool:
        return int(case_id[:8], 16) % WRITERS == self.number

    def _retry_all_but(self, count: int) -> None:
        while len(self.failed) > count:
            self._bring(*self.failed.popleft(), retry=True)

    def _bring(self, case: Case, analysis: Analysis, *, retry: bool) -> None:
        """Bring a case to its records and acknowledge them, however often the disk is full meanwhile."""
        store, role = self.trial.store, f"writer {self.number}"
        status = patiently(self.trial, role, self.generator, lambda: brought(store, case, analysis, retry=retry))
        self.trial.acknowledge(case.case_id, status)
        self.status[case.case_id] = status
        self._look_one_up()

    def _look_one_up(self) -> None:
        """Whatever was acknowledged is found at any time, also while it moves to the ledger."""
        case_id = self.generator.choice(list(self.status))
        record = case_record(self.trial.store, case_id)
        if record is None or (self.status[case_id] == "ok" and record.attempt != simulation_attempts(case_id)):
            told = "is lost" if record is None else f"is attempt {record.attempt}, {record.status}"
            raise AssertionError(f"record of acknowledged case {case_id} ({self.status[case_id]}) {told}")


def brought(store: Store, case: Case, analysis: Analysis, *, retry: bool) -> Status:
    """Do what is not done yet of a case, in the order in which `flow.case_task.run_case` does."""
    record = case_record(store, case.case_id)
    if record is None or (retry and record.status == "failed"):
        record = _simulated(store, case, attempt=record.attempt + 1 if record else 1)
    if record.status == "failed":
        return "failed"
    measured = measure_record(store, case.measure_id(analysis), case.case_id)
    if measured is None or (retry and measured.status == "failed"):
        measured = _measured(store, case, analysis, attempt=measured.attempt + 1 if measured else 1)
    return measured.status


def _simulated(store: Store, case: Case, attempt: int) -> CaseRecord:
    case_id = case.case_id
    about = {"case_id": case_id, "attempt": attempt, "inputs": case.simulation_inputs()}
    if attempt < simulation_attempts(case_id):
        record = CaseRecord(**about, status="failed", failure=FAILURE)
    else:
        values = stored_values(case_id, SIMULATED, attempt)
        record = CaseRecord(**about, status="ok", values=values, zip=_case_file(store, case))
    write_record(store.record(case_id), record)
    return record


def _case_file(store: Store, case: Case) -> StoredFile:
    path = store.case_zip(case.case_id)
    if int(case.case_id[:8], 16) // WRITERS % WHOLE_ZIPS == 0:
        return write_case_zip(path, case, hand_made(case.seed))
    write_durably(path, b"a case file")
    return STAND_IN


def _measured(store: Store, case: Case, analysis: Analysis, attempt: int) -> MeasureRecord:
    case_id, measure_id = case.case_id, case.measure_id(analysis)
    about = {
        "case_id": case_id,
        "measure_id": measure_id,
        "attempt": attempt,
        "inputs": measure_inputs(case.design.composition, analysis),
    }
    if attempt < measure_attempts(case_id):
        record = MeasureRecord(**about, status="failed", failure=FAILURE)
    else:
        record = MeasureRecord(**about, status="ok", values=stored_values(case_id, MEASURED, attempt))
    write_record(store.measure_record(measure_id, case_id), record)
    return record

"""What a repair has to compute, kept in the store until it is done: a repair that is killed is gone on with."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from ssbflow.errors import StoreError
from ssbflow.store.check_lost import check_against_records
from ssbflow.store.check_records import case_id_of
from ssbflow.store.current import Current
from ssbflow.store.durable import write_durably
from ssbflow.store.findings import Finding, Kind
from ssbflow.store.layout import Store
from ssbflow.store.loose import read_loose
from ssbflow.store.outcomes import known_outcomes
from ssbflow.store.salvage import Salvage
from ssbflow.store.sealed import sealed, unsealed

TODO = "todo.json"
DONE = "done.json"

SIMULATED_AGAIN = (Kind.RECORD, Kind.CASE_FILE, Kind.UNSIMULATED, Kind.LOST)
MEASURED_AGAIN = (Kind.MEASUREMENT, Kind.UNMEASURED, Kind.LOST)


class Todo(BaseModel):
    """Cases to bring back.

    Parameters
    ----------
    simulations : tuple of str
        Case ids of simulations that need their record, and their case file.
    measurements : tuple of (str, str)
        Measure ids and case ids of measurements that need their record.
    all_measurements : bool
        Whether every simulated case may need its measurements: whose were lost could not be read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    simulations: tuple[str, ...] = ()
    measurements: tuple[tuple[str, str], ...] = ()
    all_measurements: bool = False

    def __or__(self, other: Self) -> Self:
        """Return everything that either has."""
        return type(self)(
            simulations=tuple(dict.fromkeys((*self.simulations, *other.simulations))),
            measurements=tuple(dict.fromkeys((*self.measurements, *other.measurements))),
            all_measurements=self.all_measurements or other.all_measurements,
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to compute."""
        return not (self.simulations or self.measurements or self.all_measurements)

    def write(self, folder: Path) -> None:
        """Keep it, durably, in a folder of the quarantine."""
        write_durably(folder / TODO, sealed(self.model_dump(mode="json")))


def todo_of(findings: list[Finding], salvages: list[Salvage]) -> Todo:
    """Return what is to be computed again after some findings, and for rows of segments that were lost."""
    measured = {
        (finding.measure_id, finding.case_id)
        for finding in findings
        if finding.kind in MEASURED_AGAIN and finding.measure_id
    }
    simulated = {finding.case_id for finding in findings if finding.kind in SIMULATED_AGAIN and not finding.measure_id}
    lost = [key for one in salvages for key in one.lost]
    return Todo(
        simulations=tuple(sorted(simulated | {case_id for measure_id, case_id in lost if not measure_id})),
        measurements=tuple(sorted(measured | {key for key in lost if key[0]})),
        all_measurements=any(one.nameless for one in salvages),
    )


def nameless_losses(store: Store) -> Todo:
    """Return what was recorded once, as cubes and case files tell, where a segment could not be read at all."""
    current = Current.read(store)
    there = {cube: name for cube, name in current.cubes.items() if (store.versions / name).is_dir()}
    lost = [one for one in check_against_records(store, current, there) if one.kind is Kind.LOST]
    recorded = set(known_outcomes(store, read_loose([store.records]), []).rows["case_id"].to_pylist())
    in_zips = {case_id_of(path) for path in store.cases.glob("??/*.zarr.zip")}
    return todo_of(lost, []) | Todo(simulations=tuple(sorted(in_zips - recorded)), all_measurements=True)


def unfinished(store: Store) -> Todo:
    """Return what earlier repairs did not come to."""
    left = Todo()
    for path in sorted(store.quarantine.glob(f"*/{TODO}")):
        if path.with_name(DONE).exists():
            continue
        try:
            left |= Todo.model_validate(unsealed(path.read_bytes(), path))
        except (StoreError, ValueError):
            continue  # damaged itself: what it told of is found again, as far as the cubes still tell
    return left


def mark_done(store: Store) -> None:
    """Note that everything which any repair set out to compute is done."""
    for path in store.quarantine.glob(f"*/{TODO}"):
        done = path.with_name(DONE)
        if not done.exists():
            write_durably(done, b"{}\n")

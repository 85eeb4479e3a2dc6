"""What a store's records say, gathered from files and ledger while they are checked."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ssbflow.press.checkpoints import RESUMABLE
from ssbflow.store.records import StoredFile


class Simulation(NamedTuple):
    """The latest attempt at a simulation: what its case file must be, and whether a killed one may be gone on with."""

    attempt: int
    zip: StoredFile | None
    is_resumable: bool


@dataclass
class Recorded:
    """The latest attempts at all simulations and measurements.

    Parameters
    ----------
    simulations : dict
        By case id.
    measurements : dict
        Measure id and case id → attempt, and whether it failed for want of a case file that is whole.
    damaged : set of (str, str)
        Measure ids (empty: a simulation) and case ids of records that are damaged.
    """

    simulations: dict[str, Simulation] = field(default_factory=dict)
    measurements: dict[tuple[str, str], tuple[int, bool]] = field(default_factory=dict)
    damaged: set[tuple[str, str]] = field(default_factory=set)

    def add(self, content: dict[str, Any]) -> None:
        """Take the content of a record in; a later attempt supersedes an earlier one."""
        failure, attempt, case_id = content.get("failure") or {}, content["attempt"], content["case_id"]
        if "measure_id" in content:
            key = content["measure_id"], case_id
            unread = (failure.get("phase"), failure.get("cause")) == ("measure", "StoreError")
            self.measurements[key] = max((attempt, unread), self.measurements.get(key, (0, False)))
            return
        before = self.simulations.get(case_id)
        if before is None or before.attempt <= attempt:
            stored = StoredFile.model_validate(content["zip"]) if content.get("zip") else None
            self.simulations[case_id] = Simulation(attempt, stored, failure.get("cause") in RESUMABLE)

    def has_simulation(self, case_id: str) -> bool:
        """Return whether there is, or was, a record of a case's simulation."""
        return case_id in self.simulations or ("", case_id) in self.damaged

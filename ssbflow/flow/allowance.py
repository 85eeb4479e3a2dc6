"""How much may be begun: as long as there is time, and as much as there is a budget for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback


class Cost(NamedTuple):
    """Of a case: how long it takes (s) on how many cores."""

    seconds: float
    cores: int

    @property
    def core_seconds(self) -> float:
        """Time × cores."""
        return self.seconds * self.cores


class Allowance(Callback):
    """Admits cases that will end in time and within a budget; as a callback it hears what they really took.

    Parameters
    ----------
    until : datetime
        When everything shall have ended.
    core_seconds : float
        That may be used.
    now : callable
        The clock.
    threads : callable
        How many cases run side by side.
    """

    def __init__(
        self, until: datetime, core_seconds: float, now: Callable[[], datetime], threads: Callable[[], int]
    ) -> None:
        self.until, self.left, self.now, self.threads = until, core_seconds, now, threads
        self.refusals: set[str] = set()
        self._begun: dict[str, Cost] = {}

    def is_over(self) -> bool:
        """Return whether the time is up."""
        return self.now() >= self.until

    def admits(self, case_id: str, cost: Cost) -> bool:
        """Return whether a case may be begun after those that were, and count it in if so."""
        promised = sum(begun.core_seconds for begun in self._begun.values())
        if promised + cost.core_seconds > self.left:
            self.refusals.add("budget")
            return False
        if self._is_late(cost.seconds) or self._is_late(self._ahead_s() + cost.seconds):
            self.refusals.add("time")
            return False
        self._begun[case_id] = cost
        return True

    def _is_late(self, seconds: float) -> bool:
        return self.now() + timedelta(seconds=seconds) > self.until

    def _ahead_s(self) -> float:
        """Return how long those that were begun keep everybody busy yet, as far as was expected."""
        return sum(begun.seconds for begun in self._begun.values()) / max(1, self.threads())

    def case_ended(self, outcome: Outcome) -> None:
        """Count what it took instead of what was expected."""
        begun = self._begun.pop(outcome.case_id, Cost(0.0, 1))
        self.left -= outcome.seconds * begun.cores

    def case_retried(self, outcome: Outcome) -> None:
        """Count what it took in vain; it is still to come."""
        self.left -= outcome.seconds * self._begun.get(outcome.case_id, Cost(0.0, 1)).cores

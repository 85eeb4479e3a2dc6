"""What is tried again: failures that have nothing to do with the case, each kind so many times and no more."""

from collections import Counter

from ssbflow.flow.case_task import Outcome
from ssbflow.press.deadline import JOB_ENDS
from ssbflow.store.records import Failure

LOST = "CancelledError"
LIMITS = {
    "KilledWorker": 2,  # Dask blames a case that only waited where workers died, too; three times is no accident
    LOST: 5,  # with a scheduler that was started anew
    "CommClosedError": 5,
    "DiskError": 3,
    "killed": 3,
    "not started": 3,  # a node whose shared memory, modules or libraries are not what they should be
    "out of memory": 1,  # its neighbours on the node may have needed it
    JOB_ENDS: 100,  # each goes on where the last one stopped
}
"""How many times one case is tried again in one run, by the cause of its failure.

Any other cause would come again. So would a case's own time limit: that is somebody's will, who can say ``retry``.
"""


class Tries:
    """Counts what was tried again."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def again(self, case_id: str, cause: str) -> bool:
        """Return whether a case may be tried again after a failure of this cause, and count it."""
        self._counts[case_id, cause] += 1
        return self._counts[case_id, cause] <= LIMITS.get(cause, 0)

    def number(self, case_id: str) -> int:
        """Return how many failures of a case were counted."""
        return sum(self._counts[case_id, cause] for cause in LIMITS)


def without_record(case_id: str, error: BaseException) -> Outcome:
    """Return the outcome of a task that could not even leave a record: its worker died, or the disk is full."""
    message = f"{error}; run the same again to compute it"
    failure = Failure(phase="task", cause=cause_of(error), message=message)
    return Outcome(case_id, "failed", failure, worker=getattr(error, "worker", ""))


def cause_of(error: BaseException) -> str:
    """Return the name of an error, by which it stands in `LIMITS` if it does."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return next((name for name in names if name in LIMITS), names[0])

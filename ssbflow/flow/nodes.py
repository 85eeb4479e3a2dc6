"""Nodes that are avoided: where the disk is full, or case after case fails while others do well.

They are avoided by telling Dask on which other hosts a task may run, not by retiring their workers: a queue would put
the job that replaces a retired one on the same, now idle node. So its worker stays, has nothing to do, and keeps the
place. Hosts are named, not workers: a worker that is started again has another address. As the names are fixed when a
task is submitted, whoever submits looks after tasks whose hosts have all gone.
"""

from collections import Counter
from collections.abc import Iterable

from distributed.comm.addressing import get_address_host

from ssbflow.flow.case_task import Outcome

FAILURES_IN_A_ROW = 5


class Nodes:
    """Judges hosts by how their cases end."""

    def __init__(self) -> None:
        self.avoided: set[str] = set()
        self._failed_in_a_row: Counter[str] = Counter()
        self._did_well: set[str] = set()

    def note(self, outcome: Outcome) -> str:
        """Take an outcome into account; return why its host is avoided from now on, empty if it is not."""
        if not outcome.worker:
            return ""
        host = get_address_host(outcome.worker)
        why = self._reason(host, outcome)
        if not why or host in self.avoided:
            return ""
        self.avoided.add(host)
        return f"node {outcome.host or host} is avoided: {why}"

    def _reason(self, host: str, outcome: Outcome) -> str:
        if outcome.status == "ok":
            self._failed_in_a_row[host] = 0
            self._did_well.add(host)
            return ""
        if outcome.failure and outcome.failure.cause == "DiskError":
            return outcome.failure.message
        self._failed_in_a_row[host] += 1
        failed = self._failed_in_a_row[host]
        if failed >= FAILURES_IN_A_ROW and self._did_well - {host}:
            return f"{failed} cases in a row failed there, not elsewhere"
        return ""

    def others(self, workers: Iterable[str]) -> list[str] | None:
        """Return the hosts to use instead of those avoided; None where all may be used, or no other is left."""
        hosts = {get_address_host(worker) for worker in workers}
        others = hosts - self.avoided
        return sorted(others) if others and others != hosts else None

"""What has been done since a night began, as the records tell: whoever did it, and was killed since."""

from collections import Counter
from datetime import UTC, datetime

import numpy as np

from ssbflow.flow.standing import Indices
from ssbflow.store.cells import STATUS, Cells, read_cells
from ssbflow.store.grid import cube_grid
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import Outcomes

STARTED, ENDED, RANKS, CAUSE = "provenance.started", "provenance.ended", "provenance.ranks", "failure.cause"


class Tonight:
    """Counts of what ended in some cubes since a night began.

    Attributes
    ----------
    ok, pending : int
        Cases that ended well, and cases that are left.
    failures : Counter of str
        Causes.
    core_seconds : float
        Time × ranks of simulations and measurements.
    """

    def __init__(self, store: Store, cubes: tuple[str, ...], begins: datetime) -> None:
        self.ok, self.pending, self.core_seconds = 0, 0, 0.0
        self.failures: Counter[str] = Counter()
        since = begins.astimezone(UTC).isoformat()
        columns = [STARTED, ENDED, RANKS, CAUSE]
        for name in cubes:
            self._count(read_cells(store, cube_grid(store, name), columns, columns), since)

    def _count(self, cells: Cells, since: str) -> None:
        self.pending += int((cells.status == STATUS["pending"]).sum())
        new = np.array([bool(ended) and ended >= since for ended in cells.texts(ENDED).to_pylist()], dtype=bool)
        self.ok += int((new & (cells.status == STATUS["ok"])).sum())
        failed = np.flatnonzero(new & (cells.status == STATUS["failed"]))
        self.failures.update(cells.texts(CAUSE).take(failed).to_pylist())
        for records, rows in ((cells.simulations, cells.simulation_row), (cells.measures, cells.measure_row)):
            self.core_seconds += _core_seconds(records, np.unique(rows[rows >= 0]), since)


def _core_seconds(found: Outcomes, rows: Indices, since: str) -> float:
    times = zip(found.texts(STARTED, rows).to_pylist(), found.texts(ENDED, rows).to_pylist(), strict=True)
    ranks = np.nan_to_num(found.floats(RANKS, rows), nan=1.0)
    return float(
        sum(
            (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds() * cores
            for (started, ended), cores in zip(times, ranks.tolist(), strict=True)
            if started and ended and ended >= since
        )
    )

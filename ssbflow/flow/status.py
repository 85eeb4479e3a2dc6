"""How the sweeps of a store stand, from the store alone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ssbflow.store.cube import read_cell
from ssbflow.store.grid import Grid, grids
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import stored_sweeps

RECENT = 50  # cases that the rate is taken from


@dataclass(frozen=True)
class DesignStatus:
    """Counts of one design's seeds."""

    composition: str
    distribution: str
    ok: int
    failed: int
    pending: int


@dataclass(frozen=True)
class CubeStatus:
    """How one cube stands.

    Parameters
    ----------
    name : str
    designs : tuple of DesignStatus
    cases_per_minute : float or None
        Over the last cases that ended; None where fewer than two did.
    """

    name: str
    designs: tuple[DesignStatus, ...]
    cases_per_minute: float | None

    @property
    def counts(self) -> dict[str, int]:
        """Cases by state."""
        return {state: sum(getattr(design, state) for design in self.designs) for state in ("ok", "failed", "pending")}

    @property
    def minutes_left(self) -> float | None:
        """Pending cases over the rate; None where either is not known."""
        pending = self.counts["pending"]
        return pending / self.cases_per_minute if pending and self.cases_per_minute else None


def status(store: str | Path) -> list[CubeStatus]:
    """Return how every cube of a store stands.

    Raises
    ------
    StoreError
        There is no store here.
    """
    layout = Store(Path(store))
    return [_cube_status(layout, grid) for grid in grids(stored_sweeps(layout)).values()]


def _cube_status(store: Store, grid: Grid) -> CubeStatus:
    counts: dict[tuple[str, str], Counter[str]] = {}
    ended = []
    for case in grid.cells().values():
        cell = read_cell(store, case.case_id, case.measure_id(grid.analysis))
        labels = case.design.composition.label, case.design.distribution.label
        counts.setdefault(labels, Counter())[cell.status] += 1
        if cell.record:
            ended.append(datetime.fromisoformat(cell.record.provenance["ended"]))
    designs = tuple(
        DesignStatus(*labels, ok=found["ok"], failed=found["failed"], pending=found["pending"])
        for labels, found in counts.items()
    )
    return CubeStatus(grid.name, designs, _rate(sorted(ended)[-RECENT:]))


def _rate(ended: list[datetime]) -> float | None:
    span = (ended[-1] - ended[0]).total_seconds() / 60 if len(ended) > 1 else 0.0
    return (len(ended) - 1) / span if span > 0 else None

"""How the sweeps of a store stand, from the store alone."""

import itertools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from ssbflow.store.cells import STATUS, read_cells
from ssbflow.store.grid import Grid, grids
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import stored_sweeps

ENDED = "provenance.ended"
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
    cells = read_cells(store, grid, [ENDED], [ENDED])
    design = grid.design
    size = len(grid.compositions) * len(grid.distributions)
    counts = {
        state: np.bincount(design[cells.status == STATUS[state]], minlength=size).tolist()
        for state in ("ok", "failed", "pending")
    }
    asked = np.unique(design).tolist()
    labels = list(itertools.product(grid.compositions, grid.distributions))
    designs = tuple(
        DesignStatus(labels[at][0], labels[at][1], counts["ok"][at], counts["failed"][at], counts["pending"][at])
        for at in asked
    )
    ended = sorted(filter(None, cells.texts(ENDED).to_pylist()))[-RECENT:]
    return CubeStatus(grid.name, designs, _rate([datetime.fromisoformat(time) for time in ended]))


def _rate(ended: list[datetime]) -> float | None:
    span = (ended[-1] - ended[0]).total_seconds() / 60 if len(ended) > 1 else 0.0
    return (len(ended) - 1) / span if span > 0 else None

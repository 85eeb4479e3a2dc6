"""What a report says, as plain data: collected once, then written as a page."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ssbflow.variable import Variable

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SMALLER_IS_BETTER = ("porosity", "tortuosity", "bulk_resistance", "height", "unbalanced_force", "wall_time", "steps")
"""Beginnings of names; what the page begins with, it can be turned round there."""


@dataclass(frozen=True)
class Listing:
    """A table of texts."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Asked:
    """What the sweeps of a cube ask for.

    Parameters
    ----------
    sweeps, compositions, powders : Listing
    protocol, analysis : dict
        Key, as in a sweep file, → value.
    """

    sweeps: Listing
    compositions: Listing
    powders: Listing
    protocol: dict[str, str]
    analysis: dict[str, str]


@dataclass(frozen=True)
class Ran:
    """What came of it; times are None where no record tells.

    Parameters
    ----------
    ok, failed, pending : int
    started, ended : datetime or None
        Of the first and the last record.
    core_hours : float or None
        Of the latest attempts, measuring included.
    """

    ok: int
    failed: int
    pending: int
    started: datetime | None = None
    ended: datetime | None = None
    core_hours: float | None = None


@dataclass(frozen=True)
class Cause:
    """Cases that failed alike; message and end of the log are those of the first."""

    phase: str
    cause: str
    cases: int
    message: str
    log_tail: str


@dataclass(frozen=True, eq=False)
class Numbers:
    """Every case with its numbers.

    Parameters
    ----------
    variables : tuple of Variable
        Those that exist for some case.
    compositions, distributions : Listing
        A row for each: its label, and its inputs.
    is_grid : bool
        Whether each composition stands with each distribution; otherwise the designs are those of a study.
    composition, distribution : (M,) int64
        Of each case: row of the listing.
    seed : (M,) int64
    status : (M,) int8
        As `ssbflow.store.cells.STATUS`.
    cause : (M,) int64
        Index of the cause of a failure; −1 where there is none.
    case_ids : tuple of str
    values : (variables, M) float64
        NaN where a quantity does not exist.
    left_out : str
        What was left out to keep the page small; empty if nothing was.
    """

    variables: tuple[Variable, ...]
    compositions: Listing
    distributions: Listing
    is_grid: bool
    composition: Indices
    distribution: Indices
    seed: Indices
    status: NDArray[np.int8]
    cause: Indices
    case_ids: tuple[str, ...]
    values: Floats
    left_out: str = ""


@dataclass(frozen=True, eq=False)
class Spheres:
    """A pressed packing to be looked at.

    Parameters
    ----------
    case_id : str
    title : str
        Which case that is, in words.
    position_um : (N, 3) float64
    radius_um : (N,) float64
    kind : (N,) uint8
        Index into `KINDS`.
    edge_um : (float, float)
    height_um : float
    left_out : str
        Which spheres are not shown; empty if all are.
    """

    case_id: str
    title: str
    position_um: Floats
    radius_um: Floats
    kind: NDArray[np.uint8]
    edge_um: tuple[float, float]
    height_um: float
    left_out: str = ""


KINDS = ("EAM active", "EAM not active", "SE connected to the floor", "SE not connected")
"""EAM is active where it touches SE that is connected to the floor, as in ``utilization``."""


@dataclass(frozen=True, eq=False)
class Report:
    """All that the page shows.

    Parameters
    ----------
    store, cube : str
    made : datetime
    asked : Asked
    ran : Ran
    causes : tuple of Cause
        The most frequent first.
    numbers : Numbers
    spheres : Spheres or None
    no_spheres : str
        Why there are none.
    provenance : dict
    """

    store: str
    cube: str
    made: datetime
    asked: Asked
    ran: Ran
    causes: tuple[Cause, ...]
    numbers: Numbers
    spheres: Spheres | None = None
    no_spheres: str = ""
    provenance: dict[str, str] = field(default_factory=dict)

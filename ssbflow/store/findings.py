"""Findings: what a check sees in a store, and what a repair would do about it."""

import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ssbflow.store.durable import file_system_time


class Kind(StrEnum):
    """What is wrong, by what a repair would do."""

    DESCRIPTION = "store.json"
    SWEEP = "sweep"
    RECORD = "record"
    MEASUREMENT = "measurement"
    CASE_FILE = "case file"
    ORPHAN = "orphan"
    UNSIMULATED = "unsimulated"
    UNMEASURED = "unmeasured"
    LOST = "lost"
    SEGMENT = "segment"
    CURRENT = "current.json"
    LINK = "link"
    NEWEST = "newest version"
    OLDER = "older version"
    PARITY = "parity"
    TABLE = "table"
    STALE = "stale"
    STRAY = "stray"
    LEFTOVER = "leftover"


REMEDIES = {
    Kind.DESCRIPTION: "to quarantine; made again from the sweeps",
    Kind.SWEEP: "to quarantine; made again from its other copy",
    Kind.RECORD: "to quarantine; made again from the case file, or simulated again",
    Kind.MEASUREMENT: "to quarantine; measured again",
    Kind.CASE_FILE: "to quarantine; simulated again",
    Kind.ORPHAN: "its record is made again from it; to quarantine if it is not whole",
    Kind.UNSIMULATED: "simulated again",
    Kind.UNMEASURED: "measured again",
    Kind.LOST: "computed again",
    Kind.SEGMENT: "to quarantine; rows that are whole move to a new segment, the others are computed again",
    Kind.CURRENT: "to quarantine; made again from links and versions",
    Kind.LINK: "published again",
    Kind.NEWEST: "one damaged file to quarantine, made again from the others; if it is more: all, published again",
    Kind.OLDER: "one damaged file to quarantine, made again from the others; if it is more: all, not made again",
    Kind.PARITY: "to quarantine; made again from its version",
    Kind.TABLE: "to quarantine; published again",
    Kind.STALE: "published again",
    Kind.STRAY: "to quarantine",
    Kind.LEFTOVER: "to quarantine",
}


@dataclass(frozen=True)
class Finding:
    """Something in a store that is not as it should be.

    Parameters
    ----------
    path : Path
    kind : Kind
    message : str
        What is wrong with it.
    case_id, measure_id : str
        Whose it is, where that is known.
    """

    path: Path
    kind: Kind
    message: str
    case_id: str = ""
    measure_id: str = ""

    @property
    def remedy(self) -> str:
        """What a repair would do."""
        return REMEDIES[self.kind]

    @property
    def is_wrong(self) -> bool:
        """Whether something is damaged, missing or misplaced; a cube that waits to be published is not."""
        return self.kind is not Kind.STALE


@dataclass(frozen=True)
class Ages:
    """Tells what may still be somebody's work.

    Parameters
    ----------
    now : float
        Time (s) by the clock of the file system.
    least_s : float
        What is younger is left alone.
    """

    now: float
    least_s: float

    def is_young(self, path: Path) -> bool:
        """Return whether something may still be worked on; what is gone is."""
        try:
            return self.now - path.lstat().st_mtime < self.least_s
        except FileNotFoundError:
            return True


def ages_in(root: Path, least_s: float) -> Ages:
    """Return ages by the clock of a store's file system; by this machine's where nothing may be written."""
    try:
        return Ages(file_system_time(root), least_s)
    except OSError:
        return Ages(time.time(), least_s)

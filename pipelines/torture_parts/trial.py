"""A trial: the store under torture, and beside it what everybody in it writes down."""

import json
import os
import random
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ssbflow.store.layout import Store

Disk = Literal["roomy", "tmpfs", "faulty"]
"""As it is; a small one that is filled up now and then; one whose calls are refused at random."""


@dataclass(frozen=True)
class Trial:
    """What all processes of a trial know.

    Parameters
    ----------
    folder : Path
        Of the store and of the notes beside it.
    keep_versions, keep_s
        Of the publisher.
    publish_pause_s : float
        Between two publishes.
    disk : str
        See `Disk`.
    """

    folder: Path
    seed: int = 0
    keep_versions: int = 3
    keep_s: float = 24.0
    compact_from: int = 60
    publish_pause_s: float = 0.3
    disk: Disk = "roomy"

    @property
    def store(self) -> Store:
        """The store, on a disk of its own where that is a small one."""
        return Store(self.folder / "disk" / "store")

    @property
    def acknowledgements(self) -> Path:
        """A line for each case whose record was durable."""
        return self.folder / "acknowledged.log"

    @property
    def violations(self) -> Path:
        """What must not be."""
        return self.folder / "violations.log"

    @property
    def events(self) -> Path:
        """What happened."""
        return self.folder / "events.log"

    @property
    def finishing(self) -> bool:
        """Whether everybody shall come to an end."""
        return (self.folder / "finish").exists()

    def finish(self) -> None:
        """Let everybody come to an end."""
        (self.folder / "finish").touch()

    def acknowledge(self, case_id: str, status: str) -> None:
        """Note durably that a case has its records; they must never be lost from now on."""
        _append(self.acknowledgements, f"{case_id} {status}", durably=True)

    def acknowledged(self) -> dict[str, str]:
        """Return the last acknowledged status of each case."""
        return dict(line.split() for line in _lines(self.acknowledgements))

    def note(self, role: str, event: str, **facts: Any) -> None:
        """Note what happened."""
        _append(self.events, json.dumps({"at": round(time.time(), 3), "role": role, "event": event, **facts}))

    def noted(self) -> list[dict[str, Any]]:
        """Return what happened."""
        return [json.loads(line) for line in _lines(self.events)]

    def violate(self, role: str, message: str) -> None:
        """Note what must not be."""
        _append(self.violations, f"{role}: {message}".replace("\n", " | "), durably=True)

    def violated(self) -> list[str]:
        """Return what must not be and was."""
        return _lines(self.violations)

    @contextmanager
    def watched(self, role: str) -> Iterator[None]:
        """Take every exception that comes out for a violation."""
        try:
            yield
        except Exception:
            self.violate(role, traceback.format_exc())
            raise SystemExit(1) from None


@dataclass(frozen=True)
class Member:
    """Somebody who works on the store in a process of his own.

    Parameters
    ----------
    role : str
    work : callable
        Module-level function: trial, member's number among its kind, generator of its randomness.
    number : int
    """

    role: str
    work: Callable[[Trial, int, random.Random], None]
    number: int = 0

    def run(self, trial: Trial, life: int) -> None:
        """Work in this process; `life` counts how often it was started."""
        with trial.watched(f"{self.role} {self.number}"):
            self.work(trial, self.number, random.Random(f"{trial.seed} {self.role} {self.number} {life}"))


def _append(path: Path, line: str, *, durably: bool = False) -> None:
    """Append a line in one write, so that a kill leaves all of it or nothing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, f"{line}\n".encode())
        if durably:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []

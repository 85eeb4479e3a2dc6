"""Who watches a sweep: callbacks with empty defaults; a broken display never breaks a run."""

import logging
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ssbflow.flow.case_task import Outcome

log = logging.getLogger("ssbflow")


class Callback:
    """Override what you want to hear of."""

    def sweep_started(self, name: str, total: int, done: int) -> None:
        """A sweep of `total` cases begins; `done` of them have records already."""

    def case_ended(self, outcome: Outcome) -> None:
        """A case has its records."""

    def case_retried(self, outcome: Outcome) -> None:
        """A case failed for no fault of its own, and is tried again."""

    def published(self, versions: dict[str, Path]) -> None:
        """New versions of cubes stand."""

    def said(self, message: str) -> None:
        """There is something that a person should know: no worker is there, a node is avoided."""

    def sweep_ended(self) -> None:
        """Nothing is left to do."""


class Callbacks(Callback):
    """Tells several callbacks, and survives their errors."""

    def __init__(self, members: Iterable[Callback]) -> None:
        self.members = tuple(members)

    def _tell(self, event: str, *about: object) -> None:
        for member in self.members:
            try:
                getattr(member, event)(*about)
            except Exception:
                log.exception("callback %s failed at %s; the sweep goes on", type(member).__name__, event)

    def sweep_started(self, name: str, total: int, done: int) -> None:
        """Pass on."""
        self._tell("sweep_started", name, total, done)

    def case_ended(self, outcome: Outcome) -> None:
        """Pass on."""
        self._tell("case_ended", outcome)

    def case_retried(self, outcome: Outcome) -> None:
        """Pass on."""
        self._tell("case_retried", outcome)

    def published(self, versions: dict[str, Path]) -> None:
        """Pass on."""
        self._tell("published", versions)

    def said(self, message: str) -> None:
        """Pass on."""
        log.info(message)
        self._tell("said", message)

    def sweep_ended(self) -> None:
        """Pass on."""
        self._tell("sweep_ended")


class ProgressBar(Callback):
    """A bar with counts, rate and time left; each sweep has one of its own."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console
        self.bar: Progress | None = None
        self.task = TaskID(0)
        self.counts = {"ok": 0, "failed": 0}

    def sweep_started(self, name: str, total: int, done: int) -> None:
        """Show the bar; only the cases to be run count."""
        self.counts = dict.fromkeys(self.counts, 0)
        self.bar = _bar(self.console)
        self.task = self.bar.add_task(name, total=total - done, rate="", ok=0, failed=0)
        self.bar.start()

    def case_ended(self, outcome: Outcome) -> None:
        """Move the bar on."""
        if self.bar is None:
            return
        self.counts[outcome.status] += 1
        self.bar.update(self.task, advance=1, ok=self.counts["ok"], failed=self.counts["failed"])
        elapsed = self.bar.tasks[0].elapsed
        ended = sum(self.counts.values())
        if elapsed:
            self.bar.update(self.task, rate=f"{60 * ended / elapsed:.1f} cases/min")

    def case_retried(self, outcome: Outcome) -> None:
        """Say it above the bar."""
        cause = outcome.failure.cause if outcome.failure else ""
        self.said(f"case {outcome.case_id[:8]} is tried again: {cause}{f' on {outcome.host}' if outcome.host else ''}")

    def said(self, message: str) -> None:
        """Say it above the bar."""
        if self.bar is not None:
            self.bar.console.print(message, soft_wrap=True, markup=False)

    def sweep_ended(self) -> None:
        """Leave the bar as it stands."""
        if self.bar is not None:
            self.bar.stop()


def _bar(console: Console | None) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[green]{task.fields[ok]} ok[/] [red]{task.fields[failed]} failed[/]"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
    )

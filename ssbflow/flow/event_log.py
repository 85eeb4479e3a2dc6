"""A structured log of a run: one JSON object a line, for whoever counts, plots or watches."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from ssbflow.errors import InputError
from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback


class EventLog(Callback):
    """Appends a line for each event to a file; to be used in a ``with`` block.

    Every line has ``time`` (UTC) and ``event``. Those of cases also have ``case_id``, ``status``, ``cause`` (null if
    ok), ``host`` and ``seconds``.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)  # a line is there as soon as it is written
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror}); give another file for the log") from error

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, event: str, **about: object) -> None:
        self._file.write(json.dumps({"time": datetime.now(UTC).isoformat(), "event": event, **about}) + "\n")

    def _write_case(self, event: str, outcome: Outcome) -> None:
        self._write(
            event,
            case_id=outcome.case_id,
            status=outcome.status,
            cause=outcome.failure.cause if outcome.failure else None,
            host=outcome.host,
            seconds=round(outcome.seconds, 3),
        )

    def sweep_started(self, name: str, total: int, done: int) -> None:
        """Write a line."""
        self._write("sweep_started", sweep=name, total=total, done=done)

    def case_ended(self, outcome: Outcome) -> None:
        """Write a line."""
        self._write_case("case_ended", outcome)

    def case_retried(self, outcome: Outcome) -> None:
        """Write a line."""
        self._write_case("case_retried", outcome)

    def published(self, versions: dict[str, Path]) -> None:
        """Write a line."""
        self._write("published", versions={name: path.name for name, path in versions.items()})

    def said(self, message: str) -> None:
        """Write a line."""
        self._write("said", message=message)

    def sweep_ended(self) -> None:
        """Write a line."""
        self._write("sweep_ended")

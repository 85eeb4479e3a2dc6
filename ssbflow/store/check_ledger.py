"""Checking the ledger: every segment, every page, every row."""

from pathlib import Path

from ssbflow.errors import StoreError
from ssbflow.store.current import Current
from ssbflow.store.findings import Finding, Kind
from ssbflow.store.layout import Store
from ssbflow.store.ledger import file_digest, segments
from ssbflow.store.recorded import Recorded
from ssbflow.store.salvage import rows_of


def check_ledger(store: Store, current: Current, recorded: Recorded) -> list[Finding]:
    """Return the segments that are damaged; what the whole rows say is added to what is recorded."""
    findings = []
    for path in segments(store):
        try:
            problem = _problem(path, current.ledger.get(path.name), recorded)
        except FileNotFoundError:
            continue  # merged into a newer one, which was read or is on its way: the rows are the same
        if problem:
            findings.append(Finding(path, Kind.SEGMENT, problem))
    return findings


def _problem(path: Path, sha256: str | None, recorded: Recorded) -> str:
    broken = 0
    try:
        digest = file_digest(path)
        for _, content in rows_of(path):
            if content:
                recorded.add(content)
            else:
                broken += 1
    except FileNotFoundError:
        raise
    except (OSError, StoreError):
        return "cannot be read"
    if broken:
        return f"{broken} of its rows are not what was sealed"
    return "is not the file that current.json lists" if sha256 not in (None, digest) else ""

"""Tables of what a check found and a repair did."""

from collections.abc import Iterable
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from ssbflow.store.findings import Finding


def findings_table(store: Path, findings: Iterable[Finding], title: str) -> Table:
    """What is wrong where, and what a repair does about it."""
    table = Table("what", "where", "is wrong", "repair", title=title, box=SIMPLE_HEAD)
    table.columns[1].overflow = "fold"  # the whole path, to be copied
    for finding in findings:
        path = finding.path.relative_to(store) if finding.path.is_relative_to(store) else finding.path
        table.add_row(finding.kind, str(path), finding.message, finding.remedy)
    return table

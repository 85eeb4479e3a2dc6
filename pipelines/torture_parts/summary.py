"""What came out of a trial, as a table."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from ssbflow.store import ledger
from torture_parts.trial import Trial
from torture_parts.verdict import leftovers


@dataclass(frozen=True)
class Result:
    """Numbers of a trial by name, and what must not be and was."""

    rows: dict[str, Any]
    violations: list[str]

    def table(self) -> Table:
        """Return all of it as a table."""
        table = Table("", "", title="torture of a store")
        for name, value in self.rows.items():
            table.add_row(name, str(value))
        table.add_row("violations", str(len(self.violations)))
        return table


def result_of(trial: Trial, seconds: float) -> Result:
    """Return what was noted in a trial that is over."""
    noted, acknowledged = trial.noted(), trial.acknowledged()
    publishes = [event for event in noted if event["event"] == "published"]
    reads = [event for event in noted if event["event"] == "read"]
    moved = Counter(event["moved"] for event in reads if event["kind"] == "linked")
    versions, segments = list(trial.store.versions.glob("v*.zarr")), ledger.segments(trial.store)
    newest = max(int(event["version"][1:7]) for event in publishes)
    rows = {
        "seconds": round(seconds, 1),
        "kills": _counted(event["role"] for event in noted if event["event"] == "killed"),
        "cases acknowledged": len(acknowledged),
        "publishes": len(publishes),
        "seconds of a publish, at most": max(event["seconds"] for event in publishes),
        "sweeps that the cube grew by": sum(event["event"] == "grown" for event in noted),
        "versions written, there now": f"{newest}, {len(versions)}",
        "segments written, there now": f"{int(segments[-1].stem[4:])}, {len(segments)}",
        "publishes that merged segments": sum(event["merged"] for event in publishes),
        "reads": _counted(event["kind"] for event in reads),
        "reads through the link, by how far it moved on": dict(sorted(moved.items())),
        "reads not judged: too slow": _counted(event["kind"] for event in noted if event["event"] == "not judged"),
        "disk full": _counted(event["role"].split()[0] for event in noted if event["event"] == "disk full"),
        "left by kills": leftovers(trial),
    }
    return Result(rows, trial.violated())


def _counted(names: Any) -> dict[str, int]:
    return dict(Counter(names))

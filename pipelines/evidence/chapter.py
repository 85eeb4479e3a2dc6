"""Statements that were tested, and the chapters of the page that they stand in."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib.pyplot as plt
from dask.distributed import Client
from matplotlib.figure import Figure

MARKS = {True: "yes", False: "**no**", None: "–"}


@dataclass(frozen=True)
class Check:
    """One statement.

    Parameters
    ----------
    statement : str
    target, got : str
        With their tolerance or error, as they are to be read.
    passed : bool or None
        None where something is told for which there is no target.
    source : str
        Of the target.
    note : str
        Why it fails, or what else one has to know.
    """

    statement: str
    target: str
    got: str
    passed: bool | None
    source: str
    note: str = ""


def near(
    statement: str, target: float, got: float, tolerance: float, source: str, *, digits: int = 3, note: str = ""
) -> Check:
    """Check that a number lies within a tolerance of its target."""
    wanted = f"{target:.{digits}f} ± {tolerance:.{digits}f}"
    return Check(statement, wanted, f"{got:.{digits}f}", bool(abs(got - target) <= tolerance), source, note)


def between(
    statement: str, low: float, high: float, got: float, source: str, *, digits: int = 3, note: str = ""
) -> Check:
    """Check that a number lies in a range."""
    wanted = f"{low:.{digits}f} to {high:.{digits}f}"
    return Check(statement, wanted, f"{got:.{digits}f}", bool(low <= got <= high), source, note)


@dataclass(frozen=True)
class Chapter:
    """A part of the page: statements, and the tables, figures and words that belong to them (Markdown).

    `commit` is that of the program which computed it; empty where it was not run from a checkout.
    """

    title: str
    checks: Sequence[Check]
    text: str = ""
    commit: str = ""

    def write(self, path: Path) -> None:
        """Keep the chapter as JSON until the page is made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Chapter":
        """Return a chapter that was kept."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**content, "checks": [Check(**check) for check in content["checks"]]})


@dataclass(frozen=True)
class Work:
    """Where a chapter computes and what it leaves there.

    Parameters
    ----------
    store : Path
        Store of the simulations; what is there already is not computed again.
    images : Path
        Folder of the page's pictures.
    client : dask.distributed.Client
    """

    store: Path
    images: Path
    client: Client

    def picture(self, figure: Figure, name: str, caption: str) -> str:
        """Save a figure; return the Markdown that shows it."""
        self.images.mkdir(parents=True, exist_ok=True)
        figure.savefig(self.images / f"{name}.png", dpi=130)
        plt.close(figure)
        return f"![{caption}](images/{name}.png)\n\n*{caption}*"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def checks_table(checks: Iterable[Check]) -> str:
    """Return statements with target, result and source as a Markdown table."""
    rows = ([c.statement, c.target, c.got, MARKS[c.passed], c.source, c.note] for c in checks)
    return table(["statement", "target", "got", "pass", "source", "note"], rows)

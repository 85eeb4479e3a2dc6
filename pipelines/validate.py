"""What this program agrees with, and what not: theory, numerics, calibration, prediction, reproducibility.

python pipelines/validate.py [CHAPTER …]      compute chapters (all of them if none is named), then write the page
python pipelines/validate.py --page-only      write docs/validation.md from the chapters that were computed

Simulations go into a store and are not repeated.
"""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evidence.chapter import Chapter, Work
from evidence.page import page
from ssbflow.flow.clients import connected
from ssbflow.store.source import git_commit

ROOT = Path(__file__).parents[1]
CHAPTERS = (
    "exact",
    "packings",
    "percolation",
    "bounds",
    "numerics",
    "calibration",
    "cathodes",
    "published_example",
    "trends",
    "reproducibility",
    "mutations",
)
console = Console()


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[CHAPTER]…", help=", ".join(CHAPTERS))] = None,
    results: Annotated[Path, typer.Option(help="Folder of the store and of the chapters.")] = Path(
        "results/validation"
    ),
    docs: Annotated[Path, typer.Option(help="Folder of the page.")] = ROOT / "docs",
    page_only: Annotated[bool, typer.Option("--page-only", help="Compute nothing.")] = False,
) -> None:
    """Compute chapters of the validation and write its page."""
    unknown = sorted(set(names or ()) - set(CHAPTERS))
    if unknown:
        raise typer.BadParameter(f"unknown chapters {unknown}; there are {', '.join(CHAPTERS)}")
    if not page_only:
        with connected("local") as client:
            work = Work(results / "store", docs / "images", client)
            for name in names or CHAPTERS:
                console.rule(name)
                computed = import_module(f"evidence.{name}").chapter(work)
                replace(computed, commit=git_commit()).write(results / f"{name}.json")
    found = {name: results / f"{name}.json" for name in CHAPTERS}
    chapters = {name: Chapter.read(path) for name, path in found.items() if path.is_file()}
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "validation.md").write_text(page(chapters), encoding="utf-8")
    console.print(f"written: {docs / 'validation.md'}", soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)

"""The published Example 1, run as published, beside what was published; and its picture.

python pipelines/example_1.py [STORE] [PICTURE]

How it changes with the drive and with a calibrated stiffness: docs/validation.md.
"""

import sys
from pathlib import Path

import xarray as xr
from rich.console import Console
from rich.table import Table

import ssbflow
from evidence.published_example import ROWS, SWEEP
from ssbflow.flow.clients import connected
from ssbflow.flow.events import ProgressBar
from ssbflow.views.cross_section import draw_case

ROOT = Path(__file__).parents[1]


def beside_published(cube: xr.Dataset) -> Table:
    """Return published and computed values, mean ± standard deviation over the seeds."""
    table = Table("", "published", "ours", title=f"Example 1 of US 2025/0265390 A1, {cube.sizes['seed']} seeds")
    for name, meaning, published, digits in ROWS:
        values = cube[name].isel(composition=0, distribution=0)
        table.add_row(meaning, published, f"{float(values.mean()):.{digits}f} ± {float(values.std(ddof=1)):.{digits}f}")
    return table


def main(store: Path, picture: Path) -> None:
    with connected("local") as client:
        summary = ssbflow.run(ssbflow.load_sweep(SWEEP), store, client, callbacks=[ProgressBar()])
    cube = ssbflow.open_cube(store).load()
    Console(width=120).print(beside_published(cube))
    draw_case(store, cube["case_id"][0, 0, 0].item(), picture)
    print(f"picture: {picture}")
    sys.exit(1 if summary.failed else 0)


if __name__ == "__main__":
    defaults = ["results/example_1", str(ROOT / "docs" / "images" / "example_1.png")]
    given_paths = sys.argv[1:3]
    main(*(Path(path) for path in given_paths + defaults[len(given_paths) :]))

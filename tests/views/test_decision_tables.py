import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from rich.console import Console

from ssbflow.design.race import Race
from ssbflow.design.selection import best
from ssbflow.flow.batch import RunSummary
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import DIMS
from ssbflow.views.race_table import race_table
from ssbflow.views.sensitivity_table import sensitivity_table
from ssbflow.views.tables import selection_table


def shown(table: Any) -> list[str]:
    """The lines of a table in a terminal of 80 columns, with single spaces."""
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(table)
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 80
    return [" ".join(line.split()) for line in lines]


def cube() -> xr.Dataset:
    values = np.array([[[1.0, 1.2, 1.4]], [[2.0, 2.2, 2.4]], [[3.0, 3.2, 3.4]]])
    names = ("porosity", "utilization", "tortuosity_geodesic_median", "percolates")
    return xr.Dataset(
        {"status": (DIMS, np.full((3, 1, 3), STATUS["ok"], dtype=np.int8)), **dict.fromkeys(names, (DIMS, values))},
        coords={
            "composition": np.array(["a", "b", "c"], dtype=object),
            "distribution": np.array(["fine"], dtype=object),
            "seed": [1, 2, 3],
            "eam_wt": ("composition", [0.6, 0.7, 0.8]),
        },
    )


def test_selections_show_the_interval_of_the_mean() -> None:
    lines = shown(selection_table(best(cube(), maximize="porosity")))
    assert any(line.startswith("c/fine 3.2 ± 0.2 ± 0.5 ") for line in lines)


def test_sensitivity_shows_shares_and_slopes() -> None:
    lines = shown(sensitivity_table(best(cube(), maximize="porosity").sensitivity()))
    assert "variance of porosity: composition" in lines[0]
    assert any(line.startswith("eam_wt +1.00 ± 0.00 +1.00") for line in lines)


def test_a_race_shows_who_left_when_and_why() -> None:
    index = pd.MultiIndex.from_tuples([("a", "fine"), ("b", "fine")], names=["composition", "distribution"])
    table = pd.DataFrame(
        {
            "porosity": [0.2, 0.3],
            "error": [0.01, 0.0],
            "seeds": [5, 3],
            "cases": [5, 3],
            "behind": [0.0, 0.1],
            "standing": ["best", "worse"],
            "left_in_round": pd.array([None, 2], dtype="Int64"),
        },
        index=index,
    )
    summary = RunSummary(20, 8, 0, 8, 0, 12, (), Path("store"), "a.b", 1.0)
    lines = shown(race_table(Race(table, "porosity", False, None, 2, summary)))
    assert "a/fine after 8 of 20 cases (40%); 1 best, 1 worse" in " ".join(lines[:2])
    assert "a/fine 0.2 ± 0.01 0 5 best" in lines
    assert "b/fine 0.3 0.1 3 2 worse" in lines

"""How a race ended, for the terminal."""

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from ssbflow.design.race import Race

MOST_ROWS = 15


def race_table(race: Race) -> Table:
    """The designs of a race, the best first: how far behind each was, and when and why it left."""
    table = Table(title=str(race), box=SIMPLE_HEAD)
    table.add_column("design", no_wrap=True)
    table.add_column(race.objective, justify="right", max_width=16, overflow="fold")
    for name in ("behind", "cases", "left in round"):
        table.add_column(name, justify="right")
    table.add_column("standing")
    for design, (_, row) in zip(race.labels, race.table.iloc[:MOST_ROWS].iterrows(), strict=False):
        left = "" if pd.isna(row["left_in_round"]) else str(row["left_in_round"])
        mean = f"{row[race.objective]:.4g}" + (f" ± {row['error']:.2g}" if row["error"] > 0 else "")
        table.add_row(design, mean, f"{row['behind']:.3g}", str(row["cases"]), left, row["standing"])
    if len(race.table) > MOST_ROWS:
        table.caption = f"and {len(race.table) - MOST_ROWS} more"
    return table

"""Which input moves a result, for the terminal."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from ssbflow.design.sensitivity import Sensitivity


def sensitivity_table(found: Sensitivity) -> Table:
    """Shares of the variance, and how the result goes with each numeric input."""
    table = Table(title=str(found), box=SIMPLE_HEAD)
    table.add_column("input")
    table.add_column("slope, standardized", justify="right")
    table.add_column("rank correlation", justify="right")
    for name, row in found.inputs.iterrows():
        slope = f"{row['slope']:+.2f} ± {row['slope_error']:.2f}"
        table.add_row(str(name), slope, f"{row['rank_correlation']:+.2f}")
    return table

"""Tables of what target loops tried, for the terminal."""

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Table

from ssbflow.design.target_loop import Approach


def approaches_table(approaches: list[Approach]) -> Table:
    """What a target loop tried, iteration by iteration."""
    low, high = approaches[0].window
    table = Table(title=f"weight fraction of EAM, wanted {low:g} to {high:g}", box=SIMPLE_HEAD)
    table.add_column("design")
    for name in ("iteration", "as mixed", "pressed and cropped"):
        table.add_column(name, justify="right")
    for approach in approaches:
        for number, one in enumerate(approach.iterations, 1):
            share = f"{one.eam_wt_final:.4f}" + ("" if np.isnan(one.error) else f" ± {one.error:.4f}")
            table.add_row(approach.design if number == 1 else "", str(number), f"{one.eam_wt:.4f}", share)
    return table

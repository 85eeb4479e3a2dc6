"""What objectives may name beside the variables of a cube: energies, and costs where prices are given."""

import xarray as xr

from ssbflow.design import cost, energy
from ssbflow.design.cost import with_costs
from ssbflow.design.energy import NEEDED, with_energies
from ssbflow.inputs.cell import Cell

VARIABLES = (*energy.VARIABLES, *cost.VARIABLES)


def completed(cube: xr.Dataset, cell: Cell | None = None) -> xr.Dataset:
    """Return a cube with energies: of a cell, otherwise as the cube has them, or of the electrode if it can tell.

    With a cell that has prices, also with costs.
    """
    if cell is not None and cell.prices is not None:
        return with_costs(cube, cell)
    if cell is not None or ("specific_energy" not in cube and set(NEEDED) <= set(cube.variables)):
        return with_energies(cube, cell)
    return cube

"""Costs: what the materials of a design cost, per area and per energy, where prices are given."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from ssbflow.design.energy import Level, masses_beside, with_energies
from ssbflow.errors import InputError
from ssbflow.inputs.cell import Cell, Prices
from ssbflow.inputs.composition import COMPONENTS
from ssbflow.variable import Variable

VARIABLES = (
    Variable("areal_cost", "{currency} m-2", "price of the materials per cross-section"),
    Variable("energy_cost", "{currency} kWh-1", "price of the materials over energy"),
)
KG_M2 = 0.01  # of 1 mg/cm²
KWH_M2 = 0.01  # of 1 mWh/cm²


def with_costs(cube: xr.Dataset, cell: Cell, level: Level = "cell") -> xr.Dataset:
    """Return a cube with costs of every case beside its variables and energies.

    All that is mixed in counts, utilized or not; making, casing and waste do not.

    Parameters
    ----------
    cube : xarray.Dataset
        As `open_cube` gives it.
    cell : Cell
        With prices. Its negative electrode is sized as for `with_energies`.
    level : str
        ``electrode``: the pressed composite alone; ``stack`` and ``cell``: with what stands beside it.

    Returns
    -------
    xarray.Dataset
        With what `with_energies` gives, ``areal_cost`` (currency m-2) and ``energy_cost`` (currency kWh-1), whose
        attribute ``level`` says of what; infinite where nothing is utilized.

    Raises
    ------
    InputError
        The cell has no prices, or none of something that is in the design; or as `with_energies`.
    """
    if cell.prices is None:
        raise InputError(f"cell {cell.name} has no prices: add prices: {{currency: …, per_kg: {{…}}, source: …}}")
    whole = with_energies(cube, cell, level)
    cost = sum(_of_components(whole, cell.prices), xr.zeros_like(whole["areal_mass"]))
    if level != "electrode":
        beside = masses_beside(whole["areal_capacity"], cell)
        cost = cost + sum(mass * cell.prices.of(part) for part, mass in beside.items())
    values = (KG_M2 * cost, KG_M2 * cost / (KWH_M2 * whole["areal_energy"]))
    about = {"level": level, "cell": cell.name, "source": cell.prices.source}
    found = {}
    for variable, value in zip(VARIABLES, values, strict=True):
        units = variable.units.format(currency=cell.prices.currency)
        found[variable.name] = value.drop_attrs().assign_attrs({**variable.attributes({}), **about, "units": units})
    return whole.assign(found)


def _of_components(cube: xr.Dataset, prices: Prices) -> Iterator[xr.DataArray]:
    """Yield mass times price of each component of the electrode, (mg/cm²) · (currency/kg)."""
    for component in COMPONENTS:
        share = cube[f"{component}_wt"]
        names = cube.get(f"{component}_material", xr.full_like(share, component, dtype=object)).values
        held = share.values > 0  # the price of what is not there is not asked for
        paid = [prices.of(str(name)) if there else 0.0 for name, there in zip(names, held, strict=True)]
        yield cube["areal_mass"] * share * xr.DataArray(np.array(paid), dims=share.dims)

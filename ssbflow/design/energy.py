"""Energies: what the utilized EAM of a design gives, per mass and volume of electrode, stack or cell."""

from typing import Literal

import numpy as np
import xarray as xr

from ssbflow.errors import InputError
from ssbflow.inputs.cell import Cell, counter_of
from ssbflow.variable import Variable

Level = Literal["electrode", "stack", "cell"]
LEVELS: tuple[Level, ...] = ("electrode", "stack", "cell")

VARIABLES = (
    Variable("areal_capacity", "mAh cm-2", "capacity of the utilized EAM per cross-section"),
    Variable("areal_energy", "mWh cm-2", "areal capacity times mean discharge voltage"),
    Variable("specific_energy", "Wh kg-1", "energy over mass"),
    Variable("energy_density", "Wh L-1", "energy over volume, under load"),
)
NEEDED = ("eam_wt_final", "areal_mass", "height", "utilization", "eam_capacity", "eam_mean_voltage")
MG_CM2_PER_UM = 0.1  # of a density of 1 g/cm³
OHMIC_MV = 10 / 3 * 1e-3  # mA/cm² · µm / (S/m) → mV, and a third: the current grows linearly through the electrode


def with_energies(cube: xr.Dataset, cell: Cell | None = None, level: Level | None = None) -> xr.Dataset:
    """Return a cube with energies of every case beside its variables; lazy where the cube is.

    Parameters
    ----------
    cube : xarray.Dataset
        As `open_cube` gives it.
    cell : Cell, optional
        What stands beside the electrode; needed for stack and cell. Its negative electrode is sized by the capacity of
        the utilized EAM.
    level : str, optional
        ``electrode``: the pressed composite alone, against lithium whose mass is not counted; ``stack``: with
        separator, negative electrode and collectors; ``cell``: with the casing too. ``cell`` if a cell is given, else
        ``electrode``.

    Returns
    -------
    xarray.Dataset
        With ``areal_capacity`` (mAh cm-2), ``areal_energy`` (mWh cm-2), ``specific_energy`` (Wh kg-1) and
        ``energy_density`` (Wh L-1), whose attribute ``level`` says of what; NaN where the EAM's material has no
        capacity or voltage.

    Raises
    ------
    InputError
        An unknown level, a stack or cell without a cell, a cell without a negative electrode or with one above the
        positive one's voltage, or a cube without what is needed.
    """
    at = level or ("electrode" if cell is None else "cell")
    if at not in LEVELS:
        raise InputError(f"level {at!r} is none; give one of {', '.join(LEVELS)}")
    if at != "electrode" and cell is None:
        raise InputError(f"the energy of a {at} needs a cell: what stands beside the electrode")
    missing = [name for name in NEEDED if name not in cube.variables]
    if missing:
        raise InputError(f"the cube has no {', '.join(missing)}; publish it again: ssbflow publish STORE")
    capacity = cube["areal_mass"] * cube["eam_wt_final"] * cube["eam_capacity"] * cube["utilization"] / 1000
    voltage, mass, thickness = _beside(capacity, cube["eam_mean_voltage"], cell if at != "electrode" else None)
    mass, thickness = mass + cube["areal_mass"], thickness + cube["height"]
    if at == "cell" and cell is not None:
        mass, thickness = mass / (1 - cell.casing_mass_fraction), thickness / (1 - cell.casing_volume_fraction)
    energy = capacity * voltage
    values = (capacity, energy, 1000 * energy / mass, 1e4 * energy / thickness)
    about = {"level": at, **({} if cell is None or at == "electrode" else {"cell": cell.name})}
    found = {}
    for variable, value in zip(VARIABLES, values, strict=True):
        plain = value.transpose(*cube["utilization"].dims).drop_attrs()  # arithmetic keeps those of what went in
        found[variable.name] = plain.assign_attrs({**variable.attributes({}), **about})
    return cube.assign(found)


def polarization_mv(cube: xr.Dataset, current_ma_cm2: float) -> xr.DataArray:
    """Return the ohmic polarization at a current density: a proxy of the rate that a design stands.

    The reaction is taken as even through the electrode, as long as the polarization is small: the mean loss is
    i L / 3 (1 / σ_ionic + 1 / σ_electronic), a third of that of a current that goes all the way.

    Parameters
    ----------
    cube : xarray.Dataset
    current_ma_cm2 : float

    Returns
    -------
    xarray.DataArray
        mV; infinite where one of the conductivities is zero.

    Raises
    ------
    InputError
        The current is not above 0.
    """
    if not (current_ma_cm2 > 0 and np.isfinite(current_ma_cm2)):
        raise InputError(f"current_ma_cm2 must be above 0 and finite; got {current_ma_cm2}")
    resistance = 1 / cube["conductivity_ionic_effective"] + 1 / cube["conductivity_electronic_effective"]
    found: xr.DataArray = OHMIC_MV * current_ma_cm2 * cube["height"] * resistance
    return found.rename("polarization").assign_attrs(
        units="mV", long_name=f"ohmic polarization at {current_ma_cm2:g} mA/cm²"
    )


def masses_beside(capacity: xr.DataArray, cell: Cell) -> dict[str, xr.DataArray | float]:
    """Return the areal mass (mg/cm²) of each part of a cell but the positive electrode and the casing.

    Parameters
    ----------
    capacity : xarray.DataArray
        Of the positive electrode (mAh/cm²).
    cell : Cell

    Raises
    ------
    InputError
        The cell has no negative electrode.
    """
    counter = counter_of(cell)
    layers = {
        name: layer.share * layer.thickness_um * layer.density_g_cm3 * MG_CM2_PER_UM
        for name, layer in cell.layers.items()
    }
    return {**layers, "counter": counter.n_p_ratio * 1000 * capacity / counter.capacity_mah_g}


def _beside(
    capacity: xr.DataArray, voltage: xr.DataArray, cell: Cell | None
) -> tuple[xr.DataArray, xr.DataArray | float, xr.DataArray | float]:
    """Return voltage (V), and mass (mg/cm²) and thickness (µm) of what stands beside the electrode."""
    if cell is None:
        return voltage, 0.0, 0.0
    counter, lowest = counter_of(cell), float(voltage.min())
    if lowest <= counter.mean_voltage_v:
        raise InputError(
            f"cell {cell.name}: the negative electrode's {counter.mean_voltage_v:g} V is not below the positive "
            f"one's {lowest:g} V; take another cell, or leave these compositions out"
        )
    masses = masses_beside(capacity, cell)
    thickness = sum(layer.share * layer.thickness_um for layer in cell.layers.values())
    counter_um = masses["counter"] / (counter.density_g_cm3 * MG_CM2_PER_UM)
    return voltage - counter.mean_voltage_v, sum(masses.values()), counter_um + thickness

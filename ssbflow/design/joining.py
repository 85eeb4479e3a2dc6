"""Joining two simulated electrodes to a cell by their capacities."""

import math

from ssbflow.design.energy import MG_CM2_PER_UM
from ssbflow.design.stored_design import StoredDesign
from ssbflow.errors import InputError, SelectionError
from ssbflow.inputs.cell import COMPOSITE_ANODE, Cell, CounterElectrode, counter_of, load_cell

N_P_RATIO = 1.1
"""A usual one: a tenth more than what comes over, so that no lithium is plated."""


def check_n_p_ratio(n_p_ratio: float) -> None:
    """Refuse a ratio of areal capacities with which lithium would be plated.

    Raises
    ------
    InputError
        It is below 1, or no number.
    """
    if not (n_p_ratio >= 1 and math.isfinite(n_p_ratio)):
        raise InputError(
            f"the N/P ratio must be 1 or more; got {n_p_ratio:g}: the negative electrode would not take all that the "
            "positive one gives, and lithium would be plated"
        )


def joined_cell(cell: Cell | None, anode: StoredDesign, n_p_ratio: float | None) -> Cell:
    """Return a cell, the shipped one for it if none is given, with a simulated negative electrode.

    Raises
    ------
    SelectionError
        Nothing is known of what this electrode gives.
    """
    beside = load_cell(COMPOSITE_ANODE) if cell is None else cell
    counter = simulated_counter(anode, N_P_RATIO if n_p_ratio is None else n_p_ratio)
    return beside.replace(counter=counter)


def scale_of(cathode: StoredDesign, anode: StoredDesign, cell: Cell) -> float:
    """Return by what the simulated areal mass of a negative electrode has to be scaled, to meet the cell's N/P ratio.

    Raises
    ------
    SelectionError
        One of the two gives no capacity to join by.
    """
    gives, takes = (utilized_capacity(design) for design in (cathode, anode))
    return counter_of(cell).n_p_ratio * gives / takes


def simulated_counter(anode: StoredDesign, n_p_ratio: float) -> CounterElectrode:
    """Return a simulated negative electrode as what stands beside a positive one: a layer of any thickness.

    Its capacity is that of the utilized EAM over the mass of the whole composite, its density that of the composite
    under load: what is scaled is the thickness, at the porosity and utilization of the simulated one.

    Parameters
    ----------
    anode : StoredDesign
    n_p_ratio : float
        Areal capacity of its utilized EAM over that of the positive electrode.

    Raises
    ------
    SelectionError
        Its material has no capacity or voltage, or none of it is utilized.
    """
    capacity = utilized_capacity(anode)
    voltage = anode.composition.eam.mean_voltage_v
    if voltage is None:
        raise SelectionError(f"{anode.composition.eam.name} has no mean_voltage_v: nothing is known of a cell with it")
    return CounterElectrode(
        mean_voltage_v=voltage,
        capacity_mah_g=1000 * capacity / anode.row["areal_mass"],
        density_g_cm3=anode.row["areal_mass"] / (MG_CM2_PER_UM * anode.row["height"]),
        n_p_ratio=n_p_ratio,
        source=f"simulated: {anode.label} of {anode.provenance.store}",
    )


def utilized_capacity(design: StoredDesign) -> float:
    """Return the areal capacity of a design's utilized EAM (mAh/cm²), which must be known and above zero.

    Raises
    ------
    SelectionError
        It is not.
    """
    capacity = float(design.row["areal_capacity"])
    if math.isnan(capacity):
        raise SelectionError(
            f"{design.composition.eam.name}, the EAM of {design.label}, has no capacity_mah_g to join by"
        )
    if capacity == 0:
        raise SelectionError(f"{design.label} utilizes none of its EAM: it gives no capacity to join by")
    return capacity

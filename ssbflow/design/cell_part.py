"""What stands beside the simulated electrodes of a recipe, and the energies of the whole."""

from ssbflow.design.card import CellPart, Electrode, Energies, Layer
from ssbflow.design.electrode import Amount
from ssbflow.design.energy import LEVELS, MG_CM2_PER_UM, with_energies
from ssbflow.design.expected import Expected
from ssbflow.design.stored_design import StoredDesign
from ssbflow.inputs.cell import Cell, counter_of

NAMES = {
    "separator": "separator",
    "collector_positive": "positive collector",
    "collector_negative": "negative collector",
}


def energies_of(cathode: StoredDesign, cell: Cell | None) -> tuple[Energies, ...]:
    """Return the energies at every level that is known: without a cell, of the electrode alone."""
    found = []
    for level in LEVELS if cell else LEVELS[:1]:
        row = cathode.row_in(with_energies(cathode.cube, cell, level))
        found.append(
            Energies(
                level=level,
                areal_energy_mwh_cm2=Expected.of(row, "areal_energy"),
                specific_energy_wh_kg=Expected.of(row, "specific_energy"),
                energy_density_wh_l=Expected.of(row, "energy_density"),
            )
        )
    return tuple(found)


def cell_part(cell: Cell, cathode: Electrode, anode: Electrode | None, amount: Amount) -> CellPart:
    """Write down the layers beside the simulated electrodes.

    Parameters
    ----------
    cell : Cell
    cathode : Electrode
    anode : Electrode or None
        The cell's negative electrode where that is a simulated one, and no layer.
    amount : Amount
    """
    counter, gives = counter_of(cell), cathode.areal_capacity_mah_cm2.mean
    layers = [
        _layer(name, layer.thickness_um, layer.density_g_cm3, layer.share, layer.source, amount)
        for name, layer in ((NAMES[field], layer) for field, layer in cell.layers.items())
    ]
    if anode is None and gives is not None:
        areal_mass = 1000 * counter.n_p_ratio * gives / counter.capacity_mah_g
        thickness = areal_mass / (counter.density_g_cm3 * MG_CM2_PER_UM)
        layers.append(_layer("negative electrode", thickness, counter.density_g_cm3, 1, counter.source, amount))
    is_whole, voltage = gives is not None, cathode.mean_voltage_v
    simulated = [one for one in (cathode, anode) if one]
    return CellPart(
        name=cell.name,
        layers=tuple(layers),
        n_p_ratio=counter.n_p_ratio,
        mean_voltage_v=None if voltage is None else voltage - counter.mean_voltage_v,
        stack_areal_mass_mg_cm2=_stack_mass(simulated, layers) if is_whole else None,
        stack_thickness_um=_stack_thickness(simulated, layers) if is_whole else None,
        casing_mass_fraction=cell.casing_mass_fraction,
        casing_volume_fraction=cell.casing_volume_fraction,
        casing_source=cell.casing_source,
    )


def _stack_mass(electrodes: list[Electrode], layers: list[Layer]) -> float:
    return sum(e.areal_mass_mg_cm2 for e in electrodes) + sum(one.share * one.areal_mass_mg_cm2 for one in layers)


def _stack_thickness(electrodes: list[Electrode], layers: list[Layer]) -> float:
    known = [e.thickness_um.mean for e in electrodes if e.thickness_um.mean is not None]
    return sum(known) + sum(one.share * one.thickness_um for one in layers)


def _layer(name: str, thickness_um: float, density: float, share: float, source: str, amount: Amount) -> Layer:
    areal_mass = thickness_um * density * MG_CM2_PER_UM
    return Layer(
        name=name,
        thickness_um=thickness_um,
        areal_mass_mg_cm2=areal_mass,
        share=share,
        mg_per_cell=areal_mass * amount.electrode_area_cm2,
        source=source,
    )

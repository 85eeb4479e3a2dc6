"""The recipe of one electrode: what to weigh, how to press, what to expect."""

from dataclasses import dataclass
from typing import Any

import xarray as xr

from ssbflow.design.card import Electrode, Powder, Tolerance
from ssbflow.design.constraints import fulfilling, what_is_missed
from ssbflow.design.energy import with_energies
from ssbflow.design.expected import Expected
from ssbflow.design.expression import Expression
from ssbflow.design.stored_design import StoredDesign, table_of
from ssbflow.design.tolerance import sizes_of, tolerance
from ssbflow.errors import SelectionError
from ssbflow.inputs.cell import Cell
from ssbflow.inputs.distributions.base import Basis, SizeDistribution

OTHER_BASIS: dict[Basis, Basis] = {"number": "volume", "volume": "number"}


@dataclass(frozen=True)
class Amount:
    """Area of one electrode (cm²), and how many are made."""

    electrode_area_cm2: float
    cells: float


def full_capacity(design: StoredDesign) -> Expected:
    """Return the areal capacity (mAh/cm²) if all of the EAM were utilized."""
    used_up = design.cube.assign(utilization=xr.ones_like(design.cube["utilization"]))
    capacity = with_energies(used_up)[["areal_capacity", "status"]]
    return Expected.of(design.row_in(capacity), "areal_capacity")


def tolerances(design: StoredDesign, cube: xr.Dataset, condition: Expression | None) -> dict[str, Tolerance]:
    """Return how far the powder of each species may differ while a condition holds; nothing without a condition.

    Parameters
    ----------
    design : StoredDesign
    cube : xarray.Dataset
        Its own, with energies.
    condition : Expression, optional

    Raises
    ------
    InputError
        The condition gives numbers, or compares numbers with texts.
    SelectionError
        It names what the cube does not have, or the design itself does not fulfil it.
    """
    if condition is None:
        return {}
    table = table_of(cube, condition)
    holds = fulfilling(table, condition)
    if not holds[design.labels]:
        missed = what_is_missed(table.loc[[design.labels]], condition.text)
        raise SelectionError(
            f"{design.label} does not fulfil {condition.text!r}, misses {missed}; loosen the condition"
        )
    distributions = holds.index.get_level_values("distribution")
    is_feasible = {str(name): bool(held) for name, held in zip(distributions, holds, strict=True)}
    fractions = design.composition.weight_percent.fractions()
    return {
        species: tolerance(species, design.labels[1], design.distributions, is_feasible, condition.text)
        for species in ("eam", "se")
        if fractions[species] > 0
    }


def electrode(
    design: StoredDesign, amount: Amount, condition: Expression | None, cell: Cell | None = None, scaled_by: float = 1
) -> Electrode:
    """Write the recipe of an electrode.

    Parameters
    ----------
    design : StoredDesign
    amount : Amount
    condition : Expression or None
        What makes a design feasible: how far the powders may differ.
    cell : Cell, optional
        That the energies in the condition are of.
    scaled_by : float
        Of areal mass, thickness and capacity; porosity and utilization stay as simulated.

    Raises
    ------
    InputError, SelectionError
        As `tolerances`.
    """
    row = design.row
    tolerated = tolerances(design, with_energies(design.cube, cell), condition)
    areal_mass = scaled_by * float(row["areal_mass"])
    full = full_capacity(design).times(scaled_by)
    return Electrode(
        side=design.side,
        design=design.label,
        powders=tuple(_powders(design, areal_mass, amount, tolerated)),
        areal_mass_mg_cm2=areal_mass,
        scaled_by=scaled_by,
        pressure_mpa=design.protocol.press.pressure_mpa,
        stiffness_scale=design.protocol.press.stiffness_scale,
        protocol_source=design.protocol.source,
        eam_weight_fraction=Expected.of(row, "eam_wt_final").within(0, 1),
        thickness_um=Expected.of(row, "height").times(scaled_by),
        thickness_released_um=_released(row, scaled_by),
        porosity=Expected.of(row, "porosity_with_additives").within(0, 1),
        utilization=Expected.of(row, "utilization").within(0, 1),
        tortuosity_median=Expected.of(row, "tortuosity_geodesic_median").within(1),
        areal_capacity_mah_cm2=Expected.of(row, "areal_capacity").times(scaled_by),
        areal_capacity_full_mah_cm2=full.mean,
        mean_voltage_v=design.composition.eam.mean_voltage_v,
        seeds=len(design.provenance.case_ids),
        provenance=design.provenance,
    )


def _released(row: dict[str, Any], scaled_by: float) -> Expected | None:
    found = Expected.of(row, "height_released").times(scaled_by) if "height_released" in row else None
    return found if found and found.mean is not None else None


def _powders(design: StoredDesign, areal_mass: float, amount: Amount, tolerated: dict[str, Tolerance]) -> list[Powder]:
    found = []
    for component, share in design.composition.weight_percent.fractions().items():
        if share == 0:
            continue
        per_cell = areal_mass * share * amount.electrode_area_cm2
        found.append(
            Powder(
                component=component,
                material=getattr(design.composition, component).name,
                weight_percent=100 * share,
                mg_per_cell=per_cell,
                mg_per_batch=per_cell * amount.cells,
                **_of_particles(getattr(design.distribution, component, None)),
                tolerance=tolerated.get(component),
            )
        )
    return found


def _of_particles(powder: SizeDistribution | None) -> dict[str, Any]:
    """Return what only powders of particles have: a law and percentiles."""
    if powder is None:
        return {}
    return {
        "law": getattr(powder, "kind", None),
        "sizes": sizes_of(powder, powder.basis),
        "converted": sizes_of(powder, OTHER_BASIS[powder.basis]),
    }

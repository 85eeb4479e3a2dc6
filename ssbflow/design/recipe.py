"""The recipe of an electrode: what to weigh, how to press, what to expect."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ssbflow.design.table import design_table
from ssbflow.errors import InputError, SelectionError
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.protocol import Protocol
from ssbflow.store.layout import Store
from ssbflow.store.opening import open_cube
from ssbflow.store.publish import stored_grid


@dataclass(frozen=True)
class Expected:
    """A mean over seeds and its standard deviation (NaN for one seed)."""

    mean: float
    std: float

    def __str__(self) -> str:
        return f"{self.mean:.3g}" if pd.isna(self.std) else f"{self.mean:.3g} ± {self.std:.2g}"


@dataclass(frozen=True)
class Recipe:
    """How to make one electrode.

    Parameters
    ----------
    design : str
        COMPOSITION/DISTRIBUTION.
    powders : dict
        Component → material and powder, in words.
    mass_mg : dict
        Component → mass to weigh (mg).
    area_cm2 : float
        That the batch makes at this areal mass.
    areal_mass_mg_cm2, pressure_mpa : float
    thickness_um, porosity, utilization, tortuosity_median : Expected
        Of the simulated electrode under load; porosity with carbon and binder filling pores.
    areal_capacity_mah_cm2, areal_capacity_used_mah_cm2 : float or None
        Of all EAM, and of the utilized EAM; None where the material has no capacity.
    seeds : int
        That the expectations rest on.
    """

    design: str
    powders: dict[str, str]
    mass_mg: dict[str, float]
    area_cm2: float
    areal_mass_mg_cm2: float
    pressure_mpa: float
    thickness_um: Expected
    porosity: Expected
    utilization: Expected
    tortuosity_median: Expected
    areal_capacity_mah_cm2: float | None
    areal_capacity_used_mah_cm2: float | None
    seeds: int

    @property
    def total_mg(self) -> float:
        """Mass of the whole batch (mg)."""
        return sum(self.mass_mg.values())


def recipe(
    store: str | Path,
    cathode: str,
    *,
    batch_g: float | None = None,
    area_cm2: float | None = None,
    cube: str | None = None,
) -> Recipe:
    """Write the recipe of a design.

    Parameters
    ----------
    store : path
    cathode : str
        Label of the design, COMPOSITION/DISTRIBUTION.
    batch_g : float, optional
        Mass of powder to mix (g).
    area_cm2 : float, optional
        Area of electrode to make (cm²); 1 cm² if neither is given.
    cube : str, optional
        Name of the cube; the store's default one if left out.

    Raises
    ------
    InputError
        Both a batch and an area, or one that is not above 0.
    SelectionError
        No such design, or none of its cases ended well.
    """
    _check_amount(batch_g, area_cm2)
    layout = Store(Path(store))
    grid = stored_grid(layout, cube)
    table = design_table(open_cube(store, cube))
    labels = tuple(cathode.split("/"))
    if len(labels) != 2 or labels not in table.index:
        known = ", ".join(f"{composition}/{distribution}" for composition, distribution in table.index)
        raise SelectionError(f"no design {cathode!r} with cases that ended well; there are {known}")
    composition, distribution = grid.compositions[labels[0]], grid.distributions[labels[1]]
    sizes = {
        "eam": f"D50 {distribution.eam.median_um:.3g} µm ({distribution.eam.kind}, by {distribution.eam.basis})",
        "se": f"D50 {distribution.se.median_um:.3g} µm ({distribution.se.kind}, by {distribution.se.basis})",
    }
    return _written(cathode, composition, sizes, grid.protocol, table.loc[[labels]].iloc[0], batch_g, area_cm2)


def _written(
    design: str,
    composition: Composition,
    sizes: dict[str, str],
    protocol: Protocol,
    row: "pd.Series[float]",
    batch_g: float | None,
    area_cm2: float | None,
) -> Recipe:
    areal_mass = float(row["areal_mass"])
    area = 1000 * batch_g / areal_mass if batch_g else area_cm2 or 1.0
    fractions = {name: share for name, share in composition.weight_percent.fractions().items() if share > 0}
    materials = {name: getattr(composition, name) for name in fractions}
    capacity = None
    if composition.eam.capacity_mah_g and "eam" in fractions:
        capacity = areal_mass / 1000 * fractions["eam"] * composition.eam.capacity_mah_g
    utilization = _expected(row, "utilization")
    return Recipe(
        design=design,
        powders={name: ", ".join(filter(None, [materials[name].name, sizes.get(name)])) for name in fractions},
        mass_mg={name: areal_mass * area * share for name, share in fractions.items()},
        area_cm2=area,
        areal_mass_mg_cm2=areal_mass,
        pressure_mpa=protocol.press.pressure_mpa,
        thickness_um=_expected(row, "height"),
        porosity=_expected(row, "porosity_with_additives"),
        utilization=utilization,
        tortuosity_median=_expected(row, "tortuosity_geodesic_median"),
        areal_capacity_mah_cm2=capacity,
        areal_capacity_used_mah_cm2=capacity and capacity * utilization.mean,
        seeds=int(row["seeds_ok"]),
    )


def _expected(row: "pd.Series[float]", name: str) -> Expected:
    return Expected(float(row[name]), float(row[f"{name}_std"]))


def _check_amount(batch_g: float | None, area_cm2: float | None) -> None:
    if batch_g is not None and area_cm2 is not None:
        raise InputError("give the mass of a batch or the area of an electrode, not both")
    for name, amount in (("batch mass", batch_g), ("area", area_cm2)):
        if amount is not None and not amount > 0:
            raise InputError(f"{name} must be above 0; got {amount:g}")

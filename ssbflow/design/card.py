"""The cell card: all that a recipe says, as one model that is written as JSON, Markdown or a table."""

from typing import Literal

from pydantic import Field

from ssbflow.design.energy import Level
from ssbflow.design.expected import Expected, Known, Told
from ssbflow.inputs.distributions.base import Basis

Side = Literal["positive", "negative"]


class Sizes(Told):
    """Percentiles of a powder's diameters (µm), by the number or the volume of its particles."""

    basis: Basis
    d5_um: float
    d50_um: float
    d95_um: float


class Tolerance(Told):
    """How far a powder may differ while the design stays feasible, as far as the store knows.

    Parameters
    ----------
    where : str
        What feasible means.
    fulfilling, failing : tuple of str
        Labels of the neighbouring distributions: those of the store, at this composition, that differ in this powder
        alone. Fulfilling are those that no failing one parts from the design, by D50.
    d5_um, d50_um, d95_um : (float, float) or None
        Lowest and highest of the design and its fulfilling neighbours; None where there are none of these.
    """

    where: str
    fulfilling: tuple[str, ...]
    failing: tuple[str, ...]
    d5_um: tuple[float, float] | None
    d50_um: tuple[float, float] | None
    d95_um: tuple[float, float] | None

    @property
    def neighbours(self) -> int:
        """How many there are; none says nothing of a tolerance."""
        return len(self.fulfilling) + len(self.failing)


class Powder(Told):
    """What to weigh of one component.

    ``sizes`` are percentiles in the basis of the distribution's input, ``converted`` in the other one (of what is
    simulated, D1 to D99); additives have none. ``tolerance`` is None where nobody said what feasible means.
    """

    component: str
    material: str
    weight_percent: float
    mg_per_cell: float
    mg_per_batch: float
    law: str | None = None
    sizes: Sizes | None = None
    converted: Sizes | None = None
    tolerance: Tolerance | None = None


class Provenance(Told):
    """Where the numbers of an electrode come from."""

    store: str
    cube: str
    cube_version: str
    cube_source: str
    cube_commit: str
    physics_versions: tuple[int, ...]
    case_ids: tuple[str, ...]


class Electrode(Told):
    """How to make one electrode, and what to expect of it.

    Parameters
    ----------
    side : str
    design : str
        COMPOSITION/DISTRIBUTION.
    powders : tuple of Powder
    areal_mass_mg_cm2 : float
        To be made, carbon and binder included.
    scaled_by : float
        That areal mass over the simulated one; thickness and capacity are scaled with it, porosity and utilization are
        as simulated.
    pressure_mpa : float
    stiffness_scale : float
        Of the simulated press; 1 is that of elastic spheres, which stay more porous than powders do.
    protocol_source : str
        Where the protocol's numbers come from, a calibration for one.
    eam_weight_fraction : Expected
        Of the pressed electrode: it differs a little from what is mixed, as far as a box of few particles can meet it.
    thickness_um, porosity, utilization, tortuosity_median : Expected
        Under load; porosity with carbon and binder filling pores.
    thickness_released_um : Expected or None
        After the press; None where the protocol has no release.
    areal_capacity_mah_cm2 : Expected
        Of the utilized EAM.
    areal_capacity_full_mah_cm2 : float or None
        If all of the EAM were utilized; None where the material has no capacity.
    mean_voltage_v : float or None
        Against Li+/Li.
    seeds : int
        Cases that ended well.
    provenance : Provenance
    """

    side: Side
    design: str
    powders: tuple[Powder, ...]
    areal_mass_mg_cm2: float
    scaled_by: float = 1
    pressure_mpa: float
    stiffness_scale: float
    protocol_source: str
    eam_weight_fraction: Expected
    thickness_um: Expected
    thickness_released_um: Expected | None
    porosity: Expected
    utilization: Expected
    tortuosity_median: Expected
    areal_capacity_mah_cm2: Expected
    areal_capacity_full_mah_cm2: Known
    mean_voltage_v: Known
    seeds: int
    provenance: Provenance

    @property
    def mg_per_cell(self) -> float:
        """Mass of one electrode (mg)."""
        return sum(powder.mg_per_cell for powder in self.powders)

    @property
    def mg_per_batch(self) -> float:
        """Mass of all electrodes of the batch (mg)."""
        return sum(powder.mg_per_batch for powder in self.powders)


class Layer(Told):
    """A layer that is not simulated: separator, collector, or a negative electrode that is given.

    ``areal_mass_mg_cm2`` is of the whole layer, ``share`` the part of it that belongs to one pair of electrodes.
    """

    name: str
    thickness_um: float
    areal_mass_mg_cm2: float
    share: float
    mg_per_cell: float
    source: str


class Energies(Told):
    """Energies at one level; their intervals are over the seeds of the positive electrode alone."""

    level: Level
    areal_energy_mwh_cm2: Expected
    specific_energy_wh_kg: Expected
    energy_density_wh_l: Expected


class CellPart(Told):
    """What stands beside the simulated electrodes, and the stack of all.

    ``stack_areal_mass_mg_cm2`` and ``stack_thickness_um`` are of the electrodes and the shares of the layers, without
    the casing; unknown where the positive electrode's capacity is.
    """

    name: str
    layers: tuple[Layer, ...]
    n_p_ratio: float
    mean_voltage_v: Known
    stack_areal_mass_mg_cm2: Known
    stack_thickness_um: Known
    casing_mass_fraction: float
    casing_volume_fraction: float
    casing_source: str


class Recipe(Told):
    """The cell card.

    Parameters
    ----------
    cathode : Electrode
    anode : Electrode or None
        The simulated negative electrode, if one was joined.
    cell : CellPart or None
    energies : tuple of Energies
        Of the positive electrode alone against lithium whose mass is not counted, and of stack and cell where a cell is
        known.
    electrode_area_cm2, cells : float
        Area of one electrode, and how many a batch makes.
    warnings : tuple of str
        What should be known before anything is weighed.
    ssbflow_version, ssbflow_commit : str
        That wrote the card; the cubes tell their own.
    """

    cathode: Electrode
    anode: Electrode | None = None
    cell: CellPart | None = None
    energies: tuple[Energies, ...]
    electrode_area_cm2: float = Field(gt=0)
    cells: float = Field(gt=0)
    warnings: tuple[str, ...] = ()
    ssbflow_version: str
    ssbflow_commit: str

    @property
    def electrodes(self) -> tuple[Electrode, ...]:
        """The simulated electrodes, the positive one first."""
        return (self.cathode, self.anode) if self.anode else (self.cathode,)

    @property
    def area_cm2(self) -> float:
        """Area of electrode that the batch makes."""
        return self.cells * self.electrode_area_cm2

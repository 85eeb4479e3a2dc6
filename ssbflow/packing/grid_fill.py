"""The grid fill of the published method: a loose box, space by space (US 2025/0265390 A1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssbflow.errors import PackingError
from ssbflow.inputs.case import Design
from ssbflow.inputs.distributions import SizeBins
from ssbflow.packing.packing import PG_PER_UM2, Floats, Mask, Packing

MAX_ATTEMPTS = 10_000
SPACE_PER_PARTICLE = 2.5  # volume of a grid space in mean particle volumes: loose enough for spheres to be parted
JITTER = 0.1  # of a space, along x and y


@dataclass(frozen=True)
class FillPlan:
    """What a design's grid fill draws from.

    Parameters
    ----------
    eam_bins, se_bins : SizeBins
    eam_probability : float
        Chance that a space gets EAM.
    spaces_per_edge : int
    edge_um : float
        Of the box.
    particle_mass_pg : float
        Mass of particles that the box must reach.
    overfills : bool
        Whether the last layer is filled up, the surplus to be cut off after the press.
    """

    eam_bins: SizeBins
    se_bins: SizeBins
    eam_probability: float
    spaces_per_edge: int
    edge_um: float
    particle_mass_pg: float
    overfills: bool

    @property
    def spacing_um(self) -> float:
        """Edge of one (cubic) space (µm)."""
        return self.edge_um / self.spaces_per_edge

    @property
    def spaces_per_layer(self) -> int:
        """Grid spaces in one layer."""
        return self.spaces_per_edge**2


def eam_probability(eam_volume_fraction: float, eam_bins: SizeBins, se_bins: SizeBins) -> float:
    """Return the chance that a grid space holds EAM, from the discretised mean volumes (US 2025/0265390 A1)."""
    eam = eam_volume_fraction / eam_bins.mean_volume_um3
    se = (1 - eam_volume_fraction) / se_bins.mean_volume_um3
    return eam / (eam + se)


def fill_plan(design: Design) -> FillPlan:
    """Work out probabilities, grid and target mass of a design."""
    box, composition = design.protocol.box, design.composition
    eam_bins, se_bins = design.distribution.eam.discrete, design.distribution.se.discrete
    probability = eam_probability(composition.eam_volume_fraction, eam_bins, se_bins)
    mean_volume = probability * eam_bins.mean_volume_um3 + (1 - probability) * se_bins.mean_volume_um3
    comfortable = (SPACE_PER_PARTICLE * mean_volume) ** (1 / 3)
    spaces = box.spaces_per_edge or max(1, int(box.edge_um / comfortable))
    mass = box.areal_mass_mg_cm2 * PG_PER_UM2 * box.edge_um**2 * composition.particle_weight_fraction
    return FillPlan(eam_bins, se_bins, probability, spaces, box.edge_um, mass, design.protocol.press.overfills)


def expected_particles(design: Design) -> int:
    """Return about how many particles a case of this design has."""
    plan = fill_plan(design)
    eam_mass = plan.eam_bins.mean_volume_um3 * design.composition.eam.density_g_cm3
    se_mass = plan.se_bins.mean_volume_um3 * design.composition.se.density_g_cm3
    mean_mass = plan.eam_probability * eam_mass + (1 - plan.eam_probability) * se_mass
    layers = np.ceil(plan.particle_mass_pg / (mean_mass * plan.spaces_per_layer))
    return int(layers) * plan.spaces_per_layer


def expected_solid_height_um(design: Design) -> float:
    """Return how high the particles of a design would stand without any pores."""
    plan, composition = fill_plan(design), design.composition
    share = composition.eam_volume_fraction
    density = share * composition.eam.density_g_cm3 + (1 - share) * composition.se.density_g_cm3
    return plan.particle_mass_pg / density / plan.edge_um**2


def pack(design: Design, generator: np.random.Generator) -> Packing:
    """Fill a grid at random until the EAM volume fraction is that of the composition.

    Parameters
    ----------
    design : Design
    generator : numpy.random.Generator
        The only source of randomness.

    Returns
    -------
    Packing
        Loose and overlapping where large spheres stand in small spaces; nothing reaches below the floor.

    Raises
    ------
    PackingError
        No fill met the tolerance.
    """
    plan = fill_plan(design)
    density = np.array([design.composition.eam.density_g_cm3, design.composition.se.density_g_cm3])
    target, tolerance = design.composition.eam_volume_fraction, design.protocol.box.eam_volume_tolerance
    fractions = []
    for _ in range(MAX_ATTEMPTS):
        is_se, diameter = _fill_layers(plan, density, generator)
        volume = diameter**3
        if not volume.any():
            raise PackingError("box.areal_mass_mg_cm2 is less than half a particle's; raise it or widen the box")
        fractions.append(volume[~is_se].sum() / volume.sum())
        if abs(fractions[-1] - target) <= tolerance:
            return _placed(plan, is_se, diameter, generator)
    raise PackingError(
        f"no fill in {MAX_ATTEMPTS} had an EAM volume fraction of {target:.3f} ± {tolerance:g} (they gave "
        f"{np.mean(fractions):.3f} ± {np.std(fractions):.3f}); widen the box or raise box.eam_volume_tolerance"
    )


def _fill_layers(plan: FillPlan, density: Floats, generator: np.random.Generator) -> tuple[Mask, Floats]:
    """Add layers until the mass slightly exceeds the target; return species and diameter of every space.

    A space that is to stay empty has diameter 0.
    """
    is_se: list[Mask] = []
    diameter: list[Floats] = []
    missing = plan.particle_mass_pg
    while missing >= 0:
        is_se.append(generator.random(plan.spaces_per_layer) >= plan.eam_probability)
        diameter.append(_drawn_diameters(plan, is_se[-1], generator))
        mass = np.pi / 6 * density[is_se[-1].astype(int)] * diameter[-1] ** 3
        if not plan.overfills and mass.sum() > missing:
            diameter[-1][_surplus(mass, missing, generator)] = 0.0
            break
        missing -= float(mass.sum())
    return np.concatenate(is_se), np.concatenate(diameter)


def _surplus(mass_pg: Floats, wanted_pg: float, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return spaces of a layer, anywhere in it, without which the rest has a mass as near as can be to the wanted."""
    order = generator.permutation(len(mass_pg))
    kept = np.argmin(np.abs(np.concatenate([[0.0], np.cumsum(mass_pg[order])]) - wanted_pg))
    return order[kept:]


def _drawn_diameters(plan: FillPlan, is_se: Mask, generator: np.random.Generator) -> Floats:
    """Draw each space's size bin by a second random number."""
    second = generator.random(len(is_se))
    return np.where(is_se, _quantile(plan.se_bins, second), _quantile(plan.eam_bins, second))


def _quantile(bins: SizeBins, share: Floats) -> Floats:
    steps = np.cumsum(bins.number_fraction)
    return bins.diameter_um[np.minimum(np.searchsorted(steps, share, side="right"), len(steps) - 1)]


def _placed(plan: FillPlan, is_se: Mask, diameter: Floats, generator: np.random.Generator) -> Packing:
    """Put particles about the centres of their spaces, in order, the whole box lifted off the floor.

    Exactly at the centres, spheres of one size would come down as straight columns and stay so.
    """
    spaces = plan.spaces_per_edge
    index = np.flatnonzero(diameter)
    is_se, diameter = is_se[index], diameter[index]
    grid: NDArray[np.int64] = np.stack([index % spaces, index // spaces % spaces, index // spaces**2], axis=1)
    aside = np.zeros(grid.shape)
    aside[:, :2] = generator.uniform(-JITTER, JITTER, size=(len(grid), 2))
    position = (grid + 0.5 + aside) * plan.spacing_um
    radius = diameter / 2
    position[:, 2] += max(0.0, float((radius - position[:, 2]).max()))
    return Packing(position, radius, np.where(is_se, "se", "eam"), (plan.edge_um, plan.edge_um))

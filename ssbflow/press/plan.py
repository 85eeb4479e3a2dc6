"""The numbers of one press, worked out before its files are written."""

from dataclasses import dataclass

import numpy as np

from ssbflow.errors import InputError
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press
from ssbflow.packing.packing import SPECIES, Floats, Packing
from ssbflow.press.contact_law import CONTACT_LAWS
from ssbflow.press.mechanics import (
    contact_time_us,
    damping_ratio,
    effective_modulus_kpa,
    rayleigh_time_us,
    total_force_nn,
    wave_speed_um_us,
)

CALM_DAMPING = 0.4  # of critical; above (restitution below 0.25) the time step is cut in proportion
NEIGHBOUR_SKIN = 1.6  # of the smallest radius
PARTING_MOVE = 0.05  # largest move in a step while overlaps are parted, of the smallest radius
PARTING_DISTANCE = 2.0  # how far a particle may have to go, in largest radii
LEAST_PARTING_STEPS = 300
SURPLUS_FRAMES = 6  # frames written for each one kept: they are chosen by progress afterwards
PRESSED_SOLID_FRACTION = 0.7  # about, at which a press ends
APPROACH = 1.4  # steps of a press, of those of its way at full speed: it slows down as the particles take the load over
SETTLING_STEPS = 3000  # about, until all is at rest
UNLOADING = 0.15  # of the steps of a fall from the top of the box to the floor: springs back in as many
LOOSE_SOLID_FRACTION = 0.35  # about, of a box as the grid fill leaves it
PLATEN_MASS = 0.1  # of the particles': heavy beside the spheres that it touches, light beside the bed
PLATEN_STEPS = 5.0  # and so heavy that its drag takes at least so many time steps to stop it
BED_DRAG = 5.0  # of the full force at the wave speed, against the flow under the platen
PLATEN_GAP = 2.5  # largest radii between the plate and the atom that carries it: too far to touch anything


@dataclass(frozen=True)
class PlatenPlan:
    """The atom that carries the platen.

    Parameters
    ----------
    atom_id : int
    gap_um : float
        Its height above the plate.
    radius_um, mass_pg : float
    load_nn : float
        With which it presses: the full force less the weight of the particles.
    drag : float
        Viscous coefficient (nN µs/µm), by which that load gives the fall speed.
    """

    atom_id: int
    gap_um: float
    radius_um: float
    mass_pg: float
    load_nn: float
    drag: float


@dataclass(frozen=True)
class PressPlan:
    """What the LAMMPS script says in numbers; lengths µm, times µs, forces nN.

    Parameters
    ----------
    species : tuple of str
        Those that occur, in the order of their LAMMPS types.
    density_g_cm3 : (N,) float64
        Of each particle, as the simulation needs it.
    coefficients : dict
        Species → coefficients of the contact law, as LAMMPS reads them.
    effective_modulus_kpa : dict
        Species → E* of two such particles.
    weight_nn : dict
        Species → force that pushes each particle down.
    drag : dict
        Species → viscous coefficient (nN µs/µm).
    time_step_us, skin_um, parting_move_um : float
    parting_steps, frame_stride, unloading_steps : int
    platen : PlatenPlan or None
        Where the drive is one.
    """

    species: tuple[str, ...]
    density_g_cm3: Floats
    coefficients: dict[str, str]
    effective_modulus_kpa: dict[str, float]
    weight_nn: dict[str, float]
    drag: dict[str, float]
    time_step_us: float
    skin_um: float
    parting_move_um: float
    parting_steps: int
    frame_stride: int
    unloading_steps: int
    platen: PlatenPlan | None


def press_plan(packing: Packing, materials: dict[str, Material], press: Press, eam_volume_fraction: float) -> PressPlan:
    """Derive time step, damping and forces.

    Parameters
    ----------
    packing : Packing
        Loose.
    materials : dict
        ``{"eam": Material, "se": Material}``; a species that does not occur may be left out.
    press : Press
    eam_volume_fraction : float
        By which the species share the force (US 2025/0265390 A1).

    Raises
    ------
    InputError
        A material is missing or lacks mechanical properties.
    """
    species = tuple(name for name in SPECIES if (packing.species == name).any())
    _check_materials(species, materials)
    present = {name: materials[name] for name in species}
    total = total_force_nn(press.pressure_mpa, packing.cross_section_um2)
    share = _share_per_particle(packing, species, total, eam_volume_fraction)
    fall_speed = press.settling.fall_speed_fraction * _wave_speed(present, press)
    drag = _drag(share, present, press)
    density, time_step = _densities_and_time_step(packing, present, press, drag)
    smallest_um, largest_um = float(packing.radius_um.min()), float(packing.radius_um.max())
    move = PARTING_MOVE * smallest_um
    fall_steps = packing.height_um / (fall_speed * time_step)
    law = CONTACT_LAWS[press.contact_law]
    return PressPlan(
        species=species,
        density_g_cm3=density,
        coefficients={name: law.coefficients(present[name], press, _smallest_um(packing, name)) for name in species},
        effective_modulus_kpa={name: effective_modulus_kpa(present[name], press.stiffness_scale) for name in species},
        weight_nn={name: _weight_fraction(press) * value for name, value in share.items()},
        drag=drag,
        time_step_us=time_step,
        skin_um=NEIGHBOUR_SKIN * smallest_um,
        parting_move_um=move,
        parting_steps=max(LEAST_PARTING_STEPS, int(PARTING_DISTANCE * largest_um / move)),
        frame_stride=max(1, int(fall_steps / (SURPLUS_FRAMES * press.frames))),
        unloading_steps=int(fall_steps * UNLOADING),
        platen=_platen(packing, density, press, fall_speed, time_step) if press.drive == "platen" else None,
    )


def _wave_speed(materials: dict[str, Material], press: Press) -> float:
    """Return the elastic wave speed (µm/µs) of the slower species."""
    return min(wave_speed_um_us(material, press.stiffness_scale) for material in materials.values())


def _weight_fraction(press: Press) -> float:
    """Return the share of the full force that pushes on every particle."""
    return press.settling.weight_fraction if press.drive == "platen" else 1.0


def _drag(share_nn: dict[str, float], materials: dict[str, Material], press: Press) -> dict[str, float]:
    """Return the viscous coefficient of each species."""
    strength = BED_DRAG if press.drive == "platen" else 1 / press.settling.fall_speed_fraction
    return {name: strength * share / _wave_speed(materials, press) for name, share in share_nn.items()}


def _densities_and_time_step(
    packing: Packing, materials: dict[str, Material], press: Press, drag: dict[str, float]
) -> tuple[Floats, float]:
    """Return densities (g/cm³), scaled where the press says so, and the time step (µs) that they allow.

    Drag blows up where it stops a particle in less than half a time step: with scaling, such particles are made as
    heavy as it takes; without, the time step is cut.
    """
    time_step = min(time_step_us(_smallest_um(packing, name), material, press) for name, material in materials.items())
    density = _scaled_densities(packing, materials, press)
    least_mass = np.select([packing.species == name for name in drag], [time_step * value for value in drag.values()])
    if press.settling.density_scaling:
        return np.maximum(density, least_mass / packing.volume_um3), time_step
    return density, time_step * min(1.0, float(np.min(density * packing.volume_um3 / least_mass)))


def _platen(packing: Packing, density: Floats, press: Press, fall_speed: float, time_step: float) -> PlatenPlan:
    load_nn = (1 - _weight_fraction(press)) * total_force_nn(press.pressure_mpa, packing.cross_section_um2)
    drag = load_nn / fall_speed
    bed_pg = float(np.sum(density * packing.volume_um3))
    return PlatenPlan(
        atom_id=len(packing) + 1,
        gap_um=PLATEN_GAP * float(packing.radius_um.max()),
        radius_um=float(packing.radius_um.min()),
        mass_pg=max(PLATEN_MASS * bed_pg, PLATEN_STEPS * drag * time_step),
        load_nn=load_nn,
        drag=drag,
    )


def expected_steps(
    solid_height_um: float, radius_um: dict[str, float], materials: dict[str, Material], press: Press
) -> int:
    """Return about how many steps a press takes: most of them bring the top down at the fall speed.

    Parameters
    ----------
    solid_height_um : float
        Of the particles without any pores.
    radius_um : dict
        Species → its smallest.
    materials : dict
    press : Press
    """
    settling = press.settling
    start = settling.initial_solid_fraction or LOOSE_SOLID_FRACTION
    way_um = solid_height_um * (1 / start - 1 / PRESSED_SOLID_FRACTION)
    wave_speed = _wave_speed(materials, press)
    time_step = min(time_step_us(radius_um[name], material, press) for name, material in materials.items())
    return SETTLING_STEPS + int(APPROACH * way_um / (settling.fall_speed_fraction * wave_speed * time_step))


def _scaled_densities(packing: Packing, materials: dict[str, Material], press: Press) -> Floats:
    """Return the density of each particle, larger ones lightened where densities are scaled.

    Density ∝ 1/r: mass and the number of small neighbours, hence stiffness, then both grow with the surface.
    """
    chosen = [packing.species == name for name in materials]
    density = np.select(chosen, [material.density_g_cm3 for material in materials.values()])
    if not press.settling.density_scaling:
        return density
    scale = press.stiffness_scale
    times = [rayleigh_time_us(packing.radius_um, material, scale) for material in materials.values()]
    rayleigh = np.select(chosen, times)
    return np.asarray(density * rayleigh.min() / rayleigh)


def _smallest_um(packing: Packing, species: str) -> float:
    return float(packing.radius_um[packing.species == species].min())


def time_step_us(radius_um: float, material: Material, press: Press) -> float:
    """Return the time step (µs) that a sphere of this radius needs.

    Contacts of a low restitution want a shorter one: the dashpots of a dozen contacts add up, and explicit steps that
    are fine for their springs would shake the sphere for ever.
    """
    settling, scale = press.settling, press.stiffness_scale
    damped = CALM_DAMPING / max(CALM_DAMPING, damping_ratio(material))
    rayleigh = settling.time_step_fraction * rayleigh_time_us(radius_um, material, scale)
    contact = settling.contact_time_fraction * contact_time_us(radius_um, material, press.pressure_mpa, scale)
    return float(damped * min(rayleigh, contact))


def _share_per_particle(
    packing: Packing, species: tuple[str, ...], total_nn: float, eam_volume_fraction: float
) -> dict[str, float]:
    if len(species) > 1 and not 0 < eam_volume_fraction < 1:
        raise InputError(
            f"the packing holds both species, its composition an EAM volume fraction of {eam_volume_fraction:g}; "
            "give the composition that it was packed for"
        )
    share = {"eam": eam_volume_fraction, "se": 1 - eam_volume_fraction} if len(species) > 1 else {species[0]: 1.0}
    return {name: total_nn * share[name] / int((packing.species == name).sum()) for name in species}


def _check_materials(species: tuple[str, ...], materials: dict[str, Material]) -> None:
    for name in species:
        if name not in materials:
            raise InputError(f"materials has no {name!r} but the packing holds such particles; got {sorted(materials)}")
        missing = materials[name].missing_mechanical()
        if missing:
            raise InputError(f"material {materials[name].name} of {name} lacks {', '.join(missing)}; give them")

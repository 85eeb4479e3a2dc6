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
    effective_modulus_kpa,
    rayleigh_time_us,
    total_force_nn,
    wave_speed_um_us,
)

NEIGHBOUR_SKIN = 1.6  # of the smallest radius
PARTING_MOVE = 0.05  # largest move in a step while overlaps are parted, of the smallest radius
PARTING_DISTANCE = 2.0  # how far a particle may have to go, in largest radii
LEAST_PARTING_STEPS = 300
SURPLUS_FRAMES = 6  # frames written for each one kept: they are chosen by progress afterwards
STEPS_PER_FALL = 0.6  # steps of a press, of those of a fall from the top of the dense start to the floor
LOOSE_SOLID_FRACTION = 0.35  # about, of a box as the grid fill leaves it
PLATEN_MASS = 0.1  # of the particles': heavy beside the spheres that it touches, light beside the bed
PLATEN_STEPS = 5.0  # and so heavy that its drag takes at least so many time steps to stop it
PLATEN_PUSH = 0.5  # largest force that moves the plate, of the full one
BED_DRAG = 5.0  # of the full force at the wave speed: a platen at 2 % of that feels a tenth of its force as drag
SETTLING_DRAG = 3.0  # of the former, once the bed carries the plate: or particles that carry nothing bounce off
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
    largest_push_nn : float
        That moves the plate, beyond what the particles carry.
    drag : float
        Viscous coefficient (nN µs/µm), by which that push gives the fall speed.
    """

    atom_id: int
    gap_um: float
    radius_um: float
    mass_pg: float
    largest_push_nn: float
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
    total_force_nn : float
    share_nn : dict
        Species → its share of the total force, for each particle.
    drag, settling_drag : dict
        Species → viscous coefficient (nN µs/µm) on the way down, and once the bed carries.
    time_step_us, skin_um, parting_move_um : float
    parting_steps, frame_stride, unloading_steps : int
    platen : PlatenPlan or None
        Where the drive is one.
    """

    species: tuple[str, ...]
    density_g_cm3: Floats
    coefficients: dict[str, str]
    effective_modulus_kpa: dict[str, float]
    total_force_nn: float
    share_nn: dict[str, float]
    drag: dict[str, float]
    settling_drag: dict[str, float]
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
    law, scale = CONTACT_LAWS[press.contact_law], press.stiffness_scale
    density = _simulated_density(packing, species, materials, press)
    total = total_force_nn(press.pressure_mpa, packing.cross_section_um2)
    share = _share_per_particle(packing, species, total, eam_volume_fraction)
    wave_speed = min(wave_speed_um_us(materials[name], scale) for name in species)
    fall_speed = press.settling.fall_speed_fraction * wave_speed
    falling = press.drive == "body_force"
    drag = {name: share[name] / (fall_speed if falling else wave_speed / BED_DRAG) for name in species}
    settling_drag = drag if falling else {name: SETTLING_DRAG * value for name, value in drag.items()}
    time_step = min(time_step_us(_smallest_um(packing, name), materials[name], press) for name in species)
    bound_by_drag = _mass_bound_by_drag_pg(packing, species, settling_drag, time_step)
    if press.settling.density_scaling:
        density = np.maximum(density, bound_by_drag / packing.volume_um3)
    else:
        time_step *= min(1.0, float(np.min(density * packing.volume_um3 / bound_by_drag)))
    smallest_um, largest_um = float(packing.radius_um.min()), float(packing.radius_um.max())
    move = PARTING_MOVE * smallest_um
    fall_steps = packing.height_um / (fall_speed * time_step)
    platen_drag = PLATEN_PUSH * total / fall_speed
    platen = PlatenPlan(
        atom_id=len(packing) + 1,
        gap_um=PLATEN_GAP * largest_um,
        radius_um=smallest_um,
        mass_pg=max(PLATEN_MASS * float(np.sum(density * packing.volume_um3)), PLATEN_STEPS * platen_drag * time_step),
        largest_push_nn=PLATEN_PUSH * total,
        drag=platen_drag,
    )
    return PressPlan(
        species=species,
        density_g_cm3=density,
        coefficients={name: law.coefficients(materials[name], press, _smallest_um(packing, name)) for name in species},
        effective_modulus_kpa={name: effective_modulus_kpa(materials[name], scale) for name in species},
        total_force_nn=total,
        share_nn=share,
        drag=drag,
        settling_drag=settling_drag,
        time_step_us=time_step,
        skin_um=NEIGHBOUR_SKIN * smallest_um,
        parting_move_um=move,
        parting_steps=max(LEAST_PARTING_STEPS, int(PARTING_DISTANCE * largest_um / move)),
        frame_stride=max(1, int(fall_steps / (SURPLUS_FRAMES * press.frames))),
        unloading_steps=int(fall_steps / 4),
        platen=platen if press.drive == "platen" else None,
    )


def expected_steps(
    solid_height_um: float, radius_um: dict[str, float], materials: dict[str, Material], press: Press
) -> int:
    """Return about how many steps a press takes: most of them bring the particles down at the fall speed.

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
    height = solid_height_um / (settling.initial_solid_fraction or LOOSE_SOLID_FRACTION)
    wave_speed = min(wave_speed_um_us(material, press.stiffness_scale) for material in materials.values())
    time_step = min(time_step_us(radius_um[name], material, press) for name, material in materials.items())
    return int(STEPS_PER_FALL * height / (settling.fall_speed_fraction * wave_speed * time_step))


def _simulated_density(
    packing: Packing, species: tuple[str, ...], materials: dict[str, Material], press: Press
) -> Floats:
    """Return the density of each particle before drag has its say, larger ones lightened where densities are scaled.

    Density ∝ 1/r: mass and the number of small neighbours, hence stiffness, then both grow with the surface.
    """
    chosen = [packing.species == name for name in species]
    density = np.select(chosen, [materials[name].density_g_cm3 for name in species])
    if not press.settling.density_scaling:
        return density
    times = [rayleigh_time_us(packing.radius_um, materials[name], press.stiffness_scale) for name in species]
    rayleigh = np.select(chosen, times)
    return np.asarray(density * rayleigh.min() / rayleigh)


def _smallest_um(packing: Packing, species: str) -> float:
    return float(packing.radius_um[packing.species == species].min())


def _mass_bound_by_drag_pg(
    packing: Packing, species: tuple[str, ...], drag: dict[str, float], time_step: float
) -> Floats:
    """Return the mass (pg) of each particle that drag stops in one time step; less than half of it blows up."""
    return np.select([packing.species == name for name in species], [drag[name] * time_step for name in species])


def time_step_us(radius_um: float, material: Material, press: Press) -> float:
    """Return the time step (µs) that a sphere of this radius needs."""
    settling, scale = press.settling, press.stiffness_scale
    rayleigh = settling.time_step_fraction * rayleigh_time_us(radius_um, material, scale)
    contact = settling.contact_time_fraction * contact_time_us(radius_um, material, press.pressure_mpa, scale)
    return float(min(rayleigh, contact))


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

"""The press: from a loose packing to a pressed one, by LAMMPS."""

import tempfile
import time
from pathlib import Path

import numpy as np

from ssbflow.inputs.composition import Composition
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press, Protocol
from ssbflow.packing.grid_fill import PG_PER_UM2
from ssbflow.packing.packing import Packing
from ssbflow.press import files
from ssbflow.press.compaction import compacted
from ssbflow.press.crop import cropped
from ssbflow.press.dumps import read_result
from ssbflow.press.lmp import find_lmp
from ssbflow.press.mechanics import KPA_PER_MPA
from ssbflow.press.outcome import read_contacts, read_final_packing, read_trajectory
from ssbflow.press.plan import PressPlan, press_plan
from ssbflow.press.pressed import Pressed
from ssbflow.press.process import run_lmp


def press(
    packing: Packing,
    materials: dict[str, Material],
    protocol: Protocol,
    composition: Composition | None = None,
) -> Pressed:
    """Press a packing to equilibrium and crop it to its areal mass, in a temporary folder of the system's.

    Parameters
    ----------
    packing : Packing
        Loose; overlaps are parted first.
    materials : dict
        ``{"eam": Material, "se": Material}``.
    protocol : Protocol
        Its press says how; its box says the areal mass.
    composition : Composition, optional
        Gives the additives' share of the areal mass and the volume fractions by which the species share the force.
        Left out: no additives, and the packing's own fractions.

    Returns
    -------
    Pressed

    Raises
    ------
    InputError
        A material is missing or incomplete.
    LammpsNotFoundError
        There is no LAMMPS.
    PressError
        LAMMPS failed or did not come to rest.
    """
    started = time.perf_counter()
    lmp = find_lmp()
    fraction = composition.eam_volume_fraction if composition else packing.eam_volume_fraction()
    with tempfile.TemporaryDirectory(prefix="ssbflow-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        plan = write_press_of(packing, materials, protocol.press, fraction, folder)
        run_lmp(lmp, folder, protocol.press.time_limit_s)
        result = read_result(folder / files.RESULT)
        final_step, pressed = read_final_packing(folder, packing)
        trajectory = read_trajectory(folder, final_step, pressed, protocol.press.frames)
        contacts = read_contacts(folder, packing)
    return Pressed(
        packing=_cropped_to_mass(pressed, materials, protocol, composition),
        trajectory=trajectory,
        contacts=contacts,
        force_nn=plan.force_nn,
        pressure_measured_mpa=result["floor_kpa"] / KPA_PER_MPA,
        unbalanced_force=result["unbalanced"],
        steps=int(result["steps"]),
        wall_time_s=time.perf_counter() - started,
        lammps_version=lmp.version,
    )


def write_press_of(
    packing: Packing, materials: dict[str, Material], press: Press, eam_volume_fraction: float, folder: Path
) -> PressPlan:
    """Write the two files that press a loose packing, and return the numbers in them.

    Parameters
    ----------
    packing, materials
        As `press`.
    press : Press
    eam_volume_fraction : float
        By which the species share the force.
    folder : Path
        Exists.

    Raises
    ------
    InputError
        A material is missing or incomplete.
    """
    dense = press.settling.initial_solid_fraction
    start = compacted(packing, dense) if dense else packing
    plan = press_plan(start, materials, press, eam_volume_fraction)
    files.write_press(folder, start, materials, press, plan)
    return plan


def _cropped_to_mass(
    pressed: Packing, materials: dict[str, Material], protocol: Protocol, composition: Composition | None
) -> Packing:
    """Put the height where particles and their share of additives have the protocol's areal mass."""
    share = composition.particle_weight_fraction if composition else 1.0
    target_mass = protocol.box.areal_mass_mg_cm2 * PG_PER_UM2 * pressed.cross_section_um2 * share
    densities = [materials[name].density_g_cm3 if name in materials else np.nan for name in ("eam", "se")]
    return cropped(pressed, np.select([pressed.is_eam, pressed.is_se], densities), target_mass)

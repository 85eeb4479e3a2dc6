"""The press: from a loose packing to a pressed one, by LAMMPS."""

import tempfile
import time
from pathlib import Path

import numpy as np

from ssbflow.errors import PressError
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press, Protocol
from ssbflow.packing.grid_fill import PG_PER_UM2
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press import files
from ssbflow.press.compaction import compacted
from ssbflow.press.crop import cropped
from ssbflow.press.dumps import read_dump, read_final, read_result
from ssbflow.press.lmp import Lmp, find_lmp
from ssbflow.press.mechanics import KPA_PER_MPA
from ssbflow.press.plan import PressPlan, press_plan
from ssbflow.press.pressed import Contacts, Pressed, Trajectory
from ssbflow.press.process import log_tail, run_lmp


def press(
    packing: Packing,
    materials: dict[str, Material],
    protocol: Protocol,
    composition: Composition | None = None,
    *,
    lmp: Lmp | None = None,
    scratch: Path | None = None,
) -> Pressed:
    """Press a packing to equilibrium and crop it to its areal mass.

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
    lmp : Lmp, optional
        The one that `find_lmp` finds if left out.
    scratch : Path, optional
        Folder under which a temporary one is made; the system's if left out.

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
    lmp = lmp or find_lmp()
    fraction = composition.eam_volume_fraction if composition else packing.eam_volume_fraction()
    with tempfile.TemporaryDirectory(prefix="ssbflow-", dir=scratch, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        plan = write_press_of(packing, materials, protocol.press, fraction, folder)
        run_lmp(lmp, folder, protocol.press.time_limit_s)
        result = read_result(folder / files.RESULT)
        final_step, position = read_final(folder / files.FINAL)
        _check_whole(packing, position, folder)
        pressed = Packing(position, packing.radius_um, packing.species, packing.edge_um)
        trajectory = _trajectory(folder, final_step, pressed.position_um, packing.edge_um, protocol.press.frames)
        contacts = _contacts(folder, packing)
    share = composition.particle_weight_fraction if composition else 1.0
    target_mass = protocol.box.areal_mass_mg_cm2 * PG_PER_UM2 * packing.cross_section_um2 * share
    density = np.select([packing.is_eam, packing.is_se], [_density(materials, "eam"), _density(materials, "se")])
    return Pressed(
        packing=cropped(pressed, density, target_mass),
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


def _density(materials: dict[str, Material], species: str) -> float:
    return materials[species].density_g_cm3 if species in materials else float("nan")


def _check_whole(packing: Packing, position: Floats, folder: Path) -> None:
    """A press that lost, burst or buried a particle has failed, whatever LAMMPS says."""
    if len(position) != len(packing):
        lost = len(packing) - len(position)
        raise PressError(f"{lost} particles were lost", cause="lost atoms", log_tail=log_tail(folder))
    if not np.isfinite(position).all() or (position[:, 2] < 0).any():
        raise PressError(
            "particles went through the floor or to infinity", cause="lost atoms", log_tail=log_tail(folder)
        )


def _wrapped(position: Floats, edge_um: tuple[float, float]) -> Floats:
    """Bring particles that left through a periodic side since LAMMPS last sorted them back into the box."""
    return np.column_stack([position[:, 0] % edge_um[0], position[:, 1] % edge_um[1], position[:, 2]])


def _trajectory(folder: Path, final_step: int, final: Floats, edge_um: tuple[float, float], frames: int) -> Trajectory:
    """Choose frames equally spaced in the compaction's progress (mean height), the last one being the final state."""
    steps, tables = read_dump(folder / files.FRAMES)
    positions = [_wrapped(table[:, 1:4], edge_um) for table in tables if len(table) == len(final)]
    before = steps[: len(positions)] < final_step
    positions = [position for position, kept in zip(positions, before, strict=True) if kept]
    mean_height = np.array([position[:, 2].mean() for position in positions])
    wanted = np.linspace(mean_height.max(), final[:, 2].mean(), frames)[:-1]
    # mean height falls with time but for the last tremor; the running minimum makes it monotonic
    progress = -np.minimum.accumulate(mean_height)
    chosen = np.unique(np.minimum(np.searchsorted(progress, -wanted), len(positions) - 1))
    return Trajectory(
        step=np.append(steps[: len(before)][before][chosen], final_step),
        position_um=np.stack([*(positions[index] for index in chosen), final]),
    )


def _contacts(folder: Path, packing: Packing) -> Contacts:
    table = read_dump(folder / files.CONTACTS)[1][-1]
    first, second = (table[:, column].astype(np.int64) - 1 for column in (0, 1))
    order = np.lexsort((table[:, 2], np.maximum(first, second), np.minimum(first, second)))
    first, second, table = first[order], second[order], table[order]
    overlap = packing.radius_um[first] + packing.radius_um[second] - table[:, 2]
    return Contacts(np.minimum(first, second), np.maximum(first, second), overlap, table[:, 3])

"""The press: from a loose packing to a pressed one, by LAMMPS."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ssbflow.inputs.composition import Composition
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Protocol
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.checkpoints import made_ready
from ssbflow.press.compaction import compacted
from ssbflow.press.crop import cropped_to_areal_mass
from ssbflow.press.data_file import data_text
from ssbflow.press.deadline import within_job
from ssbflow.press.drive import DRIVES
from ssbflow.press.dumps import read_result
from ssbflow.press.lmp import find_lmp
from ssbflow.press.mechanics import KPA_PER_MPA
from ssbflow.press.outcome import read_contacts, read_packing_at_rest, read_trajectory
from ssbflow.press.overlaps import check_separable
from ssbflow.press.plan import PressPlan, press_plan
from ssbflow.press.pressed import Pressed
from ssbflow.press.process import run_lmp
from ssbflow.press.ranks import ranks_for
from ssbflow.press.script import script_text


def press(
    packing: Packing,
    materials: dict[str, Material],
    protocol: Protocol,
    composition: Composition | None = None,
    *,
    folder: Path | None = None,
) -> Pressed:
    """Press a packing to equilibrium and put its height where the platen stands, or crop it to its areal mass.

    Parameters
    ----------
    packing : Packing
        Loose; overlaps are parted first.
    materials : dict
        ``{"eam": Material, "se": Material}``.
    protocol : Protocol
        Its press says how, its release, if any, to what pressure it is unloaded; its box says the areal mass.
    composition : Composition, optional
        Gives the additives' share of the areal mass and the volume fractions by which the species share the force.
        Left out: no additives, and the packing's own fractions.
    folder : Path, optional
        Where LAMMPS works. What an earlier press of the same particles left there when it was killed, or ran out of
        time, is gone on from. A temporary folder of the system's if left out.

    Returns
    -------
    Pressed

    Raises
    ------
    InputError
        A material is missing or incomplete, the packing overlaps itself beyond repair, or there are fewer cores than
        ranks.
    LammpsNotFoundError
        There is no LAMMPS.
    PressError
        LAMMPS failed or did not come to rest.
    """
    started = time.perf_counter()
    lmp = find_lmp()
    ranks = ranks_for(protocol.press, len(packing), lmp)
    plan, files = press_files(packing, materials, protocol, composition)
    with _working_folder(folder) as working:
        resuming = made_ready(working, files)
        with within_job(protocol.press.time_limit_s) as time_limit_s:
            run_lmp(lmp, working, time_limit_s, resuming, ranks)
        pressed = _read(working, packing, materials, protocol, composition)
    return replace(
        pressed,
        force_nn=DRIVES[protocol.press.drive].force_nn(plan),
        wall_time_s=time.perf_counter() - started,
        lammps_version=lmp.version,
        ranks=ranks,
        resumed=bool(resuming),
    )


def press_files(
    packing: Packing, materials: dict[str, Material], protocol: Protocol, composition: Composition | None = None
) -> tuple[PressPlan, dict[str, str]]:
    """Return the numbers of a press, and the two files (name → text) that run it by hand: ``lmp -in press.in``.

    Parameters
    ----------
    packing, materials, protocol, composition
        As `press`.

    Raises
    ------
    InputError
        As `press`.
    """
    check_separable(packing)
    fraction = composition.eam_volume_fraction if composition else packing.eam_volume_fraction()
    dense = protocol.press.settling.initial_solid_fraction
    start = compacted(packing, dense) if dense else packing
    plan = press_plan(start, materials, protocol.press, fraction)
    script = script_text(start, protocol.press, protocol.release, plan)
    return plan, {names.DATA: data_text(start, plan), names.SCRIPT: script}


@contextmanager
def _working_folder(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="ssbflow-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _read(
    folder: Path,
    loose: Packing,
    materials: dict[str, Material],
    protocol: Protocol,
    composition: Composition | None,
) -> Pressed:
    """Read what LAMMPS left, the heights put where they belong."""

    def bounded(packing: Packing, top_um: float) -> Packing:
        if protocol.press.overfills:
            return cropped_to_areal_mass(packing, materials, protocol.box.areal_mass_mg_cm2, composition)
        return Packing(packing.position_um, packing.radius_um, packing.species, packing.edge_um, top_um)

    result = read_result(folder / names.RESULT)
    at_rest = read_packing_at_rest(folder / names.FINAL, loose)
    released = None
    if protocol.release:
        top_um = read_result(folder / names.RELEASED_RESULT)["top_um"]
        released = bounded(read_packing_at_rest(folder / names.RELEASED, loose), top_um)
    return Pressed(
        packing=bounded(at_rest, result["top_um"]),
        trajectory=read_trajectory(folder, int(result["steps"]), at_rest, protocol.press.frames),
        contacts=read_contacts(folder, loose),
        released=released,
        pressure_measured_mpa=result["floor_kpa"] / KPA_PER_MPA,
        unbalanced_force=result["unbalanced"],
        steps=int(result["steps"]),
    )

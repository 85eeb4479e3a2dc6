"""The LAMMPS script of a press: from loose particles to equilibrium, and back to a lower pressure where asked."""

from ssbflow.inputs.protocol import Press, Release
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.commands import CHECK_ATOMS, GIVE_UP, HEAD, PARTING, PRESSING, RELEASING, WATCH
from ssbflow.press.data_file import lid_um
from ssbflow.press.drive import DRIVES
from ssbflow.press.mechanics import KPA_PER_MPA
from ssbflow.press.neighbours import most_neighbours, size_collections
from ssbflow.press.plan import PressPlan
from ssbflow.press.wall import FLOOR

SAMPLE_EVERY = 100  # steps between looks at the forces
SAMPLES = 2  # looks averaged before each decision whether the press has settled
WINDOW = SAMPLE_EVERY * SAMPLES
IDLE = 0.02  # of the mean height, shared by the frames: too little progress to be worth one
PAGE = 10  # lists in a page of LAMMPS' memory, no fewer
CHECKPOINT_EVERY = 2000  # steps: at most a minute of a box of a hundred thousand particles


def script_text(packing: Packing, press: Press, release: Release | None, plan: PressPlan) -> str:
    """Return the LAMMPS script."""
    settling, drive = press.settling, DRIVES[press.drive]
    top = drive.top
    watch = WATCH.format(every=SAMPLE_EVERY, samples=SAMPLES, window=WINDOW)
    check_atoms = CHECK_ATOMS.format(
        atoms=len(packing) + (1 if plan.platen else 0),
        lost_atoms=names.LOST_ATOMS,
        exit_lost_atoms=names.EXIT_LOST_ATOMS,
    )
    text = _head(packing, plan) + _parting(packing, press, plan)
    text += PRESSING.format(
        drive=drive.commands(plan),
        drag=_drag(plan, plan.drag),
        flow=drive.flow(plan),
        cross_section=packing.cross_section_um2,
        pressure_kpa=press.pressure_mpa * KPA_PER_MPA,
        window_us=WINDOW * plan.time_step_us,
        unbalanced_limit=settling.unbalanced_force_limit,
        floor_tolerance=settling.floor_force_tolerance,
        drift_limit=settling.height_drift_limit,
        top=top,
        thermo=5 * WINDOW,
        watch=watch,
        checkpoint_every=CHECKPOINT_EVERY,
        press_checkpoints=_checkpoints("press"),
        frame_stride=plan.frame_stride,
        stride_us=plan.frame_stride * plan.time_step_us,
        idle_um=IDLE * float(packing.position_um[:, 2].mean()) / press.frames,
        frames=names.frame("*"),
        progress=names.PROGRESS,
        max_steps=settling.max_steps,
        check_atoms=check_atoms,
        give_up=_give_up("press", str(settling.max_steps)),
        contacts=names.CONTACTS,
        final=names.FINAL,
        result=names.RESULT,
    )
    if release is None:
        return text
    share = release.pressure_mpa / press.pressure_mpa
    drag_share = share ** (1 / 3)
    return text + RELEASING.format(
        share=share,
        overlap_lost=1 - share ** (2 / 3),
        first_checkpoint=names.checkpoint("release", 1),
        unloading_steps=plan.unloading_steps,
        drag=_drag(plan, plan.drag, drag_share),
        flow=drive.flow(plan, drag_share),
        watch=watch,
        checkpoint_every=CHECKPOINT_EVERY,
        release_checkpoints=_checkpoints("release"),
        max_steps=settling.max_steps,
        check_atoms=check_atoms,
        give_up=_give_up("release", f"{settling.max_steps}+v_unloading_from"),
        top=top,
        released=names.RELEASED,
        released_result=names.RELEASED_RESULT,
    )


def _head(packing: Packing, plan: PressPlan) -> str:
    neighbours = most_neighbours(packing, plan.skin_um)
    species = list(enumerate(plan.species, 1))
    groups = [f"group {name} type {number}" for number, name in species]
    groups.append("group particles type " + " ".join(str(number) for number, _ in species))
    coefficients = [(number, plan.coefficients[name]) for number, name in species]
    if plan.platen:
        groups.append(f"group platen type {len(species) + 1}")
        coefficients.append((len(species) + 1, plan.coefficients[plan.species[0]]))  # it never touches anything
    return HEAD.format(
        script=names.SCRIPT,
        data=names.DATA,
        skin=plan.skin_um,
        groups="\n".join(groups),
        time_step=plan.time_step_us,
        pair_coefficients="\n".join(f"pair_coeff {number} {number} {words}" for number, words in coefficients),
        collections=size_collections(packing),
        most_neighbours=neighbours,
        page=PAGE * neighbours,
        floor=FLOOR.commands(plan),
        lid=lid_um(packing),
    )


def _parting(packing: Packing, press: Press, plan: PressPlan) -> str:
    return PARTING.format(
        cover=float(packing.position_um[:, 2].max()),
        parting_move=plan.parting_move_um,
        drag=_drag(plan, plan.drag),
        parting_thermo=max(1, plan.parting_steps // 4),
        parting_steps=plan.parting_steps,
        placing=DRIVES[press.drive].placing(plan),
        progress=names.PROGRESS,
        first_frame=names.frame(0),
    )


def _drag(plan: PressPlan, species_drag: dict[str, float], share: float = 1) -> str:
    """Return the coefficients of `fix viscous`: one, and its multiples for the other types."""
    first, *others = (*(species_drag[name] for name in plan.species), *([plan.platen.drag] if plan.platen else []))
    return f"{first * share!r}" + "".join(f" scale {kind} {drag / first!r}" for kind, drag in enumerate(others, 2))


def _checkpoints(stage: str) -> str:
    return f"{names.checkpoint(stage, 1)} {names.checkpoint(stage, 2)}"


def _give_up(stage: str, last: str) -> str:
    return GIVE_UP.format(
        last=last,
        checkpoint=names.checkpoint(stage, 1),
        not_settled=names.NOT_SETTLED,
        time_limit=names.TIME_LIMIT,
        exit_not_settled=names.EXIT_NOT_SETTLED,
        exit_time_limit=names.EXIT_TIME_LIMIT,
    )

"""The LAMMPS script of a press: from loose particles to equilibrium, and back to a lower pressure where asked."""

import numpy as np

from ssbflow.inputs.protocol import Press, Release
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.data_file import lid_um
from ssbflow.press.drive import DRIVES
from ssbflow.press.mechanics import KPA_PER_MPA
from ssbflow.press.plan import PressPlan
from ssbflow.press.wall import FLOOR

SAMPLE_EVERY = 100  # steps between looks at the forces
SAMPLES = 2  # looks averaged before each decision whether the press has settled
WINDOW = SAMPLE_EVERY * SAMPLES
ARRIVED = 0.3  # of the force that the floor carries when falling ends and settling begins
IDLE = 0.02  # of the mean height, shared by the frames: too little progress to be worth one
COLLECTION_RATIO = 4.0  # of diameters within a size collection: more of them make neighbour lists dearer again
CHECKPOINT_EVERY = 2000  # steps: at most a minute of a box of a hundred thousand particles

HEAD = """\
# ssbflow: press a loose packing to equilibrium.  Run by hand:  lmp -in {script}
# On from a checkpoint of the press, or of the release:  lmp -in {script} -var start press -var checkpoint FILE
# Units: um, us, pg; force nN; pressure kPa.
variable        start index particles
variable        checkpoint index none
variable        unloading_from index 0
variable        time_limit index off

units           micro
atom_style      sphere
atom_modify     map array
boundary        p p f
newton          on
processors      1 1 *
neighbor        {skin!r} multi
comm_modify     mode multi vel yes
if "${{start}} == particles" then "read_data {data}" else "read_restart ${{checkpoint}}"
{groups}
timestep        {time_step!r}
timer           timeout ${{time_limit}} every 100

# Contacts: each species has its own modulus, LAMMPS mixes them.
pair_style      granular
{pair_coefficients}
neigh_modify    delay 0 every 1 check yes collection/interval {collections}

# Floor at z = 0; a lid far above, where nothing is pressed.
{floor}
fix             lid particles wall/reflect zlo 0.0 zhi {lid!r}

variable        top atom z+radius
compute         top particles reduce max v_top
compute         height particles reduce ave z
"""

PARTING = """
# Part the overlaps of the loose packing: limited moves, no force yet.
if "${{start}} != particles" then "jump SELF pressing"
fix             part particles nve/limit {parting_move!r}
fix             drag all viscous {drag}
thermo_style    custom step atoms ke c_top c_height
thermo_modify   lost error
thermo          {parting_thermo}
run             {parting_steps}
unfix           part
unfix           drag
velocity        all set 0.0 0.0 0.0
reset_timestep  0
{placing}
print           "0 $(c_height:%.9g)" file {progress} screen no
write_dump      particles custom {first_frame} id x y z modify sort id format float %.9g
label           pressing
"""

PRESSING = """
# Press.
variable        load equal 1.0
{drive}

# Ranks share the column by height, anew as it comes down.  A checkpoint's memory of contacts has to be read before.
if "${{start}} != particles" then "run 0 post no"
balance         1.05 shift z 20 1.02
fix             share all balance 1000 1.05 shift z 20 1.02

# The net force is stored before the drag acts, so that falling at terminal speed does not look balanced.
fix             net all store/force
fix             drag all viscous {drag}
fix             move all nve/sphere

# At rest: net against contact force, floor against applied force, sinking of the mean height; means over a window.
variable        net atom sqrt(f_net[1]^2+f_net[2]^2+f_net[3]^2)
compute         net particles reduce ave v_net
compute         contact all pair/local dist force cutoff radius
compute         pair all property/local patom1 patom2 cutoff radius
compute         contact_mean all reduce ave c_contact[2] inputs local
compute         sinking particles reduce ave vz
variable        unbalanced equal c_net/(c_contact_mean+1e-30)
variable        floor_kpa equal v_floor_force/{cross_section!r}
variable        carried equal v_floor_kpa/(v_load*{pressure_kpa!r})
variable        drift equal c_sinking*{window_us!r}/c_height
variable        calm equal f_window[1]<{unbalanced_limit!r}
variable        bears equal abs(f_window[2]-1.0)<{floor_tolerance!r}
variable        stands equal abs(f_window[3])<{drift_limit!r}
variable        settled equal v_calm&&v_bears&&v_stands
thermo_style    custom step atoms ke v_unbalanced v_floor_kpa v_drift {top} cpu
thermo_modify   lost error
thermo          {thermo}
if "${{start}} == release" then "jump SELF releasing"

restart         {checkpoint_every} {press_checkpoints}
variable        idle equal abs(c_sinking)*{stride_us!r}<{idle_um!r}
dump            frames particles custom {frame_stride} {frames} id x y z
dump_modify     frames sort id format float %.9g skip v_idle
fix             progress all print {frame_stride} "$(step) $(c_height:%.9g)" append {progress} screen no

# Down, until the floor carries a part of the force; then to rest.
variable        arrived equal v_carried>{arrived!r}
fix             stop all halt {sample_every} v_arrived > 0.5 error continue message no
run             {max_steps} upto
unfix           stop
fix             drag all viscous {settling_drag}
{watch}
run             {max_steps} upto
{give_up}
undump          frames
unfix           progress

# What the press leaves: every particle, every contact, a few numbers.
variable        steps equal $(step)
variable        unbalanced_end equal $(f_window[1])
variable        floor_end equal $(f_window[4])
restart         0
unfix           stop
write_dump      all local {contacts} c_pair[1] c_pair[2] c_contact[1] c_contact[2] modify format float %.17g
write_dump      particles custom {final} id x y z modify sort id format float %.17g
print           "steps ${{steps}}" file {result}
print           "unbalanced $(v_unbalanced_end:%.17g)" append {result}
print           "floor_kpa $(v_floor_end:%.17g)" append {result}
print           "top_um $({top}:%.17g)" append {result}
"""

RELEASING = """
# Release: overlaps, hence the height, go back evenly while the load falls to {share!r} of itself.  Softer contacts want
# less drag, by the cube root of Hertz.
unfix           window
variable        unloading_from delete
variable        unloading_from index ${{steps}}
write_restart   {first_checkpoint}
label           releasing
variable        unloaded equal (step-${{unloading_from}})/{unloading_steps}.0
variable        load equal (1.0-{overlap_lost!r}*ternary(v_unloaded<1.0,v_unloaded,1.0))^1.5
fix             drag all viscous {drag}
variable        settled equal v_calm&&v_bears&&v_stands&&(v_unloaded>=1.0)
{watch}
restart         {checkpoint_every} {release_checkpoints}
run             $({max_steps}+v_unloading_from) upto
{give_up}
write_dump      particles custom {released} id x y z modify sort id format float %.17g
print           "floor_kpa $(f_window[4]:%.17g)" file {released_result}
print           "top_um $({top}:%.17g)" append {released_result}
"""

WATCH = """\
fix             window all ave/time {every} {samples} {window} v_unbalanced v_carried v_drift v_floor_kpa
fix             stop all halt {window} v_settled > 0.5 error continue message no"""

GIVE_UP = """\
if "$(v_settled) < 0.5 && $(step) >= $({last})" then &
  "print '{not_settled} after $(step) steps'" "quit {exit_not_settled}"
if "$(v_settled) < 0.5" then &
  "write_restart {checkpoint}" "print '{time_limit} at step $(step)'" "quit {exit_time_limit}\""""


def script_text(packing: Packing, press: Press, release: Release | None, plan: PressPlan) -> str:
    """Return the LAMMPS script."""
    settling, top = press.settling, DRIVES[press.drive].top
    watch = WATCH.format(every=SAMPLE_EVERY, samples=SAMPLES, window=WINDOW)
    text = _head(packing, plan) + _parting(press, plan)
    text += PRESSING.format(
        drive=DRIVES[press.drive].commands(plan),
        drag=_drag(plan, plan.drag),
        cross_section=packing.cross_section_um2,
        pressure_kpa=press.pressure_mpa * KPA_PER_MPA,
        window_us=WINDOW * plan.time_step_us,
        unbalanced_limit=settling.unbalanced_force_limit,
        floor_tolerance=settling.floor_force_tolerance,
        drift_limit=settling.height_drift_limit,
        top=top,
        thermo=5 * WINDOW,
        watch=watch,
        arrived=ARRIVED,
        sample_every=SAMPLE_EVERY,
        settling_drag=_drag(plan, plan.settling_drag),
        checkpoint_every=CHECKPOINT_EVERY,
        press_checkpoints=_checkpoints("press"),
        frame_stride=plan.frame_stride,
        stride_us=plan.frame_stride * plan.time_step_us,
        idle_um=IDLE * float(packing.position_um[:, 2].mean()) / press.frames,
        frames=names.frame("*"),
        progress=names.PROGRESS,
        max_steps=settling.max_steps,
        give_up=_give_up("press", str(settling.max_steps)),
        contacts=names.CONTACTS,
        final=names.FINAL,
        result=names.RESULT,
    )
    if release is None:
        return text
    share = release.pressure_mpa / press.pressure_mpa
    return text + RELEASING.format(
        share=share,
        overlap_lost=1 - share ** (2 / 3),
        first_checkpoint=names.checkpoint("release", 1),
        unloading_steps=plan.unloading_steps,
        drag=_drag(plan, plan.settling_drag, share ** (1 / 3)),
        watch=watch,
        checkpoint_every=CHECKPOINT_EVERY,
        release_checkpoints=_checkpoints("release"),
        max_steps=settling.max_steps,
        give_up=_give_up("release", f"{settling.max_steps}+v_unloading_from"),
        top=top,
        released=names.RELEASED,
        released_result=names.RELEASED_RESULT,
    )


def _head(packing: Packing, plan: PressPlan) -> str:
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
        collections=_collections(packing),
        floor=FLOOR.commands(plan),
        lid=lid_um(packing),
    )


def _parting(press: Press, plan: PressPlan) -> str:
    return PARTING.format(
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


def _collections(packing: Packing) -> str:
    """Return size collections for `neighbor multi`: contact cut-offs (diameters), each just above its largest.

    A collection begins at the smallest diameter that the one before leaves out, so that none is empty.
    """
    diameters, cutoffs = np.sort(2 * packing.radius_um), []
    while len(diameters):
        size = int(np.searchsorted(diameters, COLLECTION_RATIO * diameters[0], side="right"))
        cutoffs.append(float(1.001 * diameters[size - 1]))
        diameters = diameters[size:]
    return " ".join([str(len(cutoffs)), *map(repr, cutoffs)])

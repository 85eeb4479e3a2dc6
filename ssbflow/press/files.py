"""The two files of the method: particle data for `atom_style sphere`, and a LAMMPS script to run by hand."""

from pathlib import Path

import numpy as np

from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press import floor
from ssbflow.press.contact_law import CONTACT_LAWS
from ssbflow.press.drive import DRIVES
from ssbflow.press.plan import PressPlan

DATA = "particles.data"
SCRIPT = "press.in"
FRAMES = "frames.lammpstrj"
FINAL = "final.dump"
CONTACTS = "contacts.dump"
RESULT = "result.txt"

SAMPLE_EVERY = 50  # steps between looks at the forces
SAMPLES = 4  # looks averaged before each decision whether the press has settled
NOT_SETTLED = "not in equilibrium"

SCRIPT_TEXT = """\
# ssbflow: press a loose packing to equilibrium.  Run by hand:  lmp -in {script}
# Units: um, us, pg; force nN; pressure kPa.

units           micro
atom_style      sphere
boundary        p p f
newton          off
neighbor        {skin!r} multi
comm_modify     mode multi vel yes
read_data       {data}
{groups}

# Contacts: each species has its own modulus, LAMMPS mixes them.
pair_style      granular
{pair_coefficients}
neigh_modify    delay 0 every 1 check yes collection/interval {collections}

# Floor at z = 0: for each species a wall with its modulus, and a stop for spheres pressed flat; lid far above.
{floors}
fix             lid all wall/reflect zlo EDGE zhi EDGE

# Part the overlaps of the grid fill: limited moves, no force yet.
timestep        {time_step!r}
fix             part all nve/limit {parting_move!r}
fix             drag all viscous {first_drag!r}{drag_scales}
thermo          {parting_thermo}
run             {parting_steps}
unfix           part
unfix           drag
velocity        all set 0.0 0.0 0.0
reset_timestep  0

# Press.  The net force is stored before the drag acts, so that falling at terminal speed does not look balanced.
{drive}
fix             net all store/force
fix             drag all viscous {first_drag!r}{drag_scales}
fix             move all nve/sphere

# At rest: net force against contact force, and floor force against applied force, averaged over a window.
variable        net atom sqrt(f_net[1]^2+f_net[2]^2+f_net[3]^2)
compute         net all reduce ave v_net
compute         contact all pair/local dist force cutoff radius
compute         contact_mean all reduce ave c_contact[2] inputs local
{floor_forces}
variable        floor_kpa equal ({floor_sum})/{cross_section!r}
variable        unbalanced equal c_net/(c_contact_mean+1e-30)
variable        top atom z+radius
compute         top all reduce max v_top
fix             window all ave/time {sample_every} {samples} {window} v_unbalanced v_floor_kpa
variable        calm equal f_window[1]<{unbalanced_limit!r}
variable        carried equal abs(f_window[2]/{floor_pressure!r}-1.0)<{floor_tolerance!r}
variable        settled equal v_calm&&v_carried
fix             stop all halt {window} v_settled > 0.5 error continue message no

dump            frames all custom {frame_stride} {frames} id x y z
dump_modify     frames sort id format float %.9g
thermo_style    custom step atoms ke v_unbalanced v_floor_kpa c_top cpu
thermo          {thermo}
thermo_modify   lost error
run             {max_steps}
variable        steps equal $(step)
variable        at_rest equal ${{settled}}
variable        unbalanced_end equal $(f_window[1])
variable        floor_end equal $(f_window[2])
undump          frames
unfix           stop

# What the press leaves: every particle, every contact, a few numbers.
compute         pair all property/local patom1 patom2 cutoff radius
dump            contacts all local 1 {contacts} c_pair[1] c_pair[2] c_contact[1] c_contact[2]
dump_modify     contacts format float %.17g
run             0
write_dump      all custom {final} id x y z modify sort id format float %.17g
print           "steps ${{steps}}" file {result}
print           "unbalanced $(v_unbalanced_end:%.17g)" append {result}
print           "floor_kpa $(v_floor_end:%.17g)" append {result}
if "${{at_rest}} < 0.5" then "print '{not_settled} after ${{steps}} steps'" "quit 3"
"""


def write_press(folder: Path, packing: Packing, materials: dict[str, Material], press: Press, plan: PressPlan) -> None:
    """Write data file and script of one press into a folder."""
    (folder / DATA).write_text(data_text(packing, plan.species, plan.density_g_cm3), encoding="utf-8")
    (folder / SCRIPT).write_text(script_text(packing, materials, press, plan), encoding="utf-8")


def data_text(packing: Packing, species: tuple[str, ...], density_g_cm3: Floats) -> str:
    """Return the data file: id, type, diameter, density, x, y, z of every particle."""
    lid = packing.position_um[:, 2].max() + 2 * packing.radius_um.max()
    header = [
        "ssbflow: loose packing; types: " + ", ".join(f"{number} {name}" for number, name in enumerate(species, 1)),
        "",
        f"{len(packing)} atoms",
        f"{len(species)} atom types",
        f"0.0 {packing.edge_um[0]!r} xlo xhi",
        f"0.0 {packing.edge_um[1]!r} ylo yhi",
        f"0.0 {float(lid)!r} zlo zhi",
        "",
        "Atoms # sphere",
        "",
    ]
    kind = np.select([packing.species == name for name in species], range(1, len(species) + 1))
    columns = zip(
        kind.tolist(),
        (2 * packing.radius_um).tolist(),
        density_g_cm3.tolist(),
        packing.position_um.tolist(),
        strict=True,
    )
    rows = [
        f"{number} {kind} {diameter!r} {density!r} {x!r} {y!r} {z!r}"
        for number, (kind, diameter, density, (x, y, z)) in enumerate(columns, 1)
    ]
    return "\n".join([*header, *rows, ""])


def script_text(packing: Packing, materials: dict[str, Material], press: Press, plan: PressPlan) -> str:
    """Return the LAMMPS script."""
    law, settling = CONTACT_LAWS[press.contact_law], press.settling
    coefficients = {name: law.coefficients(materials[name], press.stiffness_scale) for name in plan.species}
    first, *others = plan.species
    window = SAMPLE_EVERY * SAMPLES
    return SCRIPT_TEXT.format(
        script=SCRIPT,
        data=DATA,
        frames=FRAMES,
        contacts=CONTACTS,
        final=FINAL,
        result=RESULT,
        not_settled=NOT_SETTLED,
        skin=plan.skin_um,
        collections=_collections(packing),
        groups="\n".join(f"group {name} type {number}" for number, name in enumerate(plan.species, 1)),
        pair_coefficients="\n".join(
            f"pair_coeff {number} {number} {coefficients[name]}" for number, name in enumerate(plan.species, 1)
        ),
        floors="\n".join(
            f"{floor.wall(name, coefficients[name])}\n{floor.stop(name, materials[name], press.stiffness_scale)}"
            for name in plan.species
        ),
        time_step=plan.time_step_us,
        parting_move=plan.parting_move_um,
        parting_steps=plan.parting_steps,
        parting_thermo=max(1, plan.parting_steps // 4),
        first_drag=plan.drag[first],
        drag_scales="".join(
            f" scale {number} {plan.drag[name] / plan.drag[first]!r}" for number, name in enumerate(others, 2)
        ),
        drive="\n".join(DRIVES[press.drive].commands(plan.force_nn)),
        floor_forces="\n".join(floor.force(name) for name in plan.species),
        floor_sum="+".join(floor.force_terms(name) for name in plan.species),
        cross_section=packing.cross_section_um2,
        floor_pressure=plan.floor_pressure_kpa,
        sample_every=SAMPLE_EVERY,
        samples=SAMPLES,
        window=window,
        unbalanced_limit=settling.unbalanced_force_limit,
        floor_tolerance=settling.floor_force_tolerance,
        frame_stride=plan.frame_stride,
        thermo=5 * window,
        max_steps=settling.max_steps,
    )


def _collections(packing: Packing) -> str:
    """Return size collections for `neighbor multi`: contact cut-offs (diameters), the last above the largest.

    One collection for each factor of two in diameter.
    """
    smallest, largest = 2 * float(packing.radius_um.min()), 2 * float(packing.radius_um.max())
    count = max(1, round(float(np.log2(largest / smallest))))
    cutoffs = smallest * (largest / smallest) ** (np.arange(1, count + 1) / count)
    cutoffs[-1] = 1.001 * largest
    return " ".join([str(count), *(repr(float(cutoff)) for cutoff in cutoffs)])

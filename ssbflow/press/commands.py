"""What the LAMMPS script of a press says, in its order; `script` fills in the numbers."""

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
neigh_modify    one {most_neighbours} page {page}

# Floor at z = 0; a lid far above, where nothing is pressed.
{floor}
fix             lid particles wall/reflect zlo 0.0 zhi {lid!r}

variable        top atom z+radius
compute         top particles reduce max v_top
compute         height particles reduce ave z
"""

PARTING = """
# Part the overlaps of the loose packing: limited moves, no force yet, no centre higher than the highest.
if "${{start}} != particles" then "jump SELF pressing"
fix             cover particles wall/reflect zhi {cover!r}
fix             part particles nve/limit {parting_move!r}
fix             drag all viscous {drag}
thermo_style    custom step atoms ke c_top c_height
thermo_modify   lost error flush yes
thermo          {parting_thermo}
run             {parting_steps} post no
unfix           part
unfix           cover
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
{flow}
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
variable        drift equal c_sinking*{window_us!r}/(c_height+1e-30)
variable        calm equal f_window[1]<{unbalanced_limit!r}
variable        bears equal abs(f_window[2]-1.0)<{floor_tolerance!r}
variable        stands equal abs(f_window[3])<{drift_limit!r}
variable        settled equal v_calm&&v_bears&&v_stands
thermo_style    custom step atoms ke v_unbalanced v_floor_kpa v_drift {top} cpu
thermo_modify   lost error flush yes
thermo          {thermo}
if "${{start}} == release" then "jump SELF releasing"

restart         {checkpoint_every} {press_checkpoints}
variable        idle equal abs(c_sinking)*{stride_us!r}<{idle_um!r}
dump            frames particles custom {frame_stride} {frames} id x y z
dump_modify     frames sort id format float %.9g skip v_idle
fix             progress all print {frame_stride} "$(step) $(c_height:%.9g)" append {progress} screen no

{watch}
run             {max_steps} upto post no
{check_atoms}
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
{flow}
variable        settled equal v_calm&&v_bears&&v_stands&&(v_unloaded>=1.0)
{watch}
restart         {checkpoint_every} {release_checkpoints}
run             $({max_steps}+v_unloading_from) upto post no
{check_atoms}
{give_up}
write_dump      particles custom {released} id x y z modify sort id format float %.17g
print           "floor_kpa $(f_window[4]:%.17g)" file {released_result}
print           "top_um $({top}:%.17g)" append {released_result}
"""

WATCH = """\
fix             window all ave/time {every} {samples} {window} v_unbalanced v_carried v_drift v_floor_kpa
fix             stop all halt {window} v_settled > 0.5 error continue message no"""

# LAMMPS counts again at the end of a run: what is lost in its last steps would never be missed.
CHECK_ATOMS = """\
if "$(count(all)) < {atoms}" then "print '{lost_atoms}: $(count(all)) of {atoms} left'" "quit {exit_lost_atoms}\""""

GIVE_UP = """\
if "$(v_settled) < 0.5 && $(step) >= $({last})" then &
  "print '{not_settled} after $(step) steps'" "quit {exit_not_settled}"
if "$(v_settled) < 0.5" then &
  "write_restart {checkpoint}" "print '{time_limit} at step $(step)'" "quit {exit_time_limit}\""""

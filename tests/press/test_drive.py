"""The drives as LAMMPS itself understands them."""

import dataclasses
from pathlib import Path

import pytest
from press_oracles import BOTH, EDGE, full_force_nn, hertz_force_nn, lammps_numbers, mixed_gpa, plan_of, random_packing

from ssbflow.inputs.protocol import Settling
from ssbflow.packing.packing import Packing
from ssbflow.press.drive import BEARING, DRIVES
from ssbflow.press.plan import PlatenPlan, PressPlan

ONE = Packing([[5, 5, 3.0]], [1.0], ["se"], (EDGE, EDGE))


def carrier_of(plan: PressPlan) -> PlatenPlan:
    assert plan.platen
    return plan.platen


@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("species", [("eam", "se"), ("se",), ("eam",)])
def test_drive_tells_the_force_that_it_puts_on_particles(species: tuple[str, ...], drive: str) -> None:
    plan = plan_of(random_packing(1, species), drive=drive)
    assert DRIVES[drive].force_nn(plan) == (plan.weight_nn if drive == "body_force" else {})


def test_body_force_needs_no_placing() -> None:
    assert DRIVES["body_force"].placing(plan_of(ONE, drive="body_force")) == ""


@pytest.mark.lammps
@pytest.mark.parametrize("load", [1.0, 0.25])
@pytest.mark.parametrize(("drive", "part"), [("body_force", 1.0), ("platen", 0.05)])
def test_every_particle_is_pushed_down_with_its_share_of_the_load(
    tmp_path: Path, drive: str, part: float, load: float
) -> None:
    packing = random_packing(2, ("eam", "se"))
    plan = plan_of(packing, drive=drive, settling=Settling(weight_fraction=0.05))
    commands = [
        "thermo_style custom step c_top\nrun 0",
        DRIVES[drive].placing(plan),
        f"variable load equal {load!r}",
        DRIVES[drive].commands(plan),
        "run 0",
        f'print "{" ".join(f"$(fz[{number}]:%.17g)" for number in range(1, len(packing) + 1))}" file out',
    ]
    forces = lammps_numbers(tmp_path, packing, plan, "\n".join(commands))
    assert forces == pytest.approx([-load * plan.weight_nn[name] for name in packing.species.tolist()])
    assert sum(forces) == pytest.approx(-load * part * full_force_nn(packing))


def platen_numbers(folder: Path, plan: PressPlan, plate_um: str, load: float = 1.0) -> tuple[float, float, float]:
    """Plate at a height above the one sphere: what it carries, the force on its atom, the force on the sphere."""
    carrier = carrier_of(plan)
    commands = [
        "thermo_style custom step c_top",
        "run 0",
        plate_um,
        f"variable load equal {load!r}",
        DRIVES["platen"].commands(plan),
        "thermo_style custom step v_platen_force",
        "run 0",
        f'print "$(v_platen_force:%.17g) $(fz[{carrier.atom_id}]:%.17g) $(fz[1]:%.17g)" file out',
    ]
    carried, on_atom, on_sphere = lammps_numbers(folder, ONE, plan, "\n".join(commands))
    return carried, on_atom, on_sphere


def plate_at(plan: PressPlan, height_um: float) -> str:
    return f"set group platen z {height_um + carrier_of(plan).gap_um!r}"


def hertz_on_plate_nn(overlap_um: float) -> float:
    return float(hertz_force_nn(overlap_um, 1.0, mixed_gpa(BOTH["se"], BOTH["se"])))


@pytest.mark.lammps
def test_platen_is_put_on_the_highest_particle(tmp_path: Path) -> None:
    packing = random_packing(3, ("eam", "se"))
    plan = plan_of(packing, drive="platen")
    carrier = carrier_of(plan)
    commands = [
        "thermo_style custom step c_top",
        "run 0",
        DRIVES["platen"].placing(plan),
        "variable load equal 1.0",
        DRIVES["platen"].commands(plan),
        "thermo_style custom step v_platen_force",
        "run 0",
        f'print "$({DRIVES["platen"].top}:%.17g) $(v_platen_force:%.17g) $(fz[{carrier.atom_id}]:%.17g)" file out',
    ]
    top, carried, on_atom = lammps_numbers(tmp_path, packing, plan, "\n".join(commands))
    assert top == pytest.approx((packing.position_um[:, 2] + packing.radius_um).max(), rel=1e-9)
    assert carried == pytest.approx(0, abs=1e-6 * full_force_nn(packing))
    assert on_atom == pytest.approx(-carrier.load_nn)


@pytest.mark.lammps
@pytest.mark.parametrize("load", [1.0, 0.02])
def test_free_platen_is_pushed_by_its_load(tmp_path: Path, load: float) -> None:
    plan = plan_of(ONE, drive="platen")
    carried, on_atom, on_sphere = platen_numbers(tmp_path, plan, plate_at(plan, 4.001), load)
    assert carried == 0
    assert on_sphere == pytest.approx(-load * plan.weight_nn["se"])
    assert on_atom == pytest.approx(-load * carrier_of(plan).load_nn)


@pytest.mark.lammps
@pytest.mark.parametrize("share", [0.05, 0.95, 1.0, 1.5])
def test_platen_is_pushed_by_what_the_particles_do_not_carry(tmp_path: Path, share: float) -> None:
    # a sphere that carries this share of the force: little of it, nearly all, all, too much
    unscaled = plan_of(ONE, drive="platen")
    total = hertz_on_plate_nn(0.2) / share
    platen = dataclasses.replace(carrier_of(unscaled), load_nn=total)
    plan = dataclasses.replace(unscaled, weight_nn={"se": 0.0}, platen=platen)
    carried, on_atom, on_sphere = platen_numbers(tmp_path, plan, plate_at(plan, 3.8))
    assert carried == pytest.approx(share * total, rel=1e-6)
    assert on_sphere == pytest.approx(-carried, rel=1e-9)
    assert on_atom == pytest.approx((share - 1) * total, rel=1e-6, abs=1e-6 * total)


@pytest.mark.lammps
def test_platen_alone_comes_down_at_its_terminal_speed(tmp_path: Path) -> None:
    plan = plan_of(ONE, drive="platen")
    carrier = carrier_of(plan)
    fall_speed = carrier.load_nn / carrier.drag
    # long enough to reach it, too short to reach the sphere
    relaxation, way = carrier.mass_pg / carrier.drag, 100.0
    steps = 200
    commands = [
        plate_at(plan, 4.0 + way),
        "variable load equal 1.0",
        DRIVES["platen"].commands(plan),
        f"fix drag platen viscous {carrier.drag!r}\nfix move platen nve/sphere",
        f"timestep {relaxation / 20!r}\nrun {steps}",
        f'print "$(vz[{carrier.atom_id}]:%.17g)" file out',
    ]
    assert fall_speed * steps * relaxation / 20 < way
    [speed] = lammps_numbers(tmp_path, ONE, plan, "\n".join(["change_box all z final 0 200", *commands]))
    assert speed == pytest.approx(-fall_speed, rel=1e-3)


def test_body_force_is_dragged_against_the_floor() -> None:
    assert DRIVES["body_force"].flow(plan_of(ONE, drive="body_force")) == ""


@pytest.mark.lammps
@pytest.mark.parametrize("share", [1.0, 0.25])
@pytest.mark.parametrize("carried", [0.0, 0.5 * BEARING, BEARING, 1.0])
def test_drag_is_against_particles_that_sink_with_the_plate_until_they_bear_some_load(
    tmp_path: Path, carried: float, share: float
) -> None:
    packing = random_packing(4, ("eam", "se"))
    plan = plan_of(packing, drive="platen")
    plate_um, speed = 1.5 * packing.height_um, -7.0
    commands = [
        f"variable platen_z equal {plate_um!r}\nvariable full equal 50.0",
        f"variable platen_force equal {carried!r}*v_full",
        f"velocity platen set NULL NULL {speed!r}",
        DRIVES["platen"].flow(plan, share),
        "run 0",
        f'print "{" ".join(f"$(fz[{number}]:%.17g)" for number in range(1, len(packing) + 1))}" file out',
    ]
    forces = lammps_numbers(tmp_path, packing, plan, "\n".join(commands))
    borne = min(1.0, carried / BEARING)
    flow = [speed * (borne * z / plate_um + 1 - borne) for z in packing.position_um[:, 2].tolist()]
    drag = [share * plan.drag[name] for name in packing.species.tolist()]
    assert forces == pytest.approx([d * v for d, v in zip(drag, flow, strict=True)])

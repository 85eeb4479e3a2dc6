"""One and two spheres under the package's own contact law: forces, collisions, sliding and rolling."""

import math
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press, Protocol, Settling
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press import names
from ssbflow.press.data_file import data_text
from ssbflow.press.drive import DRIVES
from ssbflow.press.dumps import read_dump
from ssbflow.press.lmp import find_lmp
from ssbflow.press.mechanics import effective_modulus_kpa, rayleigh_time_us
from ssbflow.press.plan import PressPlan, press_plan
from ssbflow.press.press import press
from ssbflow.press.wall import FLOOR

pytestmark = pytest.mark.lammps

EDGE = 4.0
KPA_PER_GPA = 1e6
SE_PAIR_NN = 9157.5
"""Force of two 25 GPa spheres (ν 0.3) of radius 0.5 µm at an overlap of 0.01 µm: 4/3 E* √R δ^1.5, E* 13.736 GPa."""

EFFECTIVE_GPA = {("eam", "eam"): 107.143, ("eam", "se"): 24.351, ("se", "se"): 13.736}
"""1/E* = Σ (1 − ν²)/E for 195 and 25 GPa, ν 0.3 (the materials of US 2025/0265390 A1)."""


def materials(friction: float = 0.4, restitution: float = 0.7) -> dict[str, Material]:
    """CAM and LPSCl of Example 1 of US 2025/0265390 A1."""
    common = {"poisson_ratio": 0.3, "friction": friction, "restitution": restitution}
    return {
        "eam": Material(density_g_cm3=4.7, youngs_modulus_gpa=195, **common),
        "se": Material(density_g_cm3=1.74, youngs_modulus_gpa=25, **common),
    }


# --- LAMMPS on a few moving spheres ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spheres:
    """Spheres that move and spin, and what they are made of."""

    packing: Packing
    velocity: Floats
    spin: Floats
    made_of: dict[str, Material]

    @property
    def mass_pg(self) -> Floats:
        density = [self.made_of[name].density_g_cm3 for name in self.packing.species.tolist()]
        return self.packing.volume_um3 * np.array(density)

    @property
    def inertia(self) -> Floats:
        return 0.4 * self.mass_pg * self.packing.radius_um**2

    def plan(self, **given: object) -> PressPlan:
        """The numbers of a press by body force of real masses."""
        fields = {"pressure_mpa": 1, "drive": "body_force", "settling": Settling(density_scaling=False), **given}
        return press_plan(self.packing, self.made_of, Press(**fields), self.packing.eam_volume_fraction())


@dataclass(frozen=True)
class Motion:
    """Times (F,) of the frames; positions, velocities and spins, each (F, N, 3)."""

    time_us: Floats
    position: Floats
    velocity: Floats
    spin: Floats


def moved(
    folder: Path,
    spheres: Spheres,
    plan: PressPlan,
    *,
    time_step_us: float,
    steps: int,
    frames: int = 1,
    walls_and_forces: str = "",
) -> Motion:
    """Let spheres move on their own in LAMMPS, by the plan's contact law; the first frame is the start."""
    script = [
        "units micro\natom_style sphere\natom_modify map array\nboundary p p f\ncomm_modify vel yes",
        f"read_data {names.DATA}\npair_style granular",
        *(f"pair_coeff {kind} {kind} {plan.coefficients[name]}" for kind, name in enumerate(plan.species, 1)),
        *(f"group {name} type {kind}" for kind, name in enumerate(plan.species, 1)),
        "group particles union all",
        *(f"set atom {number} omega {vector(row)}" for number, row in enumerate(spheres.spin, 1)),
        *(f"set atom {number} {speeds(row)}" for number, row in enumerate(spheres.velocity, 1)),
        walls_and_forces,
        f"fix move all nve/sphere\ntimestep {time_step_us!r}",
        f"dump motion all custom {steps // frames} motion.*.dump id xu yu zu vx vy vz omegax omegay omegaz",
        "dump_modify motion sort id format float %.17g",
        f"run {steps}",
    ]
    (folder / names.DATA).write_text(data_text(spheres.packing, plan), encoding="utf-8")
    (folder / "few.in").write_text("\n".join(script), encoding="utf-8")
    lmp = find_lmp()
    done = subprocess.run(
        [lmp.path, "-in", "few.in", "-nocite"],
        cwd=folder, env=lmp.environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    written = range(0, steps + 1, steps // frames)
    table = np.stack([read_dump(folder / f"motion.{step}.dump") for step in written])
    return Motion(time_step_us * np.array(written), table[:, :, 1:4], table[:, :, 4:7], table[:, :, 7:10])


def vector(row: Floats) -> str:
    return " ".join(map(repr, row.tolist()))


def speeds(row: Floats) -> str:
    return " ".join(f"v{axis} {value!r}" for axis, value in zip("xyz", row.tolist(), strict=True))


def hertz_collision_us(speed: float, mass_pg: float, radius_um: float, modulus_gpa: float) -> float:
    """A Hertz collision takes 2.87 (m² / (R E*² v))^(1/5), with the pair's effective mass, radius and modulus."""
    return float(2.87 * (mass_pg**2 / (radius_um * (modulus_gpa * KPA_PER_GPA) ** 2 * speed)) ** 0.2)


# --- Forces of a whole press ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", EFFECTIVE_GPA)
def test_pressed_column_of_two_spheres_overlaps_by_what_hertz_needs(tmp_path: Path, column: tuple[str, str]) -> None:
    edge = 1.2
    packing = Packing([[0.6, 0.6, 0.5], [0.6, 0.6, 1.501]], [0.5, 0.5], column, (edge, edge))
    protocol = Protocol.model_validate(
        {
            "box": {"edge_um": edge, "areal_mass_mg_cm2": 1},
            "press": {
                "pressure_mpa": SE_PAIR_NN / edge**2 / 1e3,
                "settling": {"initial_solid_fraction": None, "floor_force_tolerance": 1e-4, "weight_fraction": 0},
            },
        }
    )
    pressed = press(packing, materials(), protocol, folder=tmp_path)

    def overlap_um(pair: tuple[str, str], radius_um: float) -> float:
        return (SE_PAIR_NN / (4 / 3 * EFFECTIVE_GPA[pair] * KPA_PER_GPA * math.sqrt(radius_um))) ** (2 / 3)

    bottom, top = column
    between = overlap_um(column, 0.25)
    assert pressed.contacts.normal_force_nn == pytest.approx([SE_PAIR_NN], rel=1e-3)
    assert pressed.contacts.overlap_um == pytest.approx([between], rel=1e-3)
    if column == ("se", "se"):
        assert between == pytest.approx(0.01, rel=1e-4)
    on_walls = overlap_um((bottom, bottom), 0.5) + overlap_um((top, top), 0.5)  # a wall has the sphere's modulus
    assert 2 - pressed.packing.height_um == pytest.approx(between + on_walls, rel=1e-3)


# --- Collisions -----------------------------------------------------------------------------------------------------


def collision(spheres: Spheres, speed: float) -> dict[str, float | int]:
    """Time step and number of steps that see a collision at this speed to its end."""
    one, other = spheres.packing.species.tolist()
    mass, radius = 1 / np.sum(1 / spheres.mass_pg), 1 / np.sum(1 / spheres.packing.radius_um)
    duration = hertz_collision_us(speed, float(mass), float(radius), EFFECTIVE_GPA[one, other])
    return {"time_step_us": duration / 2000, "steps": 8000}


def oblique(made_of: dict[str, Material], speed: float, spin: float = 0.0) -> Spheres:
    """A large CAM and a small SE sphere, all but touching; the line of centres lies 30° off their relative velocity."""
    slant = math.radians(30)
    centres = 0.7 + 0.5 + 1e-3 * speed * math.cos(slant)
    packing = Packing(
        [[2, 2, 2], [2 + centres * math.cos(slant), 2 + centres * math.sin(slant), 2]],
        [0.7, 0.5],
        ["eam", "se"],
        (EDGE, EDGE),
    )
    velocity = speed * np.array([[0.3, 0.0, 0.1], [-0.7, 0.0, 0.1]])
    return Spheres(packing, velocity, spin * np.array([[0.2, -0.5, 0.3], [0.1, 0.4, -0.6]]), made_of)


def approach_energy(spheres: Spheres) -> float:
    """Kinetic energy of the relative motion along the line of centres."""
    between = spheres.packing.position_um[1] - spheres.packing.position_um[0]
    along = float((spheres.velocity[1] - spheres.velocity[0]) @ between / np.linalg.norm(between))
    return float(along**2 / 2 / np.sum(1 / spheres.mass_pg))


def kinetic_energy(spheres: Spheres, motion: Motion) -> Floats:
    moving = (spheres.mass_pg[:, None] * motion.velocity**2).sum(axis=(1, 2))
    spinning = (spheres.inertia[:, None] * motion.spin**2).sum(axis=(1, 2))
    return np.asarray((moving + spinning) / 2)


def momentum(spheres: Spheres, motion: Motion) -> tuple[Floats, Floats]:
    """Linear and angular momentum of every frame, (F, 3) each."""
    linear = spheres.mass_pg[:, None] * motion.velocity
    angular = np.cross(motion.position, linear) + spheres.inertia[:, None] * motion.spin
    return linear.sum(axis=1), angular.sum(axis=1)


def test_frictionless_elastic_collision_keeps_kinetic_energy(tmp_path: Path) -> None:
    spheres = oblique(materials(friction=0, restitution=1), speed=0.01)
    motion = moved(tmp_path, spheres, spheres.plan(), **collision(spheres, 0.01))
    before, after = kinetic_energy(spheres, motion)
    assert np.linalg.norm(motion.velocity[1] - motion.velocity[0]) > 0.01  # they did collide
    assert after == pytest.approx(before, rel=1e-6)


@pytest.mark.parametrize("restitution", [0.3, 0.5, 0.7, 0.9])
def test_frictionless_collision_loses_its_share_of_the_approach_alone(tmp_path: Path, restitution: float) -> None:
    # slow: the line of centres must not turn while they touch
    spheres = oblique(materials(friction=0, restitution=restitution), speed=0.01, spin=0.01)
    motion = moved(tmp_path, spheres, spheres.plan(), **collision(spheres, 0.01))
    before, after = kinetic_energy(spheres, motion)
    assert math.sqrt(1 - (before - after) / approach_energy(spheres)) == pytest.approx(restitution, abs=0.005)
    np.testing.assert_allclose(motion.spin[1], motion.spin[0], rtol=1e-12)


def test_restitution_of_two_materials_is_their_geometric_mean(tmp_path: Path) -> None:
    # how LAMMPS mixes it
    made_of = {"eam": materials(0, 0.5)["eam"], "se": materials(0, 0.9)["se"]}
    spheres = oblique(made_of, speed=0.01)
    before, after = kinetic_energy(spheres, moved(tmp_path, spheres, spheres.plan(), **collision(spheres, 0.01)))
    mean = math.sqrt(0.5 * 0.9)
    assert math.sqrt(1 - (before - after) / approach_energy(spheres)) == pytest.approx(mean, abs=0.005)


@pytest.mark.parametrize("rolling_friction", [0, 0.1])
def test_oblique_frictional_collision_keeps_momentum_and_angular_momentum(
    tmp_path: Path, rolling_friction: float
) -> None:
    spheres = oblique(materials(friction=0.4), speed=20, spin=20)
    motion = moved(
        tmp_path, spheres, spheres.plan(rolling_friction=rolling_friction), **collision(spheres, 20), frames=40
    )
    linear, angular = momentum(spheres, motion)
    assert (np.abs(motion.spin[-1] - motion.spin[0]).max(axis=1) > 1).all()  # friction did turn them
    assert np.abs(linear - linear[0]).max() < 1e-9 * np.linalg.norm(linear[0])
    assert np.abs(angular - angular[0]).max() < 1e-9 * np.linalg.norm(angular[0])
    energy = kinetic_energy(spheres, motion)
    assert energy[-1] < energy[0]


# --- On the floor ---------------------------------------------------------------------------------------------------

RADIUS = 0.5
LOAD_NN = 1000.0
EVERY = 20  # steps between frames; the tangential spring swings in about 100


@pytest.mark.parametrize("restitution", [0.3, 0.5, 0.7, 0.9])
def test_sphere_rebounds_from_the_floor_with_its_restitution(tmp_path: Path, restitution: float) -> None:
    speed = 1.0
    packing = Packing([[2, 2, RADIUS + 1e-4]], [RADIUS], ["se"], (EDGE, EDGE))
    still, down = np.zeros((1, 3)), np.array([[0.0, 0.0, -speed]])
    spheres = Spheres(packing, down, still, materials(restitution=restitution))
    duration = hertz_collision_us(speed, float(spheres.mass_pg[0]), RADIUS, EFFECTIVE_GPA["se", "se"])
    plan = spheres.plan()
    motion = moved(
        tmp_path, spheres, plan, time_step_us=duration / 2000, steps=8000, walls_and_forces=FLOOR.commands(plan)
    )
    assert motion.velocity[-1, 0, 2] / speed == pytest.approx(restitution, abs=0.005)
    assert motion.position[-1, 0, 2] > RADIUS


def on_floor(folder: Path, speed: float, rolling: bool, duration_us: float, **given: object) -> tuple[Spheres, Motion]:
    """An SE sphere pressed on the floor, sliding or rolling along x; the load is a body force of the press."""
    made_of = materials(friction=0.4)
    sunk = (LOAD_NN / (4 / 3 * effective_modulus_kpa(made_of["se"]) * math.sqrt(RADIUS))) ** (2 / 3)
    packing = Packing([[2, 2, RADIUS - sunk]], [RADIUS], ["se"], (EDGE, EDGE))
    spheres = Spheres(packing, np.array([[speed, 0, 0]]), np.array([[0, rolling * speed / RADIUS, 0]]), made_of)
    plan = spheres.plan(pressure_mpa=LOAD_NN / EDGE**2 / 1e3, **given)
    pressing = f"{FLOOR.commands(plan)}\nvariable load equal 1.0\n{DRIVES['body_force'].commands(plan)}"
    time_step = 0.05 * float(rayleigh_time_us(RADIUS, made_of["se"]))
    frames = round(duration_us / time_step / EVERY)
    motion = moved(
        folder, spheres, plan, time_step_us=time_step, steps=EVERY * frames, frames=frames, walls_and_forces=pressing
    )
    return spheres, motion


def about_contact(spheres: Spheres, motion: Motion) -> Floats:
    """Angular momentum about the line on the floor along which the sphere rolls: m v R + I ω."""
    return np.asarray(
        spheres.mass_pg[0] * motion.velocity[:, 0, 0] * RADIUS + spheres.inertia[0] * motion.spin[:, 0, 1]
    )


def test_sliding_sphere_ends_rolling_at_five_sevenths_of_its_speed(tmp_path: Path) -> None:
    speed, mass = 100.0, 1.74 * math.pi / 6
    sliding_us = 2 / 7 * speed * mass / (0.4 * LOAD_NN)  # until friction μ F has taken two sevenths
    spheres, motion = on_floor(tmp_path, speed, rolling=False, duration_us=3 * sliding_us)
    halfway = np.searchsorted(motion.time_us, sliding_us / 2)
    assert motion.velocity[halfway, 0, 0] == pytest.approx((1 + 5 / 7) / 2 * speed, rel=0.01)
    # the contact's tangential spring is not damped: a mean over many of its periods
    later = motion.time_us > 2 * sliding_us
    rolling = motion.velocity[later, 0, 0].mean()
    assert rolling == pytest.approx(5 / 7 * speed, rel=1e-3)
    assert motion.spin[later, 0, 1].mean() * RADIUS == pytest.approx(rolling, rel=1e-3)
    np.testing.assert_allclose(about_contact(spheres, motion), spheres.mass_pg[0] * speed * RADIUS, rtol=1e-9)


def test_rolling_sphere_goes_on_without_rolling_resistance(tmp_path: Path) -> None:
    _, motion = on_floor(tmp_path, 20.0, rolling=True, duration_us=0.3)
    np.testing.assert_allclose(motion.velocity[:, 0, 0], 20.0, rtol=1e-3)


@pytest.mark.parametrize("rolling_friction", [0.05, 0.2])
def test_rolling_resistance_brakes_by_its_coefficient_times_force_and_radius_until_it_stops(
    tmp_path: Path, rolling_friction: float
) -> None:
    speed, mass = 20.0, 1.74 * math.pi / 6
    torque = rolling_friction * LOAD_NN * RADIUS
    rolling_us = 7 / 5 * mass * speed * RADIUS / torque  # the angular momentum 7/5 m v R over the torque
    spheres, motion = on_floor(
        tmp_path, speed, rolling=True, duration_us=1.5 * rolling_us, rolling_friction=rolling_friction
    )
    braking = (motion.time_us > 0.1 * rolling_us) & (motion.time_us < 0.8 * rolling_us)
    slope = np.polyfit(motion.time_us[braking], about_contact(spheres, motion)[braking], 1)[0]
    assert -slope == pytest.approx(torque, rel=0.02)
    at_the_end = motion.time_us > 1.3 * rolling_us
    assert np.abs(motion.velocity[at_the_end, 0, 0]).max() < 0.01 * speed

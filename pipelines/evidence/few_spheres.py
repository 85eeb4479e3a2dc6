"""One and two spheres under the package's own contact law: pressed between floor and platen, or moving freely."""

import math
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press, Protocol, Settling
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press import names
from ssbflow.press.data_file import data_text
from ssbflow.press.dumps import read_dump
from ssbflow.press.lmp import find_lmp
from ssbflow.press.mechanics import KPA_PER_GPA, KPA_PER_MPA
from ssbflow.press.plan import PressPlan, press_plan
from ssbflow.press.press import press
from ssbflow.press.pressed import Pressed
from ssbflow.press.wall import FLOOR

EDGE = 4.0
RADIUS = 0.5
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


def pressed_pair(folder: Path, column: tuple[str, str]) -> Pressed:
    """Press two spheres of radius 0.5 µm on top of each other with the force `SE_PAIR_NN`, by the default drive."""
    edge = 1.2
    packing = Packing([[0.6, 0.6, 0.5], [0.6, 0.6, 1.501]], [0.5, 0.5], column, (edge, edge))
    protocol = Protocol.model_validate(
        {
            "box": {"edge_um": edge, "areal_mass_mg_cm2": 1},
            "press": {
                "pressure_mpa": SE_PAIR_NN / edge**2 / KPA_PER_MPA,
                "settling": {"floor_force_tolerance": 1e-4, "weight_fraction": 0},
            },
        }
    )
    return press(packing, materials(), protocol, folder=folder)


def floor_rebound(folder: Path, restitution: float) -> Motion:
    """Let a sphere of radius 0.5 µm fall on the floor at 1 µm/µs."""
    speed = 1.0
    packing = Packing([[2, 2, RADIUS + 1e-4]], [RADIUS], ["se"], (EDGE, EDGE))
    still, down = np.zeros((1, 3)), np.array([[0.0, 0.0, -speed]])
    spheres = Spheres(packing, down, still, materials(restitution=restitution))
    duration = hertz_collision_us(speed, float(spheres.mass_pg[0]), RADIUS, EFFECTIVE_GPA["se", "se"])
    plan = spheres.plan()
    return moved(folder, spheres, plan, time_step_us=duration / 2000, steps=8000, walls_and_forces=FLOOR.commands(plan))


def pair_rebound(folder: Path, made_of: dict[str, Material], spin: float = 0.0) -> tuple[float, Spheres, Motion]:
    """Return the restitution of a slow collision without friction, which takes only from the approach, and all of it.

    Slow, so that the line of centres does not turn while they touch.
    """
    spheres = oblique(made_of, speed=0.01, spin=spin)
    motion = moved(folder, spheres, spheres.plan(), **collision(spheres, 0.01))
    before, after = kinetic_energy(spheres, motion)
    return math.sqrt(1 - (before - after) / approach_energy(spheres)), spheres, motion


def frictional_collision(folder: Path, rolling_friction: float = 0.0) -> tuple[Spheres, Motion]:
    """Let two spinning spheres with friction 0.4 meet off their line of centres."""
    spheres = oblique(materials(friction=0.4), speed=20, spin=20)
    plan = spheres.plan(rolling_friction=rolling_friction)
    return spheres, moved(folder, spheres, plan, **collision(spheres, 20), frames=40)

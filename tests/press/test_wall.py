"""Floor and platen as LAMMPS itself understands them."""

from pathlib import Path

import numpy as np
import pytest
from press_oracles import BOTH, EDGE, hertz_force_nn, lammps_numbers, mixed_gpa, plan_of

from ssbflow.packing.packing import Packing
from ssbflow.press.wall import FLATTENED, FLOOR, LEAST_LEFT, PLATEN, STOP_STIFFNESS, Wall

pytestmark = pytest.mark.lammps

PLATE_UM = 12.0
"""Height of the platen's plane."""

PLANE = f"""
    variable platen_z equal {PLATE_UM}
    region platen plane 0.0 0.0 0.0 0.0 0.0 -1.0 side in units box move NULL NULL v_platen_z
"""


def height_of(wall: Wall, distance_um: float) -> float:
    """Height of a centre that is so far from a wall."""
    return distance_um if wall is FLOOR else PLATE_UM - distance_um


def on_wall(folder: Path, wall: Wall, packing: Packing) -> tuple[list[float], float]:
    """Vertical force on each sphere, and with what force the wall says that it pushes."""
    forces = " ".join(f"$(fz[{number}]:%.17g)" for number in range(1, len(packing) + 1))
    commands = [
        *([PLANE] if wall is PLATEN else []),
        wall.commands(plan_of(packing, drive="body_force")),
        f"thermo_style custom step v_{wall.name}_force",
        f'run 0\nprint "{forces} $(v_{wall.name}_force:%.17g)" file out',
    ]
    *forces_nn, told = lammps_numbers(folder, packing, plan_of(packing, drive="body_force"), "\n".join(commands))
    return forces_nn, told


def one_sphere(species: str, radius: float, height: float) -> Packing:
    return Packing([[5, 5, height]], [radius], [species], (EDGE, EDGE))


def wall_force_nn(species: str, radius: float, distance: float) -> float:
    """Hertz, and beyond an overlap of half a radius a spring that stiffens besides."""
    modulus_gpa = mixed_gpa(BOTH[species], BOTH[species])
    spring = STOP_STIFFNESS * modulus_gpa * 1e6 * radius
    hertz = float(hertz_force_nn(radius - distance, radius, modulus_gpa))
    stiffened = spring * FLATTENED * radius / (distance + LEAST_LEFT * radius)
    return hertz + stiffened * max(FLATTENED * radius - distance, 0)


@pytest.mark.parametrize("wall", [FLOOR, PLATEN], ids=["floor", "platen"])
@pytest.mark.parametrize("species", ["eam", "se"])
@pytest.mark.parametrize("radius", [0.4, 3.0])
@pytest.mark.parametrize("depth", [0.1, 0.45, 0.55, 0.9])
def test_wall_pushes_a_sphere_by_its_overlap_and_says_so(
    tmp_path: Path, wall: Wall, species: str, radius: float, depth: float
) -> None:
    distance = (1 - depth) * radius
    forces, told = on_wall(tmp_path, wall, one_sphere(species, radius, height_of(wall, distance)))
    expected = wall_force_nn(species, radius, distance)
    assert forces == pytest.approx([wall.away * expected], rel=1e-6)
    assert told == pytest.approx(expected, rel=1e-6)


def test_floor_pushes_an_se_sphere_with_the_published_force(tmp_path: Path) -> None:
    forces, told = on_wall(tmp_path, FLOOR, one_sphere("se", 0.5, 0.49))
    assert [*forces, told] == pytest.approx([12950.67, 12950.67], rel=1e-6)


@pytest.mark.parametrize("wall", [FLOOR, PLATEN], ids=["floor", "platen"])
def test_wall_leaves_a_sphere_that_does_not_reach_it_alone(tmp_path: Path, wall: Wall) -> None:
    assert on_wall(tmp_path, wall, one_sphere("se", 0.5, height_of(wall, 0.5001))) == ([0], 0)


@pytest.mark.parametrize("wall", [FLOOR, PLATEN], ids=["floor", "platen"])
def test_each_species_meets_a_wall_of_its_own_modulus(tmp_path: Path, wall: Wall) -> None:
    distances = [0.49, 0.48, 0.1, 2.0]
    positions = [[3 + 4 * index, 5, height_of(wall, distance)] for index, distance in enumerate(distances)]
    packing = Packing(positions, [0.5] * 4, ["se", "eam", "eam", "se"], (EDGE, EDGE))
    forces, told = on_wall(tmp_path, wall, packing)
    expected = [wall_force_nn(*sphere) for sphere in (("se", 0.5, 0.49), ("eam", 0.5, 0.48), ("eam", 0.5, 0.1))]
    assert forces == pytest.approx([wall.away * force for force in (*expected, 0)], rel=1e-6)
    assert told == pytest.approx(sum(expected), rel=1e-6)


@pytest.mark.parametrize("wall", [FLOOR, PLATEN], ids=["floor", "platen"])
def test_wall_pushes_the_harder_the_nearer_a_centre_comes(tmp_path: Path, wall: Wall) -> None:
    distances = np.linspace(0.99, 0.01, 15)
    positions = [[1 + 1.2 * index, 5, height_of(wall, 0.5 * float(at))] for index, at in enumerate(distances)]
    forces, _ = on_wall(tmp_path, wall, Packing(positions, [0.5] * 15, ["se"] * 15, (EDGE, EDGE)))
    pushed = wall.away * np.array(forces)
    assert pushed[0] > 0
    assert (np.diff(pushed) > 0).all()


@pytest.mark.parametrize("wall", [FLOOR, PLATEN], ids=["floor", "platen"])
def test_wall_can_carry_many_times_what_hertz_can(tmp_path: Path, wall: Wall) -> None:
    radius = 0.5
    forces, _ = on_wall(tmp_path, wall, one_sphere("se", radius, height_of(wall, 1e-3)))
    assert wall.away * forces[0] > 20 * float(hertz_force_nn(radius, radius, mixed_gpa(BOTH["se"], BOTH["se"])))

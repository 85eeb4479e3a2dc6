"""The contact law and the floor as LAMMPS itself understands them."""

import math
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ssbflow.inputs.material import Material
from ssbflow.packing.packing import Packing
from ssbflow.press import floor
from ssbflow.press.contact_law import HertzMaterial
from ssbflow.press.files import DATA, data_text
from ssbflow.press.lmp import find_lmp

pytestmark = pytest.mark.lammps

EDGE = 20.0
KPA_PER_GPA = 1e6


def material(youngs_modulus_gpa: float, restitution: float = 0.7, poisson_ratio: float = 0.3) -> Material:
    return Material(
        density_g_cm3=2.0,
        youngs_modulus_gpa=youngs_modulus_gpa,
        poisson_ratio=poisson_ratio,
        friction=0.4,
        restitution=restitution,
    )


MATERIALS = {"eam": material(195), "se": material(25)}


def numbers_from_lmp(
    folder: Path, packing: Packing, materials: dict[str, Material], commands: str, stiffness_scale: float = 1
) -> list[float]:
    """Run commands on a packing whose types are the materials, in order; return what they print to `out`."""
    density = np.full(len(packing), 2.0)
    coefficients = [HertzMaterial().coefficients(given, stiffness_scale) for given in materials.values()]
    script = [
        "units micro\natom_style sphere\nboundary p p f\nnewton off\ncomm_modify vel yes\natom_modify map yes",
        f"read_data {DATA}\npair_style granular",
        *(f"pair_coeff {kind} {kind} {words}" for kind, words in enumerate(coefficients, 1)),
        *(f"group {name} type {kind}" for kind, name in enumerate(materials, 1)),
        commands,
    ]
    (folder / DATA).write_text(data_text(packing, tuple(materials), density), encoding="utf-8")
    (folder / "test.in").write_text("\n".join(script), encoding="utf-8")
    lmp = find_lmp()
    command = [lmp.path, "-in", "test.in", "-nocite"]
    done = subprocess.run(
        command, cwd=folder, env=lmp.environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout
    return [float(word) for word in (folder / "out").read_text(encoding="ascii").split()]


def hertz_nn(overlap: float, radius: float, modulus_gpa: float) -> float:
    return 4 / 3 * modulus_gpa * KPA_PER_GPA * math.sqrt(radius) * overlap**1.5


def mixed_gpa(one: Material, other: Material) -> float:
    return 1 / sum((1 - m.poisson_ratio**2) / m.youngs_modulus_gpa for m in (one, other))


PAIR_FORCE = """
    compute pair all pair/local force
    compute sum all reduce sum c_pair inputs local
    thermo_style custom step c_sum
    run 0
    print "$(c_sum:%.17g)" file out
"""


@pytest.mark.parametrize(
    ("one", "other", "modulus_gpa"), [("se", "se", 13.736), ("eam", "se", 24.351), ("eam", "eam", 107.143)]
)
def test_force_between_two_spheres_is_hertz_with_the_mixed_modulus(
    tmp_path: Path, one: str, other: str, modulus_gpa: float
) -> None:
    overlap = 0.01
    packing = Packing([[5, 5, 5], [5, 5, 6.2 - overlap]], [0.5, 0.7], [one, other], (EDGE, EDGE))
    force = numbers_from_lmp(tmp_path, packing, MATERIALS, PAIR_FORCE)
    exact = mixed_gpa(MATERIALS[one], MATERIALS[other])
    assert exact == pytest.approx(modulus_gpa, abs=5e-4)
    overlap = 0.5 + 0.7 - float(packing.position_um[1, 2] - packing.position_um[0, 2])
    assert force == pytest.approx([hertz_nn(overlap, 0.5 * 0.7 / 1.2, exact)], rel=1e-6)


def test_force_of_two_se_spheres_is_the_published_one(tmp_path: Path) -> None:
    packing = Packing([[5, 5, 5], [5.99, 5, 5]], [0.5, 0.5], ["se", "se"], (EDGE, EDGE))
    force = numbers_from_lmp(tmp_path, packing, MATERIALS, PAIR_FORCE)
    assert force == pytest.approx([9157.5], rel=1e-5)


def test_stiffness_scale_scales_the_force_between_unequal_materials(tmp_path: Path) -> None:
    packing = Packing([[5, 5, 5], [5.99, 5, 5]], [0.5, 0.5], ["eam", "se"], (EDGE, EDGE))
    force = numbers_from_lmp(tmp_path, packing, MATERIALS, PAIR_FORCE, stiffness_scale=0.1)
    assert force == pytest.approx([0.1 * hertz_nn(0.01, 0.25, mixed_gpa(*MATERIALS.values()))], rel=1e-6)


def test_unequal_poisson_ratios_are_mixed_by_the_plane_strain_modulus(tmp_path: Path) -> None:
    materials = {"eam": material(195, poisson_ratio=0.2), "se": material(25, poisson_ratio=0.35)}
    packing = Packing([[5, 5, 5], [5.99, 5, 5]], [0.5, 0.5], ["eam", "se"], (EDGE, EDGE))
    force = numbers_from_lmp(tmp_path, packing, materials, PAIR_FORCE)
    assert force == pytest.approx([hertz_nn(0.01, 0.25, mixed_gpa(*materials.values()))], rel=1e-6)


@pytest.mark.parametrize("asked", [0.3, 0.5, 0.7, 0.9])
def test_equal_spheres_rebound_head_on_with_the_restitution_asked(tmp_path: Path, asked: float) -> None:
    bouncy = material(25, restitution=asked)
    packing = Packing([[5, 5, 5], [6.0001, 5, 5]], [0.5, 0.5], ["se", "se"], (EDGE, EDGE))
    # a Hertz collision takes 2.87 (m² / (R E² v))^(1/5), with the pair's effective mass, radius and modulus
    speed, mass, radius = 1.0, 2.0 * math.pi / 6 / 2, 0.25
    modulus = mixed_gpa(bouncy, bouncy) * KPA_PER_GPA
    duration = 2.87 * (mass**2 / (radius * modulus**2 * speed)) ** 0.2
    commands = f"""
        velocity all set 0 0 0
        group left id 1
        group right id 2
        velocity left set {speed / 2} 0 0
        velocity right set {-speed / 2} 0 0
        fix move all nve/sphere
        timestep {duration / 2000!r}
        run 8000
        print "$(vx[1]:%.17g) $(vx[2]:%.17g) $(x[2]-x[1]:%.17g)" file out
    """
    left, right, distance = numbers_from_lmp(tmp_path, packing, {"se": bouncy}, commands)
    assert distance > 1
    assert (right - left) / speed == pytest.approx(asked, abs=0.005)
    assert left + right == pytest.approx(0, abs=1e-9)


def on_floor(tmp_path: Path, species: str, radius: float, height: float) -> list[float]:
    """Force on one sphere, and what the floor says that it carries."""
    coefficients = HertzMaterial().coefficients(MATERIALS[species], 1)
    commands = [
        floor.wall(species, coefficients),
        floor.stop(species, MATERIALS[species], 1),
        floor.force(species),
        f"variable carried equal {floor.force_terms(species)}",
        "thermo_style custom step v_carried",
        'run 0\nprint "$(fz[1]:%.17g) $(v_carried:%.17g)" file out',
    ]
    packing = Packing([[5, 5, height]], [radius], [species], (EDGE, EDGE))
    return numbers_from_lmp(tmp_path, packing, MATERIALS, "\n".join(commands))


def test_floor_pushes_an_se_sphere_with_the_published_force(tmp_path: Path) -> None:
    assert on_floor(tmp_path, "se", 0.5, 0.49) == pytest.approx([12950.67, 12950.67], rel=1e-6)


@pytest.mark.parametrize("species", ["eam", "se"])
@pytest.mark.parametrize("radius", [0.4, 3.0])
def test_floor_mixes_each_species_with_itself(tmp_path: Path, species: str, radius: float) -> None:
    # 4/3 E / (2 (1 - ν²)) √r δ^1.5
    given = MATERIALS[species]
    expected = hertz_nn(0.1 * radius, radius, mixed_gpa(given, given))
    assert on_floor(tmp_path, species, radius, 0.9 * radius) == pytest.approx([expected] * 2, rel=1e-6)


def test_floor_stops_a_sphere_that_is_pressed_flat(tmp_path: Path) -> None:
    # beyond half a radius of overlap, a spring of 5 E* r is added
    modulus = mixed_gpa(MATERIALS["se"], MATERIALS["se"])
    spring = 5 * modulus * KPA_PER_GPA * 2.0 * (0.5 - 0.1) * 2.0
    expected = hertz_nn(0.9 * 2.0, 2.0, modulus) + spring
    assert on_floor(tmp_path, "se", 2.0, 0.1 * 2.0) == pytest.approx([expected] * 2, rel=1e-6)


def test_floor_leaves_a_sphere_above_it_alone(tmp_path: Path) -> None:
    assert on_floor(tmp_path, "se", 0.5, 0.5001) == [0, 0]


def test_each_floor_acts_on_its_own_species_only(tmp_path: Path) -> None:
    packing = Packing([[5, 5, 0.49], [15, 15, 0.49]], [0.5, 0.5], ["se", "eam"], (EDGE, EDGE))
    walls = [floor.wall(name, HertzMaterial().coefficients(given, 1)) for name, given in MATERIALS.items()]
    ending = 'run 0\nprint "$(fz[1]:%.17g) $(fz[2]:%.17g)" file out'
    forces = numbers_from_lmp(tmp_path, packing, MATERIALS, "\n".join([*walls, ending]))
    expected = [hertz_nn(0.01, 0.5, mixed_gpa(MATERIALS[name], MATERIALS[name])) for name in ("se", "eam")]
    assert forces == pytest.approx(expected, rel=1e-6)

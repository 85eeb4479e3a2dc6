"""The contact law as LAMMPS itself understands it."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from press_oracles import DRIVES, EDGE, LIGHT_MPA, hertz_force_nn, lammps_numbers, mixed_gpa, plan_of

import ssbflow
from ssbflow.flow.simulate import pack_case, press_case
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press
from ssbflow.packing.packing import Packing
from ssbflow.press.contact_law import CONTACT_LAWS
from ssbflow.press.mechanics import damping_ratio

EXAMPLE_1 = Path(__file__).parents[2] / "catalogs" / "sweeps" / "example_1.yaml"
KPA_PER_GPA = 1e6
LAW = CONTACT_LAWS[Press(pressure_mpa=1).contact_law]


def material(youngs_modulus_gpa: float, restitution: float = 0.7, poisson_ratio: float = 0.3) -> Material:
    return Material(
        density_g_cm3=2.0,
        youngs_modulus_gpa=youngs_modulus_gpa,
        poisson_ratio=poisson_ratio,
        friction=0.4,
        restitution=restitution,
    )


MATERIALS = {"eam": material(195), "se": material(25)}

PAIR_FORCE = """
    compute pair all pair/local force
    compute sum all reduce sum c_pair inputs local
    thermo_style custom step c_sum
    run 0
    print "$(c_sum:%.17g)" file out
"""


def numbers_from_lmp(
    folder: Path, packing: Packing, materials: dict[str, Material], commands: str, **press: object
) -> list[float]:
    """Run commands on a packing with the law's coefficients; return what they print to `out`."""
    plan = plan_of(packing, materials, drive="body_force", **press)
    law = Press(**{"pressure_mpa": 375, **press})
    coefficients = {name: LAW.coefficients(materials[name], law, smallest_um=0.5) for name in plan.species}
    return lammps_numbers(folder, packing, replace(plan, coefficients=coefficients), commands)


def pair_force_nn(folder: Path, packing: Packing, materials: dict[str, Material], **press: object) -> float:
    [force] = numbers_from_lmp(folder, packing, materials, PAIR_FORCE, **press)
    return force


def two_spheres(one: str, other: str) -> Packing:
    """Radii of half a micrometre, an overlap of 0.01 µm."""
    return Packing([[5, 5, 5], [5.99, 5, 5]], [0.5, 0.5], [one, other], (EDGE, EDGE))


@pytest.mark.lammps
@pytest.mark.parametrize(
    ("one", "other", "modulus_gpa"), [("se", "se", 13.736), ("eam", "se", 24.351), ("eam", "eam", 107.143)]
)
def test_force_between_two_spheres_is_hertz_with_the_mixed_modulus(
    tmp_path: Path, one: str, other: str, modulus_gpa: float
) -> None:
    packing = Packing([[5, 5, 5], [5, 5, 6.2 - 0.01]], [0.5, 0.7], [one, other], (EDGE, EDGE))
    force = pair_force_nn(tmp_path, packing, MATERIALS)
    exact = mixed_gpa(MATERIALS[one], MATERIALS[other])
    assert exact == pytest.approx(modulus_gpa, abs=5e-4)
    overlap = 0.5 + 0.7 - float(packing.position_um[1, 2] - packing.position_um[0, 2])
    assert force == pytest.approx(float(hertz_force_nn(overlap, 0.5 * 0.7 / 1.2, exact)), rel=1e-6)


@pytest.mark.lammps
def test_force_of_two_se_spheres_is_the_published_one(tmp_path: Path) -> None:
    assert pair_force_nn(tmp_path, two_spheres("se", "se"), MATERIALS) == pytest.approx(9157.5, rel=1e-5)


@pytest.mark.lammps
def test_stiffness_scale_scales_the_force_between_unequal_materials(tmp_path: Path) -> None:
    force = pair_force_nn(tmp_path, two_spheres("eam", "se"), MATERIALS, stiffness_scale=0.1)
    assert force == pytest.approx(0.1 * float(hertz_force_nn(0.01, 0.25, mixed_gpa(*MATERIALS.values()))), rel=1e-6)


@pytest.mark.lammps
def test_unequal_poisson_ratios_are_mixed_by_the_plane_strain_modulus(tmp_path: Path) -> None:
    materials = {"eam": material(195, poisson_ratio=0.2), "se": material(25, poisson_ratio=0.35)}
    force = pair_force_nn(tmp_path, two_spheres("eam", "se"), materials)
    assert force == pytest.approx(float(hertz_force_nn(0.01, 0.25, mixed_gpa(*materials.values()))), rel=1e-6)


@pytest.mark.lammps
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
    # under a light pressure, whose drag asks for no more than the real mass
    left, right, distance = numbers_from_lmp(tmp_path, packing, {"se": bouncy}, commands, pressure_mpa=LIGHT_MPA)
    assert distance > 1
    assert (right - left) / speed == pytest.approx(asked, abs=0.005)
    assert left + right == pytest.approx(0, abs=1e-9)


@pytest.mark.lammps
def test_lammps_reads_the_coefficients_of_rolling(tmp_path: Path) -> None:
    smooth, rough = (
        pair_force_nn(tmp_path, two_spheres("eam", "se"), MATERIALS, rolling_friction=friction) for friction in (0, 0.3)
    )
    assert rough == pytest.approx(smooth, rel=1e-12)


@pytest.mark.parametrize("drive", DRIVES)
def test_rolling_is_left_out_where_its_friction_is_zero(drive: str) -> None:
    words = LAW.coefficients(MATERIALS["se"], Press(pressure_mpa=375, drive=drive, rolling_friction=0), smallest_um=0.5)
    assert "rolling" not in words
    rolling = Press(pressure_mpa=375, drive=drive, rolling_friction=0.25)
    resisting = LAW.coefficients(MATERIALS["se"], rolling, smallest_um=0.5).split()
    model, stiffness, damping, friction = resisting[resisting.index("rolling") + 1 :][:4]
    assert (model, float(friction)) == ("sds", 0.25)
    assert float(stiffness) > 0
    assert float(damping) > 0
    assert " ".join(resisting).replace(f" rolling sds {stiffness} {damping} {friction}", "") == words


@pytest.mark.parametrize(("restitution", "share"), [(0.2, 0.025), (0.7, 0.025), (0.95, 0.025), (1, 0)])
def test_slip_is_damped_by_the_same_share_of_critical_whatever_the_restitution(
    restitution: float, share: float
) -> None:
    bouncy = material(25, restitution=restitution)
    words = LAW.coefficients(bouncy, Press(pressure_mpa=375), smallest_um=0.5).split()
    times_the_normal_one = float(words[words.index("mindlin_rescale") + 2])
    assert times_the_normal_one * damping_ratio(bouncy) == pytest.approx(share)


@pytest.mark.lammps
def test_spheres_squeezed_flat_do_not_tremble_for_ever() -> None:
    """This packing takes 172 800 steps to come to rest if nothing damps slip."""
    sweep = ssbflow.load_sweep(EXAMPLE_1)
    mixed = sweep.compositions[0]
    rough = mixed.replace(eam=mixed.eam.replace(friction=0.8), se=mixed.se.replace(friction=0.8))
    settling = sweep.protocol.press.settling.replace(max_steps=20_000)
    protocol = sweep.protocol.replace(press=sweep.protocol.press.replace(settling=settling))
    case = next(sweep.replace(compositions=[rough], protocol=protocol, seeds=[504]).cases())
    assert press_case(case, pack_case(case)).unbalanced_force < settling.unbalanced_force_limit

"""The published body force: what part of it each species bears, in numbers and as LAMMPS applies it."""

import math
from pathlib import Path

import numpy as np
import pytest

import ssbflow
from ssbflow.flow.simulate import case_materials, pack_case
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Protocol
from ssbflow.packing.packing import Packing
from ssbflow.press.press import press, press_files

EXAMPLE_1 = Path(__file__).parents[2] / "catalogs" / "sweeps" / "example_1.yaml"
NN_PER_MPA_UM2 = 1e3
KPA_PER_GPA = 1e6
POISSON_RATIO = 0.3

WEIGHT, DENSITY = {"eam": 66, "se": 33}, {"eam": 4.7, "se": 1.74}
PRESSURE_MPA, EDGE_UM = 375, 20
PUBLISHED_NN = {"eam": 233_638, "se": 315_205}
"""Example 1 of US 2025/0265390 A1: wt%, g/cm³, pressure, edge, and the force on each of about as many particles."""


def test_species_of_example_1_share_the_force_by_volume() -> None:
    case = next(ssbflow.load_sweep(EXAMPLE_1).cases())
    loose = pack_case(case)
    plan, _ = press_files(loose, case_materials(case), case.design.protocol, case.design.composition)
    borne = {name: force * np.count_nonzero(loose.species == name) for name, force in plan.weight_nn.items()}
    volume = {name: WEIGHT[name] / DENSITY[name] for name in WEIGHT}
    total = PRESSURE_MPA * NN_PER_MPA_UM2 * EDGE_UM**2
    assert borne == pytest.approx({name: total * share / sum(volume.values()) for name, share in volume.items()})
    assert borne["se"] / borne["eam"] == pytest.approx(PUBLISHED_NN["se"] / PUBLISHED_NN["eam"], rel=2e-3)


@pytest.mark.lammps
def test_columns_of_each_species_carry_their_share_and_sink_into_the_floor_by_their_modulus(tmp_path: Path) -> None:
    # two spheres on each other, of EAM here and of SE there: the upper one's force is that of the contact
    radius, modulus_gpa, edge, pressure_mpa = {"eam": 0.7, "se": 0.5}, {"eam": 195, "se": 25}, 4.0, 1.25
    position = [[1, 1, 0.7], [1, 1, 2.1], [3, 3, 0.5], [3, 3, 1.5]]
    packing = Packing(position, [0.7, 0.7, 0.5, 0.5], ["eam", "eam", "se", "se"], (edge, edge))
    protocol = Protocol.model_validate(
        {
            "box": {"edge_um": edge, "areal_mass_mg_cm2": 1},
            "press": {
                "pressure_mpa": pressure_mpa,
                "drive": "body_force",
                "settling": {"floor_force_tolerance": 1e-4},
            },
        }
    )
    pressed = press(packing, materials(modulus_gpa), protocol, folder=tmp_path)
    share = {name: size**3 / sum(other**3 for other in radius.values()) for name, size in radius.items()}
    column_nn = {name: share[name] * pressure_mpa * NN_PER_MPA_UM2 * edge**2 for name in radius}
    assert pressed.contacts.normal_force_nn == pytest.approx([column_nn["eam"] / 2, column_nn["se"] / 2], rel=1e-3)
    sunk = [0.7 - pressed.packing.position_um[0, 2], 0.5 - pressed.packing.position_um[2, 2]]
    wanted = [hertz_overlap_um(column_nn[name], radius[name], modulus_gpa[name]) for name in radius]
    assert sunk == pytest.approx(wanted, rel=1e-3)


def materials(modulus_gpa: dict[str, float]) -> dict[str, Material]:
    common = {"poisson_ratio": POISSON_RATIO, "friction": 0.4, "restitution": 0.7}
    return {
        name: Material(density_g_cm3=DENSITY[name], youngs_modulus_gpa=modulus, **common)
        for name, modulus in modulus_gpa.items()
    }


def hertz_overlap_um(force_nn: float, radius_um: float, modulus_gpa: float) -> float:
    """Return the overlap of a sphere with a wall of its own modulus: F = 4/3 E* √R δ^1.5, E* = E / (2 (1 − ν²))."""
    effective_kpa = modulus_gpa * KPA_PER_GPA / (2 * (1 - POISSON_RATIO**2))
    return float((force_nn / (4 / 3 * effective_kpa * math.sqrt(radius_um))) ** (2 / 3))

"""Materials, loose packings and a bare LAMMPS to check the press on, and Hertz written down once more."""

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.data_file import data_text
from ssbflow.press.leftovers import past_leftovers
from ssbflow.press.lmp import find_lmp
from ssbflow.press.plan import PressPlan, press_plan

CAM = Material(density_g_cm3=4.7, youngs_modulus_gpa=195, poisson_ratio=0.3, friction=0.4, restitution=0.7)
SE = Material(density_g_cm3=1.74, youngs_modulus_gpa=25, poisson_ratio=0.3, friction=0.4, restitution=0.7)
BOTH = {"eam": CAM, "se": SE}
DRIVES = ("body_force", "platen")
EDGE = 20.0
LIGHT_MPA = 1e-3
"""A pressure so light that neither contacts nor drag ask for a shorter time step or for more mass."""


def hertz_force_nn(
    overlap_um: ArrayLike, effective_radius_um: ArrayLike, effective_modulus_gpa: ArrayLike
) -> NDArray[np.float64]:
    """Return the Hertz force 4/3 E* √R δ^1.5 (nN) of two elastic spheres."""
    overlap, radius = np.asarray(overlap_um, dtype=float), np.asarray(effective_radius_um, dtype=float)
    modulus_kpa = np.asarray(effective_modulus_gpa, dtype=float) * 1e6
    return np.asarray(4 / 3 * modulus_kpa * np.sqrt(radius) * overlap**1.5)


def mixed_gpa(one: Material, other: Material) -> float:
    """Return E* of two materials: 1/E* is the sum of both (1 - ν²)/E."""
    return 1 / sum((1 - m.poisson_ratio**2) / m.youngs_modulus_gpa for m in (one, other))


def random_packing(seed: int, species: tuple[str, ...], size_ratio: float = 5, count: int = 30) -> Packing:
    """Loose spheres, no two of them near each other; each species occurs."""
    generator = np.random.default_rng(seed)
    radius = 0.4 * size_ratio ** np.concatenate([[0, 1], generator.random(count - 2)])
    cell = 2.1 * radius.max()
    grid = np.array([[index % 3, index // 3 % 3, index // 9] for index in range(count)])
    position = (grid + 0.5) * cell + (generator.random((count, 3)) - 0.5) * 0.02 * cell
    return Packing(position, radius, np.resize(species, count), (3 * cell, 3 * cell))


def plan_of(packing: Packing, materials: dict[str, Material] = BOTH, **press: object) -> PressPlan:
    """The plan of a press at 375 MPa where nothing else is said."""
    fields = {"pressure_mpa": 375, **press}
    return press_plan(packing, materials, Press(**fields), packing.eam_volume_fraction())


def full_force_nn(packing: Packing, pressure_mpa: float = 375) -> float:
    """Return pressure × cross-section."""
    return pressure_mpa * 1e3 * packing.cross_section_um2


def run_plain(folder: Path, script: str) -> None:
    """`lmp -in SCRIPT`, as one would by hand."""
    lmp = find_lmp()
    command = past_leftovers([lmp.path, "-in", script, "-nocite"])
    done = subprocess.run(
        command, cwd=folder, env=lmp.environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]


def lammps_numbers(folder: Path, packing: Packing, plan: PressPlan, commands: str) -> list[float]:
    """Run commands on a packing whose contacts are the plan's; return what they print to `out`."""
    kinds = {name: kind for kind, name in enumerate((*plan.species, *(["platen"] if plan.platen else [])), 1)}
    coefficients = [plan.coefficients.get(name, plan.coefficients[plan.species[0]]) for name in kinds]
    script = [
        "units micro\natom_style sphere\nboundary p p f\nnewton on\ncomm_modify vel yes\natom_modify map yes",
        f"read_data {names.DATA}\npair_style granular",
        *(f"pair_coeff {kind} {kind} {words}" for kind, words in enumerate(coefficients, 1)),
        *(f"group {name} type {kind}" for name, kind in kinds.items()),
        "group particles type " + " ".join(str(kinds[name]) for name in plan.species),
        "variable top atom z+radius\ncompute top particles reduce max v_top",
        commands,
    ]
    (folder / names.DATA).write_text(data_text(packing, plan), encoding="utf-8")
    (folder / "test.in").write_text("\n".join(script), encoding="utf-8")
    run_plain(folder, "test.in")
    return [float(word) for word in (folder / "out").read_text(encoding="ascii").split()]


def dump_text(step: int, rows: list[list[float]], columns: str = "id x y z") -> str:
    """A LAMMPS text dump of one frame, to the last bit."""
    header = [
        "ITEM: TIMESTEP",
        str(step),
        "ITEM: NUMBER OF ATOMS",
        str(len(rows)),
        "ITEM: BOX BOUNDS pp pp ff",
        *["0 20"] * 3,
        f"ITEM: ATOMS {columns}",
    ]
    return "\n".join([*header, *(" ".join(f"{value:.17g}" for value in row) for row in rows), ""])

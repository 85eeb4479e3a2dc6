import itertools
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press
from ssbflow.packing.packing import Packing
from ssbflow.press import files
from ssbflow.press.lmp import find_lmp
from ssbflow.press.plan import PressPlan, press_plan

CAM = Material(density_g_cm3=4.7, youngs_modulus_gpa=195, poisson_ratio=0.3, friction=0.4, restitution=0.7)
SE = Material(density_g_cm3=1.74, youngs_modulus_gpa=25, poisson_ratio=0.3, friction=0.4, restitution=0.7)
BOTH = {"eam": CAM, "se": SE}
PRESS = Press(pressure_mpa=375)


def random_packing(seed: int, names: tuple[str, ...], size_ratio: float = 5, count: int = 30) -> Packing:
    """Loose spheres, no two of them near each other; each species occurs."""
    generator = np.random.default_rng(seed)
    radius = 0.4 * size_ratio ** np.concatenate([[0, 1], generator.random(count - 2)])
    cell = 2.1 * radius.max()
    grid = np.array([[index % 3, index // 3 % 3, index // 9] for index in range(count)])
    position = (grid + 0.5) * cell + (generator.random((count, 3)) - 0.5) * 0.02 * cell
    species = np.resize(names, count)
    return Packing(position, radius, species, (3 * cell, 3 * cell))


def plan_of(packing: Packing) -> PressPlan:
    return press_plan(packing, BOTH, PRESS, packing.eam_volume_fraction())


def rows_of(text: str) -> list[list[str]]:
    return [line.split() for line in text.split("Atoms # sphere\n\n")[1].splitlines()]


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([("eam", "se"), ("se",), ("eam",)]),
    st.floats(0.1, 20),
    st.floats(0.1, 20),
)
def test_data_file_holds_every_particle_to_the_last_bit(
    seed: int, names: tuple[str, ...], eam_density: float, se_density: float
) -> None:
    packing = random_packing(seed, names)
    density = np.where(packing.is_eam, eam_density, se_density) * packing.radius_um
    rows = rows_of(files.data_text(packing, names, density))
    assert [int(row[0]) for row in rows] == list(range(1, len(packing) + 1))
    assert [names[int(row[1]) - 1] for row in rows] == packing.species.tolist()
    assert [float(row[2]) for row in rows] == (2 * packing.radius_um).tolist()
    assert [float(row[3]) for row in rows] == density.tolist()
    assert [[float(word) for word in row[4:]] for row in rows] == packing.position_um.tolist()


def test_data_file_says_box_and_counts() -> None:
    packing = random_packing(1, ("eam", "se"))
    header = files.data_text(packing, ("eam", "se"), np.full(len(packing), 2.0)).split("Atoms")[0]
    assert f"{len(packing)} atoms" in header
    assert "2 atom types" in header
    bounds = {axis: (float(low), float(high)) for low, high, axis in re.findall(r"(\S+) (\S+) (\w)lo", header)}
    assert bounds["x"] == (0, packing.edge_um[0])
    assert bounds["y"] == (0, packing.edge_um[1])
    assert bounds["z"][0] == 0
    assert bounds["z"][1] > (packing.position_um[:, 2] + packing.radius_um).max()


@pytest.mark.lammps
@pytest.mark.parametrize("names", [("eam", "se"), ("se",)])
def test_lammps_reads_the_data_file_as_it_was_meant(tmp_path: Path, names: tuple[str, ...]) -> None:
    packing = random_packing(2, names)
    density = np.where(packing.is_eam, 4.7, 1.74)
    (tmp_path / files.DATA).write_text(files.data_text(packing, names, density), encoding="utf-8")
    script = f"""
        units micro
        atom_style sphere
        boundary p p f
        read_data {files.DATA}
        pair_style zero 1.0
        pair_coeff * *
        write_dump all custom out.dump id type diameter mass x y z modify sort id format float %.17g
    """
    (tmp_path / "test.in").write_text(script, encoding="utf-8")
    run_plain(tmp_path, "test.in")
    table = np.loadtxt(tmp_path / "out.dump", skiprows=9)
    assert [names[int(kind) - 1] for kind in table[:, 1]] == packing.species.tolist()
    assert table[:, 2].tolist() == (2 * packing.radius_um).tolist()
    assert table[:, 3] == pytest.approx(density * packing.volume_um3, rel=1e-14)
    assert table[:, 4:].tolist() == packing.position_um.tolist()


def run_plain(folder: Path, script: str) -> None:
    """`lmp -in SCRIPT`, as one would by hand."""
    lmp = find_lmp()
    command = [lmp.path, "-in", script]
    done = subprocess.run(
        command, cwd=folder, env=lmp.environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.lammps
@pytest.mark.parametrize(("names", "size_ratio"), [(("eam", "se"), 3), (("se",), 1), (("eam",), 2)])
def test_written_press_runs_with_plain_lmp(tmp_path: Path, names: tuple[str, ...], size_ratio: float) -> None:
    packing = random_packing(3, names, size_ratio)
    files.write_press(tmp_path, packing, BOTH, PRESS, plan_of(packing))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([files.DATA, files.SCRIPT])
    run_plain(tmp_path, files.SCRIPT)
    assert {files.FRAMES, files.FINAL, files.CONTACTS, files.RESULT} <= {path.name for path in tmp_path.iterdir()}
    assert len(np.loadtxt(tmp_path / files.FINAL, skiprows=9)) == len(packing)


@pytest.mark.parametrize("names", [("eam", "se"), ("se",), ("eam",)])
def test_script_has_one_pair_coefficient_and_one_floor_for_each_species(names: tuple[str, ...]) -> None:
    packing = random_packing(4, names)
    lines = files.script_text(packing, BOTH, PRESS, plan_of(packing)).splitlines()
    coefficients = [line.split() for line in lines if line.startswith("pair_coeff")]
    assert [words[1:3] for words in coefficients] == [[str(kind)] * 2 for kind in range(1, len(names) + 1)]
    assert [float(words[4]) for words in coefficients] == [BOTH[name].youngs_modulus_gpa * 1e6 for name in names]
    walls = [line.split() for line in lines if "wall/gran" in line]
    assert [words[2] for words in walls] == list(names)
    assert [float(words[6]) for words in walls] == [BOTH[name].youngs_modulus_gpa * 1e6 for name in names]
    pushes = [line.split() for line in lines if line.startswith("fix push_")]
    assert [words[2] for words in pushes] == list(names)
    assert all(float(words[-1]) < 0 for words in pushes)


@pytest.mark.parametrize("names", [("eam", "se"), ("se",)])
def test_script_has_no_unresolved_braces(names: tuple[str, ...]) -> None:
    packing = random_packing(5, names)
    text = files.script_text(packing, BOTH, PRESS, plan_of(packing))
    without_variables = re.sub(r"\$\{\w+\}", "", text)
    assert not set("{}") & set(without_variables)
    assert not re.search(r"\b(None|nan|inf|np\.)\b", text)


@settings(max_examples=30, deadline=None)
@given(st.floats(1, 100), st.integers(0, 2**32 - 1))
def test_collections_grow_and_cover_the_largest_diameter(size_ratio: float, seed: int) -> None:
    packing = random_packing(seed, ("se",), size_ratio)
    line = next(
        line for line in files.script_text(packing, BOTH, PRESS, plan_of(packing)).splitlines() if "collection" in line
    )
    count, *cutoffs = line.split("collection/interval")[1].split()
    assert int(count) == len(cutoffs) >= 1
    diameters = [float(cutoff) for cutoff in cutoffs]
    assert all(low < high for low, high in itertools.pairwise(diameters))
    assert diameters[-1] > 2 * packing.radius_um.max()
    assert all(diameter >= 2 * packing.radius_um.min() for diameter in diameters)


def test_collections_of_equal_spheres_are_one() -> None:
    packing = random_packing(6, ("se",), size_ratio=1)
    text = files.script_text(packing, BOTH, PRESS, plan_of(packing))
    assert re.search(r"collection/interval 1 (\S+)$", text, re.MULTILINE)

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import DRIVES, plan_of, random_packing, run_plain

from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.data_file import data_text, lid_um

MIXTURES = [("eam", "se"), ("se",), ("eam",)]


def rows_of(text: str) -> list[list[str]]:
    return [line.split() for line in text.split("Atoms # sphere\n\n")[1].splitlines()]


def bounds_of(text: str) -> dict[str, tuple[float, float]]:
    return {axis: (float(low), float(high)) for low, high, axis in re.findall(r"(\S+) (\S+) (\w)lo", text)}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(MIXTURES), st.sampled_from(DRIVES), st.floats(0.1, 20))
def test_data_file_holds_every_particle_to_the_last_bit(
    seed: int, species: tuple[str, ...], drive: str, heavier: float
) -> None:
    packing = random_packing(seed, species)
    density = heavier * packing.radius_um
    plan = replace(plan_of(packing, drive=drive), density_g_cm3=density)
    rows = rows_of(data_text(packing, plan))[: len(packing)]
    assert [int(row[0]) for row in rows] == list(range(1, len(packing) + 1))
    assert [species[int(row[1]) - 1] for row in rows] == packing.species.tolist()
    assert [float(row[2]) for row in rows] == (2 * packing.radius_um).tolist()
    assert [float(row[3]) for row in rows] == density.tolist()
    assert [[float(word) for word in row[4:]] for row in rows] == packing.position_um.tolist()


@pytest.mark.parametrize("drive", DRIVES)
def test_data_file_says_box_and_counts(drive: str) -> None:
    packing = random_packing(1, ("eam", "se"))
    text = data_text(packing, plan_of(packing, drive=drive))
    platen = int(drive == "platen")
    assert f"\n{len(packing) + platen} atoms\n" in text
    assert f"\n{2 + platen} atom types\n" in text
    assert len(rows_of(text)) == len(packing) + platen
    bounds = bounds_of(text)
    assert bounds["x"] == (0, packing.edge_um[0])
    assert bounds["y"] == (0, packing.edge_um[1])
    assert bounds["z"][0] == 0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1, 100), st.sampled_from(DRIVES))
def test_every_sphere_and_the_lid_lie_in_the_box(seed: int, size_ratio: float, drive: str) -> None:
    packing = random_packing(seed, ("se",), size_ratio)
    text = data_text(packing, plan_of(packing, drive=drive))
    top = bounds_of(text)["z"][1]
    assert lid_um(packing) > (packing.position_um[:, 2] + packing.radius_um).max()
    assert all(float(row[6]) + float(row[2]) / 2 <= top for row in rows_of(text))
    assert lid_um(packing) + packing.radius_um.max() <= top


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(MIXTURES), st.floats(1, 100))
def test_platen_is_the_last_atom_of_a_type_of_its_own_with_its_mass(
    seed: int, species: tuple[str, ...], size_ratio: float
) -> None:
    packing = random_packing(seed, species, size_ratio)
    plan = plan_of(packing, drive="platen")
    assert plan.platen
    *_, row = rows_of(data_text(packing, plan))
    diameter, density = float(row[2]), float(row[3])
    assert (int(row[0]), int(row[1])) == (plan.platen.atom_id, len(species) + 1)
    assert density * np.pi / 6 * diameter**3 == pytest.approx(plan.platen.mass_pg)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1, 100))
def test_platen_touches_nothing_while_overlaps_are_parted(seed: int, size_ratio: float) -> None:
    packing = random_packing(seed, ("eam", "se"), size_ratio)
    *_, row = rows_of(data_text(packing, plan_of(packing, drive="platen")))
    highest_top = lid_um(packing) + packing.radius_um.max()  # no centre passes the lid
    assert float(row[6]) - float(row[2]) / 2 > highest_top


@pytest.mark.lammps
@pytest.mark.parametrize(("species", "drive"), [(("eam", "se"), "body_force"), (("se",), "platen")])
def test_lammps_reads_the_data_file_as_it_was_meant(tmp_path: Path, species: tuple[str, ...], drive: str) -> None:
    packing = random_packing(2, species)
    plan = plan_of(packing, drive=drive)
    (tmp_path / names.DATA).write_text(data_text(packing, plan), encoding="utf-8")
    script = f"""
        units micro
        atom_style sphere
        boundary p p f
        read_data {names.DATA}
        pair_style zero 1.0
        pair_coeff * *
        write_dump all custom out.dump id type diameter mass x y z modify sort id format float %.17g
    """
    (tmp_path / "test.in").write_text(script, encoding="utf-8")
    run_plain(tmp_path, "test.in")
    table = np.loadtxt(tmp_path / "out.dump", skiprows=9)
    particles = table[: len(packing)]
    assert [species[int(kind) - 1] for kind in particles[:, 1]] == packing.species.tolist()
    assert particles[:, 2].tolist() == (2 * packing.radius_um).tolist()
    assert particles[:, 3] == pytest.approx(plan.density_g_cm3 * packing.volume_um3, rel=1e-14)
    assert particles[:, 4:].tolist() == packing.position_um.tolist()
    carriers = [[row[0], row[3]] for row in table[len(packing) :].tolist()]
    assert carriers == ([[plan.platen.atom_id, pytest.approx(plan.platen.mass_pg)]] if plan.platen else [])


def test_a_single_particle_has_a_data_file() -> None:
    packing = Packing([[2, 2, 1]], [1], ["se"], (4.0, 4.0))
    text = data_text(packing, plan_of(packing, drive="body_force"))
    assert len(rows_of(text)) == 1
    assert "\n1 atoms\n" in text

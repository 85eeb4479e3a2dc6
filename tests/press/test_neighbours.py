import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import plan_of, random_packing, run_plain

from ssbflow.inputs.protocol import Press
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.data_file import data_text
from ssbflow.press.neighbours import most_neighbours, size_collections
from ssbflow.press.script import script_text


def cutoffs_of(packing: Packing) -> list[float]:
    count, *cutoffs = size_collections(packing).split()
    assert int(count) == len(cutoffs)
    return [float(cutoff) for cutoff in cutoffs]


@settings(max_examples=30, deadline=None)
@given(st.floats(1, 100), st.integers(0, 2**32 - 1))
def test_every_sphere_has_a_collection_and_none_is_empty(size_ratio: float, seed: int) -> None:
    packing = random_packing(seed, ("se",), size_ratio)
    cutoffs = cutoffs_of(packing)
    assert all(low < high for low, high in itertools.pairwise(cutoffs))
    members = np.searchsorted(cutoffs, 2 * packing.radius_um)
    assert sorted(set(members.tolist())) == list(range(len(cutoffs)))


def test_collections_of_equal_spheres_are_one() -> None:
    [cutoff] = cutoffs_of(random_packing(6, ("se",), size_ratio=1))
    assert cutoff > 2 * 0.4


def crowded(size_ratio: float, count: int) -> Packing:
    """A large sphere that so many small ones touch, on a spiral around it."""
    share, turns = (np.arange(count) + 0.5) / count, np.pi * (1 + 5**0.5) * np.arange(count)
    flat = np.sqrt(1 - (1 - 2 * share) ** 2)
    around = np.stack([flat * np.cos(turns), flat * np.sin(turns), 1 - 2 * share], axis=1)
    centre = np.full(3, size_ratio + 3)
    position = np.concatenate([[centre], centre + (size_ratio + 0.9) * around])
    return Packing(position, np.array([size_ratio, *np.ones(count)]), np.full(count + 1, "se"), (4 * size_ratio,) * 2)


@pytest.mark.lammps
def test_thousands_of_small_spheres_may_touch_a_large_one(tmp_path: Path) -> None:
    packing = crowded(40, 3000)
    plan = plan_of(packing)
    beginning, _, _ = script_text(packing, Press(pressure_mpa=375), None, plan).partition("unfix           part")
    twice = re.sub(r"\nrun .*", "\nrun 1 post no\nrun 1 post no", beginning)
    (tmp_path / names.DATA).write_text(data_text(packing, plan), encoding="utf-8")
    (tmp_path / names.SCRIPT).write_text(twice, encoding="utf-8")
    run_plain(tmp_path, names.SCRIPT)


@settings(max_examples=30, deadline=None)
@given(st.floats(1, 60), st.floats(0, 3))
def test_there_is_room_for_all_that_can_be_near_the_largest_sphere(size_ratio: float, skin_um: float) -> None:
    packing = random_packing(6, ("se",), size_ratio)
    smallest, largest = packing.radius_um.min(), packing.radius_um.max()
    shell = (largest + smallest + skin_um) ** 3 - largest**3  # of centres; small ones fill three fifths of it
    assert most_neighbours(packing, skin_um) >= 0.6 * shell / smallest**3

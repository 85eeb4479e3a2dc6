import math

import numpy as np
import pytest
from hypothesis import given, settings
from structure_oracles import inside_only, naive_contacts, of_species, packings

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Packing
from ssbflow.structure import coordination
from ssbflow.structure.sample import Sample

NAMES = ("coordination_se_se", "coordination_se_eam", "coordination_eam_eam", "rattler_fraction")


def measure(packing: Packing) -> dict[str, float]:
    return coordination.measure(Sample(packing, Analysis(), None, np.random.default_rng(0)))


def test_chain_counted_by_hand() -> None:
    # SE-SE-EAM-EAM-SE in a row, and an SE that touches nothing
    row = [[2.0 + 2 * index, 5, 1] for index in range(5)]
    packing = Packing([*row, [5, 15, 1]], [1] * 6, ["se", "se", "eam", "eam", "se", "se"], (20.0, 20.0))
    values = measure(packing)
    # 1 SE-SE contact on 4 SE, 2 SE-EAM contacts on 4 SE, 1 EAM-EAM contact on 2 EAM, 1 rattler of 6
    assert [values[name] for name in NAMES] == pytest.approx([2 / 4, 2 / 4, 2 / 2, 1 / 6])


def test_contact_through_two_images_counts_twice() -> None:
    values = measure(Packing([[0.5, 5, 1], [2.0, 5, 1]], [0.9, 0.9], ["se", "se"], (3.0, 10.0)))
    assert values["coordination_se_se"] == 2


def test_missing_species_has_no_coordination() -> None:
    values = measure(Packing([[2, 5, 1], [4, 5, 1]], [1, 1], ["se", "se"], (10.0, 10.0)))
    assert [values[name] for name in NAMES] == pytest.approx([1, 0, math.nan, 0], nan_ok=True)


def test_particles_above_the_height_count_for_nothing() -> None:
    packing = Packing([[2, 5, 1], [2, 5, 3]], [1, 1], ["se", "se"], (10.0, 10.0), 2.5)
    values = measure(packing)
    assert (values["coordination_se_se"], values["rattler_fraction"]) == (0, 1)


@settings(max_examples=30, deadline=None)
@given(packings((2, 40)))
def test_means_are_those_of_the_naive_contacts(whole: Packing) -> None:
    packing = inside_only(whole)
    contacts = [(i, j) for i, j, _ in naive_contacts(packing)]
    eam, se = of_species(packing, "eam"), of_species(packing, "se")
    se_se = sum(i in se and j in se for i, j in contacts)
    eam_eam = sum(i in eam and j in eam for i, j in contacts)
    mixed = len(contacts) - se_se - eam_eam
    touching = {end for contact in contacts for end in contact}
    wanted = [
        2 * se_se / len(se) if se else math.nan,
        mixed / len(se) if se else math.nan,
        2 * eam_eam / len(eam) if eam else math.nan,
        1 - len(touching) / len(packing),
    ]
    values = measure(whole)
    assert [values[name] for name in NAMES] == pytest.approx(wanted, nan_ok=True)


@settings(max_examples=30, deadline=None)
@given(packings())
def test_mechanical_coordination_leaves_out_particles_that_bear_nothing(packing: Packing) -> None:
    inside = inside_only(packing)
    contacts = naive_contacts(inside)
    counts = [sum(index in pair[:2] for pair in contacts) for index in range(len(inside))]
    bearing = [count for count in counts if count >= 2]
    expected = sum(bearing) / len(bearing) if bearing else math.nan
    assert measure(packing)["coordination_mechanical"] == pytest.approx(expected, nan_ok=True)

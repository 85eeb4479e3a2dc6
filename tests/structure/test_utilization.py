import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structure_oracles import (
    inside_only,
    naive_contacts,
    naive_reach,
    near_floor,
    near_top,
    of_species,
    packings,
)

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Packing
from ssbflow.structure.sample import Sample
from ssbflow.structure.utilization import measure as measured

GENERATOR = np.random.default_rng(0)  # drawn from by no measure of this file
NAMES = ("utilization", "se_utilization", "utilization_separator", "utilization_both", "percolates")


def measure(packing: Packing, analysis: Analysis | None = None) -> dict[str, float]:
    return measured(Sample(packing, analysis or Analysis(), None, GENERATOR))


def naive_utilization(whole: Packing, criterion: float, cutoff_um: float) -> dict[str, float]:
    packing = inside_only(whole)
    contacts = naive_contacts(packing, criterion)
    eam, se = of_species(packing, "eam"), of_species(packing, "se")
    on_floor, top = near_floor(packing, 0.0), near_top(packing, cutoff_um)
    se_from_floor, se_from_top = naive_reach(contacts, se, on_floor), naive_reach(contacts, se, top)
    eam_from_floor, eam_from_top = naive_reach(contacts, eam, on_floor), naive_reach(contacts, eam, top)

    def touching(targets: set[int]) -> set[int]:
        return {i for i, j, _ in contacts if j in targets} | {j for i, j, _ in contacts if i in targets}

    def share(part: set[int], of: set[int]) -> float:
        volume = [radius**3 for radius in packing.radius_um.tolist()]
        return sum(volume[i] for i in part & of) / sum(volume[i] for i in of) if of else math.nan

    return {
        "utilization": share(touching(se_from_floor), eam),
        "se_utilization": share(se_from_floor, se),
        "utilization_separator": share(touching(se_from_top), eam),
        "utilization_both": share(touching(se_from_top) & eam_from_floor, eam),
        "eam_connected": share(eam_from_floor, eam),
        "percolates": float(bool(se_from_top & near_floor(packing, cutoff_um))),
        "percolates_eam": float(bool(eam_from_top & near_floor(packing, cutoff_um))),
    }


@settings(max_examples=60, deadline=None)
@given(packings((5, 60)), st.sampled_from([1.0, 1.02]), st.sampled_from([0.0, 0.3, 1.0]))
def test_all_variants_are_those_of_the_naive_graph(packing: Packing, criterion: float, cutoff_um: float) -> None:
    analysis = Analysis(overlap_criterion=criterion, surface_cutoff_um=cutoff_um)
    wanted = naive_utilization(packing, criterion, cutoff_um)
    assert measure(packing, analysis) == pytest.approx(wanted, nan_ok=True)


def column(species: list[str], radius: list[float]) -> Packing:
    """Spheres in exact touch on top of each other, the first on the floor."""
    z = np.cumsum(2 * np.array(radius)) - np.array(radius)
    return Packing([[8, 8, height] for height in z], radius, species, (16.0, 16.0))


def test_se_that_reaches_neither_floor_nor_top_serves_nobody() -> None:
    values = measure(column(["eam", "se", "se", "eam"], [1, 1, 1, 2]), Analysis(surface_cutoff_um=0.5))
    assert [values[name] for name in NAMES] == [0, 0, 0, 0, 0]


def test_column_of_se_under_eam_gives_the_published_utilization_but_none_from_the_separator() -> None:
    values = measure(column(["se", "se", "eam"], [1, 1, 1]), Analysis(surface_cutoff_um=0.5))
    assert [values[name] for name in NAMES] == [1, 1, 0, 0, 0]


def test_column_of_eam_under_se_is_used_from_the_separator_where_it_touches_se() -> None:
    # three EAM of radii 1, 1, 2: only the upper one touches SE, all carry electrons to it
    values = measure(column(["eam", "eam", "eam", "se"], [1, 1, 2, 1]), Analysis(surface_cutoff_um=0.5))
    assert values["utilization_separator"] == values["utilization_both"] == pytest.approx(8 / 10)
    assert (values["utilization"], values["se_utilization"], values["percolates"]) == (0, 0, 0)


@pytest.mark.parametrize(("height_um", "expected"), [(None, 1), (3.5, 1), (3.2, 0)])
def test_se_particle_above_the_height_connects_nothing(height_um: float | None, expected: float) -> None:
    # the EAM hangs on the floor's SE only by way of an SE whose centre is at 3.5
    position = [[2, 2, 1], [2, 2, 3.5], [4.4, 2, 3]]
    packing = Packing(position, [1, 1.5, 1], ["se", "se", "eam"], (16.0, 16.0), height_um)
    assert measure(packing)["utilization"] == expected


def test_missing_species_gives_nan_and_not_zero() -> None:
    only_se = measure(Packing([[2, 2, 1]], [1], ["se"], (16.0, 16.0)))
    only_eam = measure(Packing([[2, 2, 1]], [1], ["eam"], (16.0, 16.0)))
    assert math.isnan(only_se["utilization"])
    assert math.isnan(only_se["utilization_both"])
    assert only_se["se_utilization"] == 1
    assert math.isnan(only_eam["se_utilization"])
    assert (only_eam["utilization"], only_eam["percolates"]) == (0, 0)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structure_oracles import packings

import ssbflow
from ssbflow.errors import InputError
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.press.pressed import Contacts
from ssbflow.structure import forces
from ssbflow.structure.measures import VARIABLES, measure

PAIR = Packing([[4, 4, 1], [4, 4, 2.8]], [1, 1], ["se", "eam"], (8.0, 8.0))
OF_PRESSED = {variable.name for variable in VARIABLES if variable.state == "loaded"}
NEEDS_COMPOSITION = {
    "eam_wt_final", "areal_mass", "porosity_with_additives",
    "conductivity_ionic_effective", "conductivity_electronic_effective",
}  # fmt: skip
NEEDS_CONTACTS = {variable.name for variable in forces.VARIABLES}
CONTACTS = Contacts(np.array([0]), np.array([1]), np.array([0.2]), np.array([5.0]))

# all pairs, so that the median does not hang on which ones are drawn; that depends on the order of particles
EVERY_PAIR = Analysis(path_pairs=10**6, path_sources=10**6)
# by lines through the box, which do not move with the particles
SAMPLED = {
    "porosity": {"abs": 1e-3},
    "tortuosity_factor_ionic": {"rel": 5e-3},
    "tortuosity_factor_electronic": {"rel": 5e-3},
}


def assert_same(found: dict[str, float], wanted: dict[str, float]) -> None:
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, nan_ok=True, **SAMPLED.get(name, {"rel": 1e-9})), name
    assert found.keys() == wanted.keys()


@settings(max_examples=12, deadline=None)
@given(packings((5, 40)), st.floats(-50, 50), st.floats(-50, 50))
def test_measures_do_not_change_when_all_moves_in_x_and_y(packing: Packing, x: float, y: float) -> None:
    moved = Packing(
        packing.position_um + np.array([x, y, 0]),
        packing.radius_um,
        packing.species,
        packing.edge_um,
        packing.height_um,
    )
    assert_same(measure(moved, EVERY_PAIR), measure(packing, EVERY_PAIR))


@settings(max_examples=12, deadline=None)
@given(packings((5, 40)), st.integers(0, 2**32 - 1))
def test_measures_do_not_change_when_particles_are_relabelled(packing: Packing, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(packing))
    relabelled = Packing(
        packing.position_um[order],
        packing.radius_um[order],
        packing.species[order],
        packing.edge_um,
        packing.height_um,
    )
    assert_same(measure(relabelled, EVERY_PAIR), measure(packing, EVERY_PAIR))


@settings(max_examples=12, deadline=None)
@given(packings((5, 40)))
def test_measures_do_not_change_when_x_and_y_are_exchanged(packing: Packing) -> None:
    turned = Packing(
        packing.position_um[:, [1, 0, 2]],
        packing.radius_um,
        packing.species,
        packing.edge_um[::-1],
        packing.height_um,
    )
    assert_same(measure(turned, EVERY_PAIR), measure(packing, EVERY_PAIR))


@settings(max_examples=12, deadline=None)
@given(packings((5, 40)), st.sampled_from([0, 1]))
def test_measures_do_not_change_in_a_mirror(packing: Packing, axis: int) -> None:
    mirror = np.ones(3)
    mirror[axis] = -1
    mirrored = Packing(
        packing.position_um * mirror, packing.radius_um, packing.species, packing.edge_um, packing.height_um
    )
    assert_same(measure(mirrored, EVERY_PAIR), measure(packing, EVERY_PAIR))


def test_composition_and_contacts_give_every_declared_variable_of_a_pressed_packing(tiny_case: Case) -> None:
    assert set(measure(PAIR, composition=tiny_case.design.composition, contacts=CONTACTS)) == OF_PRESSED


def test_geometry_alone_gives_all_but_masses_additives_conductivities_and_forces() -> None:
    assert set(measure(PAIR)) == OF_PRESSED - NEEDS_COMPOSITION - NEEDS_CONTACTS


@pytest.mark.parametrize("species", ["se", "eam"])
def test_missing_species_leaves_its_own_numbers_out_and_the_rest_alone(species: str) -> None:
    column = Packing([[4, 4, 0.5 + index] for index in range(3)], [0.52] * 3, [species] * 3, (8.0, 8.0), 3.0)
    values = measure(column)
    other = {"se": "eam", "eam": "se"}[species]
    assert np.isnan(values[f"coordination_{other}_{other}"])
    assert values[f"coordination_{species}_{species}"] == pytest.approx(4 / 3)
    assert values["utilization"] == 0 if species == "eam" else np.isnan(values["utilization"])
    assert values["percolates"] == (species == "se")
    assert 0.9 < values["porosity"] < 1


def test_coincident_centres_are_refused_by_name() -> None:
    with pytest.raises(
        InputError, match=r"particles 0 and 2 have the same centre, \[4.0, 4.0, 1.0\] µm; move or remove"
    ):
        measure(Packing([[4, 4, 1], [4, 4, 3], [4, 4, 1]], [1, 1, 0.5], ["se"] * 3, (8.0, 8.0)))


def test_no_variable_is_declared_twice_and_each_has_unit_and_name() -> None:
    assert len({variable.name for variable in VARIABLES}) == len(VARIABLES)
    assert all(variable.units and variable.long_name for variable in VARIABLES)


@pytest.mark.parametrize("criterion", [0, -1, 0.5, 2.0, float("nan"), float("inf"), "much"])
def test_overlap_criterion_out_of_range_is_refused_by_name(criterion: float) -> None:
    with pytest.raises(InputError, match="overlap_criterion"):
        measure(PAIR, overlap_criterion=criterion)


def test_analysis_and_overlap_criterion_together_are_refused() -> None:
    with pytest.raises(InputError, match="not both"):
        measure(PAIR, Analysis(), overlap_criterion=1.0)


def test_overlap_criterion_is_short_for_an_analysis() -> None:
    # distance 1.8 of radii 1 + 1: connected up to a criterion of 2 / 1.8 = 1.11
    touching, apart = (measure(PAIR, overlap_criterion=criterion) for criterion in (1.10, 1.12))
    assert (touching["utilization"], apart["utilization"]) == (1, 0)
    assert touching == pytest.approx(measure(PAIR, Analysis(overlap_criterion=1.10)), nan_ok=True)


def test_seed_may_be_a_seed_sequence() -> None:
    generator = np.random.default_rng(3)
    packing = Packing(generator.random((200, 3)) * 8, [0.6] * 200, ["se"] * 200, (8.0, 8.0))
    few = Analysis(path_pairs=3)
    by_sequence, by_number = measure(packing, few, seed=np.random.SeedSequence(7)), measure(packing, few, seed=7)
    assert by_sequence["tortuosity_geodesic_median"] == by_number["tortuosity_geodesic_median"]


def test_public_name_is_this_measure() -> None:
    assert ssbflow.measure is measure


def test_height_below_every_centre_is_refused() -> None:
    packing = Packing([[1, 1, 1]], [0.9], ["se"], (4, 4), height_um=0.5)
    with pytest.raises(InputError, match=r"height_um 0\.5 lies below every centre; the lowest is 1 µm"):
        measure(packing)

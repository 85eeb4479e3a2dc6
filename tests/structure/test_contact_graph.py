import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structure_oracles import FCC, lattice, naive_contacts, naive_reach, packings

from ssbflow.packing.packing import Packing
from ssbflow.structure.contact_graph import ContactGraph
from ssbflow.structure.contact_search import contact_graph


def sorted_rows(graph_or_contacts: ContactGraph | list[tuple[int, int, tuple[float, float, float]]]) -> np.ndarray:
    """(M, 5) pair and vector, each contact seen from its lower index, in one order."""
    if isinstance(graph_or_contacts, ContactGraph):
        graph = graph_or_contacts
        turn = np.where(graph.first < graph.second, 1.0, -1.0)[:, None]
        pair = np.sort(np.column_stack([graph.first, graph.second]), axis=1)
        rows = np.column_stack([pair, turn * graph.vector_um])
    else:
        rows = np.array([(i, j, *vector) for i, j, vector in graph_or_contacts]).reshape(-1, 5)
    rounded = np.round(rows, 6)
    return rows[np.lexsort(rounded.T[::-1])]


@settings(max_examples=80, deadline=None)
@given(packings(narrowest=1.06), st.sampled_from([0.95, 1.0, 1.02]))
def test_contacts_are_those_of_all_pairs_through_all_images(packing: Packing, criterion: float) -> None:
    found = sorted_rows(contact_graph(packing, criterion))
    wanted = sorted_rows(naive_contacts(packing, criterion))
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(packings())
def test_distance_is_the_length_of_the_vector_and_meets_the_criterion(packing: Packing) -> None:
    graph = contact_graph(packing, 1.02)
    np.testing.assert_allclose(graph.distance_um, [np.hypot(np.hypot(x, y), z) for x, y, z in graph.vector_um])
    assert (packing.radius_um[graph.first] + packing.radius_um[graph.second] >= 1.02 * graph.distance_um).all()


def test_pair_that_touches_through_two_images_stands_twice() -> None:
    graph = contact_graph(Packing([[0.5, 5, 5], [2.0, 5, 5]], [0.9, 0.8], ["se", "eam"], (3.0, 10.0)))
    assert len(graph) == 2
    turn = np.where(graph.first == 0, 1.0, -1.0)
    assert sorted(turn * graph.vector_um[:, 0]) == pytest.approx([-1.5, 1.5])
    assert graph.contacts_per_particle.tolist() == [2, 2]


def test_pair_that_touches_through_four_images_stands_four_times() -> None:
    graph = contact_graph(Packing([[0, 0, 5], [1.5, 1.5, 5]], [1.4, 1.4], ["se", "se"], (3.0, 3.0)))
    assert len(graph) == 4
    assert np.abs(graph.vector_um[:, :2]) == pytest.approx(np.full((4, 2), 1.5))


def test_criterion_below_one_finds_second_neighbour_images_of_the_narrowest_box() -> None:
    packing = Packing([[0.02, 1, 1], [1.99, 1, 1]], [1.0, 0.999], ["se", "se"], (2.01, 9.0))
    found, wanted = sorted_rows(contact_graph(packing, 0.95)), sorted_rows(naive_contacts(packing, 0.95))
    assert found.shape == wanted.shape


@pytest.mark.parametrize(("x", "y"), [(0.0, 5.0), (5.0, 0.0), (0.0, 0.0)])
def test_pair_touches_across_the_periodic_boundary(x: float, y: float) -> None:
    step = np.array([0.3 if x == 0 else 0.0, 0.3 if y == 0 else 0.0, 0.0])
    centre = np.array([x, y, 2.0])
    graph = contact_graph(Packing([centre - step, centre + step], [0.5, 0.5], ["se", "se"], (10.0, 10.0)))
    assert len(graph) == 1
    turn = 1.0 if graph.first[0] == 0 else -1.0
    assert turn * graph.vector_um[0] == pytest.approx(2 * step)


@pytest.mark.parametrize("radius", [[0.7, 0.5], [0.5, 0.7], [3.0, 0.1], [0.1, 3.0]])
def test_sphere_at_the_boundary_touches_one_far_behind_it(radius: list[float]) -> None:
    reach = 0.99 * sum(radius)
    graph = contact_graph(Packing([[9.999, 5, 5], [reach - 0.001, 5, 5]], radius, ["se", "se"], (10.0, 10.0)))
    assert graph.distance_um == pytest.approx([reach])


def test_box_is_not_periodic_along_z() -> None:
    graph = contact_graph(Packing([[5, 5, 0.1], [5, 5, 9.9]], [0.5, 0.5], ["se", "se"], (10.0, 10.0), 10.0))
    assert len(graph) == 0


def test_spheres_in_exact_touch_are_connected_at_criterion_one_only() -> None:
    packing = Packing([[1, 1, 1], [2, 1, 1]], [0.5, 0.5], ["se", "se"], (8.0, 8.0))
    assert [len(contact_graph(packing, criterion)) for criterion in (1.0, np.nextafter(1.0, 2.0))] == [1, 0]


@pytest.mark.parametrize("criterion", [1.0, 1.02, 1.05])
def test_pairs_exactly_at_the_criterion_are_connected(criterion: float) -> None:
    missed = []
    for distance in np.random.default_rng(1).uniform(0.5, 3, 500).tolist():
        radius = criterion * distance / 2
        packing = Packing([[0, 5, 5], [distance, 5, 5]], [radius, radius], ["se", "se"], (20.0, 20.0))
        missed += [distance] if len(contact_graph(packing, criterion)) == 0 else []
    assert missed == []


def test_every_sphere_of_an_fcc_lattice_has_twelve_contacts() -> None:
    points = lattice(FCC, (2, 2, 3), edge=1.0)
    radius = np.full(len(points), np.sqrt(2) / 4 * 1.02)
    graph = contact_graph(Packing(points, radius, ["se"] * len(points), (2.0, 2.0)), 1.01)
    inner = (points[:, 2] > 0) & (points[:, 2] < 3)
    assert set(graph.contacts_per_particle[inner].tolist()) == {12}
    assert set(graph.contacts_per_particle[~inner].tolist()) == {8}


@settings(max_examples=40, deadline=None)
@given(packings(), st.data())
def test_subgraphs_and_clusters_are_those_of_the_naive_graph(packing: Packing, data: st.DataObject) -> None:
    graph, contacts = contact_graph(packing), naive_contacts(packing)
    some = np.array(data.draw(st.lists(st.booleans(), min_size=len(packing), max_size=len(packing))))
    within = [contact for contact in contacts if some[contact[0]] and some[contact[1]]]
    between = [contact for contact in contacts if some[contact[0]] != some[contact[1]]]
    np.testing.assert_allclose(sorted_rows(graph.within(some)), sorted_rows(within), atol=1e-9)
    np.testing.assert_allclose(sorted_rows(graph.between(some, ~some)), sorted_rows(between), atol=1e-9)
    reached = naive_reach(contacts, set(range(len(packing))), set(np.flatnonzero(some).tolist()))
    assert set(np.flatnonzero(graph.connected_to(some)).tolist()) == reached


def test_graph_of_lone_particles_is_empty_and_each_is_its_own_cluster() -> None:
    graph = contact_graph(Packing([[1, 1, 1], [5, 5, 5], [9, 9, 9]], [0.5, 0.1, 0.5], ["se"] * 3, (12.0, 12.0)))
    assert len(graph) == 0
    assert len(set(graph.cluster.tolist())) == 3
    assert graph.contacts_per_particle.tolist() == [0, 0, 0]


@settings(max_examples=30, deadline=None)
@given(packings())
def test_species_views_part_all_contacts(packing: Packing) -> None:
    graph = contact_graph(packing)
    parts = np.concatenate([sorted_rows(view) for view in (graph.se_se, graph.se_eam, graph.eam_eam)])
    np.testing.assert_allclose(parts[np.lexsort(np.round(parts, 6).T[::-1])], sorted_rows(graph), atol=1e-9)
    assert packing.is_se[graph.se_se.first].all()
    assert (packing.is_se[graph.se_eam.first] != packing.is_se[graph.se_eam.second]).all()


def test_overlap_normal_and_contact_radius_of_a_pair() -> None:
    graph = contact_graph(Packing([[4, 4, 2], [4, 5.6, 2]], [1, 1], ["se", "eam"], (8.0, 8.0)))
    assert graph.overlap_um == pytest.approx([0.4])
    assert np.abs(graph.normal) == pytest.approx(np.array([[0, 1, 0]]))
    assert graph.contact_radius_um() == pytest.approx([0.6])
    assert graph.contact_radius_um("hertz") == pytest.approx([np.sqrt(0.2)])


def test_floor_and_top_are_reached_by_how_far_spheres_pass_them() -> None:
    graph = contact_graph(Packing([[2, 2, 0.9], [6, 6, 3]], [1, 0.5], ["se", "se"], (8.0, 8.0), 3.2))
    assert graph.floor_overlap_um == pytest.approx([0.1, -2.5])
    assert graph.top_overlap_um == pytest.approx([-1.3, 0.3])


def test_touching_are_the_neighbours_of_the_targets_only() -> None:
    graph = contact_graph(Packing([[2, 4, 1], [3.9, 4, 1], [5.8, 4, 1]], [1, 1, 1], ["se"] * 3, (12.0, 8.0)))
    assert graph.touching(np.array([True, False, False])).tolist() == [False, True, False]

import numpy as np
import pytest
from hypothesis import given, settings
from structure_oracles import packings

import ssbflow
from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Packing
from ssbflow.structure import paths
from ssbflow.structure.contact_search import contact_graph
from ssbflow.structure.geodesic import drawn_tortuosities
from ssbflow.structure.paths import path_network


@settings(max_examples=30, deadline=None)
@given(packings((3, 40)))
def test_nearest_of_several_sources_is_the_least_of_each(packing: Packing) -> None:
    network = path_network(contact_graph(packing))
    sources = np.array([0, 2])
    each = np.min([found.length_um for found in network.from_each(sources)], axis=0)
    np.testing.assert_allclose(network.from_nearest(sources).length_um, each)


def test_way_through_the_boundary_is_unwrapped_and_leads_through_its_particles() -> None:
    packing = Packing([[9.0, 5, 1], [9.9, 5, 1], [0.8, 5, 1]], [0.5] * 3, ["se"] * 3, (10.0, 10.0))
    found = path_network(contact_graph(packing)).from_nearest(np.array([0]))
    assert found.displacement_um(np.array([2]))[0] == pytest.approx([1.8, 0, 0])
    assert found.particles_to(2).tolist() == [0, 1, 2]
    assert found.tortuosity(np.array([0, 2])) == pytest.approx([1, 1])


def test_sources_searched_in_batches_give_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(2)
    packing = Packing(generator.random((200, 3)) * 6, [0.6] * 200, ["se"] * 200, (6.0, 6.0))
    graph = contact_graph(packing)
    network, everything = path_network(graph), np.flatnonzero(graph.cluster == graph.cluster[0])
    whole = drawn_tortuosities(network, everything, everything, 50, 10, np.random.default_rng(0))
    monkeypatch.setattr(paths, "REACHED_AT_ONCE", 500)
    parts = drawn_tortuosities(network, everything, everything, 50, 10, np.random.default_rng(0))
    assert whole.tolist() == parts.tolist()


@settings(max_examples=40, deadline=None)
@given(packings((10, 60), se_share=(0.6, 1.0), solid=(0.4, 1.3)))
def test_shortest_path_leads_through_touching_se_and_has_the_tortuosity_that_is_measured(packing: Packing) -> None:
    analysis = Analysis(surface_cutoff_um=0.5)
    path = ssbflow.shortest_path(packing, analysis)
    wanted = ssbflow.measure(packing, analysis)["tortuosity_geodesic_shortest"]
    if path is None:
        assert np.isnan(wanted)
        return
    assert path.tortuosity == pytest.approx(wanted)
    assert packing.is_se[path.particles].all()
    assert packing.inside[path.particles].all()
    off = path.position_um - packing.position_um[path.particles]
    np.testing.assert_allclose(off[:, :2] / packing.edge_um, np.round(off[:, :2] / packing.edge_um), atol=1e-9)
    steps = np.linalg.norm(np.diff(path.position_um, axis=0), axis=1)
    radius = packing.radius_um[path.particles]
    assert (steps <= radius[1:] + radius[:-1] + 1e-9).all()
    top, bottom = path.particles[0], path.particles[-1]
    assert packing.height_um - packing.position_um[top, 2] - packing.radius_um[top] <= 0.5 + 1e-9
    assert packing.position_um[bottom, 2] - packing.radius_um[bottom] <= 0.5

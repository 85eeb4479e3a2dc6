import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structure_oracles import naive_contacts

from ssbflow.errors import InputError
from ssbflow.packing.packing import Packing
from ssbflow.structure.contact_search import contact_graph


@pytest.mark.parametrize("criterion", [0.89, 1.21, 0.0, float("nan"), float("inf")])
def test_criterion_out_of_range_is_refused(criterion: float) -> None:
    with pytest.raises(InputError, match=r"overlap_criterion must lie in 0.9 to 1.2; got"):
        contact_graph(Packing([[1, 1, 1]], [1], ["se"], (4.0, 4.0)), criterion)


def test_coincident_centres_are_refused_by_name() -> None:
    packing = Packing([[1, 1, 1], [2, 3, 1], [2, 3, 1]], [1, 1, 0.5], ["se"] * 3, (8.0, 8.0))
    with pytest.raises(InputError, match="particles 1 and 2 have the same centre"):
        contact_graph(packing)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(5, 40))
def test_large_spheres_find_all_their_small_ones(seed: int, ratio: float) -> None:
    generator = np.random.default_rng(seed)
    radius = np.append([ratio / 2, ratio / 3], generator.uniform(0.5, 0.8, 80))
    position = generator.random((82, 3)) * [1.1 * ratio, 1.3 * ratio, ratio]
    packing = Packing(position, radius, ["eam"] * 2 + ["se"] * 80, (1.1 * ratio, 1.3 * ratio))
    graph = contact_graph(packing)
    found = sorted(tuple(sorted(pair)) for pair in zip(graph.first.tolist(), graph.second.tolist(), strict=True))
    assert found == sorted((i, j) for i, j, _ in naive_contacts(packing))


def test_graph_is_the_same_bits_twice() -> None:
    generator = np.random.default_rng(0)
    packing = Packing(generator.random((500, 3)) * 8, [0.5] * 500, ["se"] * 500, (8.0, 8.0))
    one, other = contact_graph(packing), contact_graph(packing)
    assert one.vector_um.tobytes() == other.vector_um.tobytes()

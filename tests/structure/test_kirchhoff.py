import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ssbflow.errors import SsbflowError
from ssbflow.structure import kirchhoff
from ssbflow.structure.conductance import Network
from ssbflow.structure.kirchhoff import flow

Link = tuple[int, int, float]


def network(links: list[Link], floor: dict[int, float], top: dict[int, float], count: int) -> Network:
    first, second, conductance = zip(*links, strict=True) if links else ((), (), ())
    ends = [np.array([side.get(index, 0.0) for index in range(count)]) for side in (floor, top)]
    ints = [np.array(each, dtype=np.int64) for each in (first, second)]
    return Network(*ints, np.array(conductance, dtype=float), *ends)


def dense_conductance(net: Network) -> float:
    """Ground the floor, hold the top at 1: the whole matrix, least squares for what floats."""
    count = net.n_particles
    matrix = np.diag(net.floor_um + net.top_um)
    for first, second, conductance in zip(net.first, net.second, net.conductance_um, strict=True):
        matrix[[first, second], [first, second]] += conductance
        matrix[[first, second], [second, first]] -= conductance
    potential = np.linalg.lstsq(matrix, net.top_um, rcond=None)[0] if count else np.zeros(0)
    return float(net.floor_um @ potential)


def test_column_is_resistances_in_series() -> None:
    found = flow(network([(0, 1, 2.0), (1, 2, 4.0)], {0: 1.0}, {2: 0.5}, 3))
    assert 1 / found.conductance_um == pytest.approx(1 + 1 / 2 + 1 / 4 + 2)
    assert found.particle_current == pytest.approx([found.conductance_um] * 3)
    assert found.link_current == pytest.approx([-found.conductance_um] * 2)  # from the top down: second to first


def test_ladder_of_unit_resistances_has_the_continued_fraction() -> None:
    # rungs lead to the floor: R = 1 + 1/(1 + 1/(1 + …)), the ratio of Fibonacci numbers
    found = flow(network([(i, i + 1, 1.0) for i in range(4)], dict.fromkeys(range(5), 1.0), {4: 1.0}, 5))
    assert 1 / found.conductance_um == pytest.approx(89 / 55)


def test_balanced_bridge_carries_nothing() -> None:
    links = [(0, 1, 1.0), (0, 2, 2.0), (1, 3, 2.0), (2, 3, 4.0), (1, 2, 7.0)]
    found = flow(network(links, {0: 1e9}, {3: 1e9}, 4))
    assert found.link_current[4] == pytest.approx(0, abs=1e-9)
    assert found.conductance_um == pytest.approx(2.0, rel=1e-6)


def test_dead_end_and_clusters_of_one_electrode_carry_nothing() -> None:
    straight = network([(0, 1, 1.0)], {0: 1.0}, {1: 1.0}, 2)
    links = [(0, 1, 1.0), (1, 2, 5.0), (2, 3, 5.0), (4, 5, 1.0)]
    found = flow(network(links, {0: 1.0, 4: 3.0}, {1: 1.0}, 7))
    assert found.conductance_um == pytest.approx(flow(straight).conductance_um)
    assert found.particle_current[[2, 3, 4, 5, 6]] == pytest.approx(np.zeros(5), abs=1e-12)
    assert np.isnan(found.potential[4:]).all()


@pytest.mark.parametrize("links", [[], [(0, 1, 1.0)]])
def test_nothing_flows_where_nothing_spans(links: list[Link]) -> None:
    found = flow(network(links, {0: 1.0, 1: 1.0}, {2: 1.0}, 3))
    assert found.conductance_um == 0
    assert not found.carries.any()
    assert found.particle_current.tolist() == [0, 0, 0]


@st.composite
def networks(draw: st.DrawFn) -> Network:
    count = draw(st.integers(1, 20))
    conductances = st.floats(0.01, 100)
    nodes = st.integers(0, count - 1)
    links = draw(st.lists(st.tuples(nodes, nodes, conductances), max_size=50))
    sides = [draw(st.dictionaries(nodes, conductances, max_size=5)) for _ in range(2)]
    return network([link for link in links if link[0] != link[1]], *sides, count)


@settings(max_examples=100, deadline=None)
@given(networks())
def test_conductance_is_that_of_the_dense_matrix(net: Network) -> None:
    assert flow(net).conductance_um == pytest.approx(dense_conductance(net), rel=1e-6, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(networks())
def test_what_flows_into_a_particle_flows_out_of_it(net: Network) -> None:
    found = flow(net)
    into = found.top_current - found.floor_current
    np.add.at(into, net.second, found.link_current)
    np.add.at(into, net.first, -found.link_current)
    np.testing.assert_allclose(into, 0, atol=1e-9)


def random_lattice(edge: int) -> Network:
    number = np.arange(edge**3).reshape((edge,) * 3)
    ends: list[NDArray[np.int64]] = [
        np.concatenate([np.take(number, range(shift, edge - 1 + shift), axis).ravel() for axis in range(3)])
        for shift in (0, 1)
    ]
    conductance = np.exp(np.random.default_rng(1).normal(0, 1.5, len(ends[0])))
    floor, top = np.zeros(edge**3), np.zeros(edge**3)
    floor[number[0].ravel()] = top[number[-1].ravel()] = 1.0
    return Network(*ends, conductance, floor, top)


def test_multigrid_finds_what_the_direct_solver_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    net = random_lattice(14)
    direct = flow(net)
    monkeypatch.setattr(kirchhoff, "DIRECT_UP_TO", 10)
    multigrid = flow(net)
    assert multigrid.conductance_um == pytest.approx(direct.conductance_um, rel=1e-8)
    np.testing.assert_allclose(multigrid.potential, direct.potential, atol=1e-6)


def test_solver_that_stops_too_early_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kirchhoff, "_solved", lambda _, supply: np.full(len(supply), 0.3))
    with pytest.raises(SsbflowError, match="do not balance"):
        flow(random_lattice(4))


ON_A_PROCESSOR = """
import numpy as np
from ssbflow.structure import kirchhoff
from ssbflow.structure.conductance import Network

kirchhoff.DIRECT_UP_TO = {direct_up_to}
draws = np.random.default_rng(1)
first, second = draws.integers(0, 400, (2, 2400))
first, second = first[first != second], second[first != second]
ends = draws.random((2, 400)) * (draws.random((2, 400)) < 0.1)
found = kirchhoff.flow(Network(first, second, np.exp(draws.normal(0, 1.5, len(first))), *ends))
print(found.potential.tobytes().hex(), found.conductance_um.hex())
"""


@pytest.mark.parametrize("direct_up_to", [0, 400])
def test_bits_are_the_same_whatever_the_processor_is_to_blas(direct_up_to: int) -> None:
    # OpenBLAS adds in another order on each kind; kinds that this processor cannot be, or of others, it overrules
    printed = {
        subprocess.run(
            [sys.executable, "-c", ON_A_PROCESSOR.format(direct_up_to=direct_up_to)],
            env={**os.environ, "OPENBLAS_CORETYPE": kind},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for kind in ("Prescott", "Haswell", "SkylakeX")
    }
    assert len(printed) == 1

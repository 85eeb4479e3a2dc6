"""The box has no sides: a pressed packing is the same wherever its origin lies, in every number."""

import numpy as np
import pytest

from ssbflow.flow.simulate import Simulated, simulate
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Floats, Packing
from ssbflow.structure.contact_graph import Ints
from ssbflow.structure.contact_search import contact_graph
from ssbflow.structure.measures import measure

pytestmark = pytest.mark.lammps

SHIFTS_UM = [(0.0, 3.1), (4.0, 0.0), (5.3, 2.9)]  # the box is 8 µm wide
RAYS = 1e-3  # the union of the spheres is summed along rays, to 1e-4 or so, and conductivities use its volume
DEEP_UM = 1e-6  # contacts that no rounding undoes


@pytest.fixture(scope="module")
def simulated(tiny_case: Case) -> Simulated:
    return simulate(tiny_case)


@pytest.mark.parametrize("shift_um", SHIFTS_UM, ids=str)
def test_no_number_changes_when_everything_moves_aside(
    tiny_case: Case, simulated: Simulated, shift_um: tuple[float, float]
) -> None:
    still = simulated.pressed.packing
    moved = Packing(
        still.position_um + np.array([*shift_um, 0.0]), still.radius_um, still.species, still.edge_um, still.height_um
    )
    before, after = (measure(packing, None, tiny_case.design.composition) for packing in (still, moved))
    assert after == pytest.approx(before, rel=RAYS, nan_ok=True)
    counts = [name for name in before if name.startswith(("n_", "coordination", "tortuosity_geodesic", "utilization"))]
    assert {name: after[name] for name in counts} == pytest.approx({name: before[name] for name in counts}, rel=1e-9)


def test_contacts_are_those_that_lammps_saw(simulated: Simulated) -> None:
    graph, contacts = contact_graph(simulated.pressed.packing), simulated.pressed.contacts
    ours = pairs(graph.first, graph.second, graph.overlap_um)
    assert ours == pairs(contacts.first, contacts.second, contacts.overlap_um)
    between = graph.packing.position_um[graph.second] - graph.packing.position_um[graph.first]
    assert (np.abs(between[:, :2]) > graph.packing.edge_um[0] / 2).any()  # some touch through the sides


def pairs(first: Ints, second: Ints, overlap_um: Floats) -> list[list[int]]:
    both = np.sort(np.stack([first, second], axis=1)[overlap_um > DEEP_UM], axis=1)
    return sorted(both.tolist())

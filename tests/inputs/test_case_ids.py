import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.inputs.case import Case, Design
from ssbflow.inputs.case_ids import case_digests
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.identity import ID_DIGITS, PHYSICS_VERSION, identity
from ssbflow.inputs.reading import load_sweep
from ssbflow.inputs.sweep import Sweep

SWEEPS = sorted((catalog_folder() / "sweeps").glob("*.yaml"))
LARGEST = 2**63 - 1


def ids(sweep: Sweep, cells: list[tuple[int, int, list[int]]], physics: int = PHYSICS_VERSION) -> list[str]:
    digests = case_digests(sweep.compositions, sweep.distributions, sweep.protocol, cells, physics)
    return [digest.hex()[:ID_DIGITS] for digest in digests]


def case(sweep: Sweep, composition: int, distribution: int, seed: int) -> Case:
    design = Design(
        composition=sweep.compositions[composition],
        distribution=sweep.distributions[distribution],
        protocol=sweep.protocol,
    )
    return Case(design=design, seed=seed)


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_ids_are_those_of_the_cases_one_by_one(path: object) -> None:
    sweep = load_sweep(str(path))
    seeds = list(sweep.seeds[:3])
    designs = itertools.product(range(len(sweep.compositions)), range(len(sweep.distributions)))
    cells = [(composition, distribution, seeds) for composition, distribution in designs]
    wanted = [case(sweep, *cell[:2], seed).case_id for cell in cells for seed in seeds]
    assert ids(sweep, cells) == wanted
    assert len(set(wanted)) == len(wanted)


@settings(max_examples=50, deadline=None)
@given(seeds=st.lists(st.integers(0, LARGEST) | st.sampled_from([0, 1, LARGEST]), max_size=4))
def test_any_seed_in_any_order_gives_its_own_id(tiny_sweep: Sweep, seeds: list[int]) -> None:
    assert ids(tiny_sweep, [(0, 0, seeds)]) == [case(tiny_sweep, 0, 0, seed).case_id for seed in seeds]


@pytest.mark.parametrize("physics", [1, 2, PHYSICS_VERSION, PHYSICS_VERSION + 1])
def test_other_physics_gives_the_ids_that_the_same_inputs_have_under_it(tiny_sweep: Sweep, physics: int) -> None:
    inputs = {**case(tiny_sweep, 0, 0, 7).simulation_inputs(), "physics_version": physics}
    assert ids(tiny_sweep, [(0, 0, [7])], physics) == [identity(inputs)]

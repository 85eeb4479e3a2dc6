"""All randomness flows from the seed: the same one gives the same bits, another one another packing and other paths."""

import numpy as np
import pytest

from ssbflow.flow.simulate import Simulated, case_seeds, pack_case, simulate
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.store.case_zip import case_dataset, zip_bytes
from ssbflow.structure.measures import measure

SEEDS = 100
NO_OF_THE_RUN = ("wall_time",)  # says how long it took


def with_seed(case: Case, seed: int) -> Case:
    return case.replace(seed=seed)


def numbers(simulated: Simulated) -> dict[str, float]:
    return {name: value for name, value in simulated.values.items() if name not in NO_OF_THE_RUN}


@pytest.mark.lammps
def test_same_seed_gives_the_same_bits(tiny_case: Case) -> None:
    one, other = simulate(tiny_case), simulate(tiny_case)
    assert zip_bytes(case_dataset(tiny_case, one.pressed)) == zip_bytes(case_dataset(tiny_case, other.pressed))
    np.testing.assert_equal(numbers(one), numbers(other))


def test_no_two_seeds_share_a_loose_packing(tiny_case: Case) -> None:
    packings = [pack_case(with_seed(tiny_case, seed)) for seed in range(SEEDS)]
    assert len({packing.position_um.tobytes() for packing in packings}) == SEEDS
    assert len({packing.radius_um.tobytes() for packing in packings}) == SEEDS


def test_no_two_seeds_draw_the_same_paths_and_none_draws_them_as_it_packs(tiny_case: Case) -> None:
    both = [case_seeds(with_seed(tiny_case, seed)) for seed in range(SEEDS)]
    streams = [np.random.default_rng(stream).random(8).tobytes() for pair in both for stream in pair]
    assert len(set(streams)) == 2 * SEEDS


def test_paths_are_drawn_by_the_seed_that_is_given(tiny_case: Case) -> None:
    column = [[2.0 * x + 0.4 * (z % 2), 2.0 * y, 0.5 + 0.9 * z] for x in range(4) for y in range(4) for z in range(4)]
    packing = Packing(column, np.linspace(0.5, 0.6, len(column)), ["se"] * len(column), (8.0, 8.0))
    few = Analysis(path_pairs=1, path_sources=1)
    medians = [
        measure(packing, few, seed=case_seeds(with_seed(tiny_case, seed))[1])["tortuosity_geodesic_median"]
        for seed in (1, 1, 2)
    ]
    assert np.isfinite(medians).all()
    assert medians[0] == medians[1] != medians[2]

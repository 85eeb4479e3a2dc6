from pathlib import Path

import numpy as np
import pytest

from ssbflow.flow.cost import MEASURING_SHARE, cores_of, expected_wall_seconds, longest_first
from ssbflow.flow.planning import expected_seconds
from ssbflow.flow.runner import open_cells
from ssbflow.flow.standing import standing
from ssbflow.flow.value import most_valuable_first
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, MeasureRecord, write_record
from ssbflow.store.sweeps import register_sweep

SEEDS = (1, 2, 3)


@pytest.fixture
def sweep(tiny_sweep: Sweep) -> Sweep:
    """Three designs, the second with much smaller particles."""
    (first,) = tiny_sweep.distributions
    smaller = first.replace(label="smaller", se=first.se.replace(diameter_um=(0.9, 1.2)))
    same = first.replace(label="same", eam=first.eam.replace(diameter_um=(3.01,)))
    return tiny_sweep.replace(distributions=(first, smaller, same), seeds=SEEDS)


@pytest.fixture
def store(sweep: Sweep, tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    register_sweep(store, sweep)
    return store


def write_done(store: Store, sweep: Sweep, number: int, wall_time: float | None, *, measured: bool = True) -> None:
    case = list(sweep.cases())[number]
    values = {"wall_time": wall_time}
    write_record(
        store.record(case.case_id),
        CaseRecord(case_id=case.case_id, status="ok", attempt=1, inputs=case.simulation_inputs(), values=values),
    )
    if measured:
        measure_id = case.measure_id(sweep.analysis)
        about = MeasureRecord(case_id=case.case_id, measure_id=measure_id, status="ok", attempt=1, inputs={})
        write_record(store.measure_record(measure_id, case.case_id), about)


def test_without_records_it_is_as_planned(sweep: Sweep, store: Store) -> None:
    planned = [expected_seconds(case.design) for case in sweep.cases()]
    found = standing(store, grid_of(sweep))
    assert expected_wall_seconds(found) == pytest.approx(planned)
    assert longest_first(found, open_cells(found)).tolist() == sorted(range(9), key=lambda at: -planned[at])
    assert set(longest_first(found, open_cells(found))[:3].tolist()) == {3, 4, 5}


def test_records_set_the_scale_and_their_own_design(sweep: Sweep, store: Store) -> None:
    planned = np.array([expected_seconds(case.design) for case in sweep.cases()])
    write_done(store, sweep, 0, 7 * planned[0])
    found = standing(store, grid_of(sweep))
    assert expected_wall_seconds(found) == pytest.approx(7 * planned)
    write_done(store, sweep, 3, 21 * planned[3])
    write_done(store, sweep, 4, 23 * planned[4])
    seconds = expected_wall_seconds(standing(store, grid_of(sweep)))
    assert seconds[:3] == pytest.approx(7 * planned[:3])
    assert seconds[3:6] == pytest.approx(22 * planned[3:6])
    assert seconds[6:] == pytest.approx(21 * planned[6:])


def test_what_lacks_only_its_numbers_is_short(sweep: Sweep, store: Store) -> None:
    write_done(store, sweep, 3, None, measured=False)
    found = standing(store, grid_of(sweep))
    assert found.to_measure.tolist() == [3]
    seconds = expected_wall_seconds(found)
    assert seconds[3] == pytest.approx(MEASURING_SHARE * seconds[4])
    assert longest_first(found, open_cells(found)).tolist()[:2] == [4, 5]


def test_more_cores_take_less_time(sweep: Sweep, store: Store) -> None:
    press = sweep.protocol.press.replace(ranks=2)
    wide = sweep.replace(protocol=sweep.protocol.replace(label="wide", press=press))
    assert [cores_of(design) for design in wide.designs()] == [2, 2, 2]
    narrow_s, wide_s = (expected_wall_seconds(standing(store, grid_of(one))) for one in (sweep, wide))
    assert wide_s == pytest.approx(narrow_s / 2)


def test_designs_with_the_fewest_seeds_done_come_first_and_take_turns(sweep: Sweep, store: Store) -> None:
    for number in (0, 1, 6):
        write_done(store, sweep, number, 1.0)
    found = standing(store, grid_of(sweep))
    assert most_valuable_first(found).tolist() == [3, 4, 7, 2, 5, 8]

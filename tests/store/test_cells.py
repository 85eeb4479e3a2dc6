import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_oracles import AnyRecord, cell, measurement, simulation, write

from ssbflow.flow.standing import standing
from ssbflow.inputs.identity import PHYSICS_VERSION
from ssbflow.inputs.sweep import Sweep
from ssbflow.store import ledger
from ssbflow.store.cells import STATUS, read_cells
from ssbflow.store.compaction import compact
from ssbflow.store.cube import build_cube, read_cube_cells
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store

OLD, OLDER = PHYSICS_VERSION - 1, PHYSICS_VERSION - 2

outcome = st.tuples(
    st.integers(0, 2),  # which case
    st.booleans(),  # a measurement
    st.sampled_from(["ok", "failed"]),
    st.integers(1, 3),  # attempt
    st.sampled_from([PHYSICS_VERSION, OLD, OLDER]),
    st.none() | st.floats(0, 1),
)
Outcome = tuple[int, bool, Any, int, int, float | None]
parts = st.lists(st.lists(outcome, max_size=5), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def sweep(tiny_sweep: Sweep) -> Sweep:
    return tiny_sweep.replace(seeds=(1, 2, 5))


def made(sweep: Sweep, outcomes: list[Outcome], known: list[AnyRecord]) -> list[AnyRecord]:
    """Records of outcomes; a record never changes, so the first at each attempt stays."""
    cases, names, fresh = list(sweep.cases()), {_name(record) for record in known}, []
    for which, measured, status, attempt, physics, number in outcomes:
        record: AnyRecord
        if measured:
            record = measurement(cases[which], sweep.analysis, status, attempt, number, physics)
        else:
            record = simulation(cases[which], status, attempt, 100 * (number or 0.0), physics)
        if _name(record) not in names:
            names.add(_name(record))
            fresh.append(record)
    return fresh


def _name(record: AnyRecord) -> tuple[str, str, int]:
    return record.case_id, getattr(record, "measure_id", ""), record.attempt


@settings(max_examples=25, deadline=None)
@given(parts=parts, merged=st.booleans())
def test_cells_are_what_a_look_at_every_record_finds(sweep: Sweep, parts: list[list[Outcome]], merged: bool) -> None:
    known: list[AnyRecord] = []
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        store = Store(Path(folder))
        patch.setattr(ledger, "SMALL_SEGMENTS", 0 if merged else 16)
        for number, part in enumerate(parts):
            if number:
                compact(store)  # all but the last part go to the ledger
            fresh = made(sweep, part, known)
            write(store, *fresh)
            known += fresh
        cells = read_cube_cells(store, grid_of(sweep))
        cube = build_cube(cells)
    wanted = [cell(known, case, sweep.analysis) for case in sweep.cases()]
    assert cells.case_id.to_pylist() == [one["case_id"] for one in wanted]
    assert cells.status.tolist() == [one["status"] for one in wanted]
    assert cells.physics_version.tolist() == [one["physics_version"] for one in wanted]
    assert cells.texts("failure.cause").to_pylist() == [one["cause"] for one in wanted]
    for name in ("steps", "porosity"):
        np.testing.assert_array_equal(cells.values(name), [one[name] for one in wanted])
        np.testing.assert_array_equal(cube[name].values.ravel(), [one[name] for one in wanted])
    np.testing.assert_array_equal(cube["status"].values.ravel(), [one["status"] for one in wanted])
    told = [one["physics_version"] if one["status"] else 0 for one in wanted]
    np.testing.assert_array_equal(cube["physics_version"].values.ravel(), told)


def test_cells_of_several_sweeps_are_in_their_places(sweep: Sweep, tmp_path: Path) -> None:
    other = sweep.compositions[0].replace(label="other", weight_percent={"eam": 50, "se": 50})
    more = sweep.replace(compositions=(other,), seeds=(2, 9))
    for number, case in enumerate([*sweep.cases(), *more.cases()]):
        write(Store(tmp_path), simulation(case, steps=number), measurement(case, sweep.analysis, porosity=number / 10))
    cube = build_cube(read_cube_cells(Store(tmp_path), grid_of(sweep, more)))
    steps = cube["steps"].isel(distribution=0)
    assert steps.sel(composition="CAM60", seed=[1, 2, 5]).values.tolist() == [0, 1, 2]
    assert steps.sel(composition="other", seed=[2, 9]).values.tolist() == [3, 4]
    assert np.isnan(steps.sel(composition="other", seed=[1, 5])).all()
    assert (cube["status"] == STATUS["not_asked_for"]).sum() == 3


def test_an_empty_store_has_pending_cells_of_today(sweep: Sweep, tmp_path: Path) -> None:
    cells = read_cube_cells(Store(tmp_path), grid_of(sweep))
    assert cells.status.tolist() == [STATUS["pending"]] * 3
    assert cells.case_id.to_pylist() == [case.case_id for case in sweep.cases()]


def test_what_older_physics_gave_stays_in_the_cube_and_is_still_to_be_computed(sweep: Sweep, tmp_path: Path) -> None:
    store, (first, second, third) = Store(tmp_path), sweep.cases()
    for physics in (OLDER, OLD):
        write(store, simulation(first, steps=physics, physics=physics))
        write(store, measurement(first, sweep.analysis, porosity=physics / 10, physics=physics))
    write(store, simulation(second, steps=1), measurement(second, sweep.analysis, porosity=0.2))
    write(store, simulation(third))  # today's, not measured: pending leaves the older one
    write(store, simulation(third, "failed", physics=OLD))
    cells = read_cube_cells(store, grid_of(sweep))
    assert cells.status.tolist() == [STATUS["ok"], STATUS["ok"], STATUS["failed"]]
    assert cells.physics_version.tolist() == [OLD, PHYSICS_VERSION, OLD]
    assert cells.values("porosity")[:2].tolist() == [OLD / 10, 0.2]

    today = standing(store, grid_of(sweep))
    assert (today.to_press.tolist(), today.to_measure.tolist()) == ([0], [2])
    assert [outcome.case_id for outcome in today.done] == [second.case_id]


def test_physics_that_moved_on_leaves_the_cube_full_and_everything_to_be_done(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    for case in sweep.cases():
        write(store, simulation(case), measurement(case, sweep.analysis))
    before = read_cube_cells(store, grid_of(sweep))
    for module in ("inputs.identity", "inputs.case", "store.cells"):
        monkeypatch.setattr(f"ssbflow.{module}.PHYSICS_VERSION", PHYSICS_VERSION + 1)
    after = read_cube_cells(store, grid_of(sweep))
    assert after.case_id.to_pylist() == before.case_id.to_pylist()
    assert after.physics_version.tolist() == [PHYSICS_VERSION] * 3
    assert read_cells(store, grid_of(sweep)).status.tolist() == [STATUS["pending"]] * 3
    assert standing(store, grid_of(sweep)).to_press.tolist() == [0, 1, 2]


def test_failures_are_to_be_done_again_only_if_so_wished(sweep: Sweep, tmp_path: Path) -> None:
    store, (first, second, third) = Store(tmp_path), sweep.cases()
    write(store, simulation(first, "failed"), simulation(second), measurement(second, sweep.analysis, "failed"))
    compact(store)
    write(store, simulation(third), measurement(third, sweep.analysis))
    once, again = (standing(store, grid_of(sweep), retry=retry) for retry in (False, True))
    assert [outcome.status for outcome in once.done] == ["failed", "failed", "ok"]
    assert [outcome.failure and outcome.failure.cause for outcome in once.done] == ["not settled", "not settled", None]
    assert (once.to_press.size, once.to_measure.size) == (0, 0)
    assert (again.to_press.tolist(), again.to_measure.tolist()) == ([0], [1])

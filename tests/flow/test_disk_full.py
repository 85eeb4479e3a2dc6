import errno
import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import numpy as np
import pytest

import ssbflow
from ssbflow.errors import DiskError
from ssbflow.flow import case_task, publisher
from ssbflow.flow.batch import Batch, CaseTask, RunSummary, compute
from ssbflow.flow.case_task import run_case
from ssbflow.flow.events import Callback
from ssbflow.inputs.sweep import Sweep
from ssbflow.press.pressed import Pressed
from ssbflow.store import case_table, cube
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record, measure_record
from ssbflow.store.publish import publish
from ssbflow.store.records import CaseRecord, MeasureRecord, StoredFile
from ssbflow.store.sweeps import register_sweep
from torture_parts.full_disk import refusing
from torture_parts.synthetic import hand_made


@pytest.fixture(autouse=True)
def no_lammps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Cases that are pressed and measured in no time; what comes back are the seeds that were."""
    pressed: list[int] = []

    def press(case: ssbflow.Case, *_: object) -> object:
        pressed.append(case.seed)
        return hand_made(case.seed)

    monkeypatch.setattr(case_task, "pack_case", lambda case: case)
    monkeypatch.setattr(case_task, "press_case", press)
    monkeypatch.setattr(case_task, "measure_case", lambda case, *_: {"porosity": case.seed / 10})
    return pressed


@pytest.fixture
def store(tiny_sweep: Sweep, tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    register_sweep(store, tiny_sweep)
    return store


@contextmanager
def full_from(call: int) -> Iterator[None]:
    """A disk that is full from the so-manieth call that takes room on it."""
    calls = itertools.count(1)
    with refusing(lambda: next(calls) >= call):
        yield


def calls_of(work: Callable[[], object]) -> int:
    """Return how many calls of some work take room on the disk."""
    calls = itertools.count()
    with refusing(lambda: next(calls) < 0):
        work()
    return next(calls)


def left_beside(store: Store) -> list[str]:
    return [path.name for path in store.root.rglob("*.partial")]


def test_a_disk_that_is_full_at_any_call_costs_a_case_nothing_but_time(
    tiny_sweep: Sweep, store: Store, tmp_path: Path
) -> None:
    case, analysis = next(tiny_sweep.cases()), tiny_sweep.analysis
    count = calls_of(lambda: run_case(case, analysis, Store(tmp_path / "another")))
    assert count > 10
    for call in range(1, count + 1, 3):
        store = Store(tmp_path / f"full-at-{call}")
        with full_from(call), pytest.raises(DiskError, match="the disk is full; make room") as caught:
            run_case(case, analysis, store)
        assert caught.value.errno == errno.ENOSPC
        for record in (
            case_record(store, case.case_id),
            measure_record(store, case.measure_id(analysis), case.case_id),
        ):
            assert record is None or record.status == "ok"
        assert left_beside(store) == []
        assert run_case(case, analysis, store).status == "ok"
        measured = measure_record(store, case.measure_id(analysis), case.case_id)
        assert measured is not None
        assert (measured.attempt, measured.values["porosity"]) == (1, case.seed / 10)


def test_what_was_stored_before_the_disk_was_full_is_not_computed_again(
    tiny_sweep: Sweep, store: Store, no_lammps: list[int]
) -> None:
    case, write = next(tiny_sweep.cases()), case_task.write_record

    def full_for_measures(path: Path, record: CaseRecord | MeasureRecord) -> None:
        with full_from(1 if isinstance(record, MeasureRecord) else 10**9):
            write(path, record)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_task, "write_record", full_for_measures)
        with pytest.raises(DiskError):
            run_case(case, tiny_sweep.analysis, store)
    assert run_case(case, tiny_sweep.analysis, store).status == "ok"
    assert no_lammps == [case.seed]


def test_a_disk_that_is_full_at_any_call_leaves_the_last_version_to_readers(
    tiny_sweep: Sweep, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = tuple(variable for variable in cube.VARIABLES if variable.name in ("porosity", "steps"))
    for module in (cube, case_table):
        monkeypatch.setattr(module, "VARIABLES", few)  # it would take a minute with all
    first, second = tiny_sweep.cases()
    run_case(first, tiny_sweep.analysis, store)
    publish(store)
    before = ssbflow.open_cube(store.root).load()
    run_case(second, tiny_sweep.analysis, store)
    call, generator = 1, np.random.default_rng(1)
    while True:
        try:
            with full_from(call):
                publish(store, compact_from=1)
        except DiskError as error:
            assert "the disk is full; make room" in str(error)  # noqa: PT017
        else:
            break
        now = ssbflow.open_cube(store.root).load()
        assert now.equals(before) or (now["status"] == 1).all()
        assert left_beside(store) == []
        call += int(generator.integers(30, 70))
    assert call > 100
    assert ssbflow.open_cube(store.root)["porosity"].values.ravel().tolist() == [0.1, 0.2]


class Heard(Callback):
    """Counts what happens."""

    def __init__(self) -> None:
        self.publishes = 0

    def published(self, versions: dict[str, Path]) -> None:
        self.publishes += 1


def computed(sweep: Sweep, store: Store, heard: Callback) -> RunSummary:
    task = dask.delayed(run_case, pure=False)
    tasks = [CaseTask(case.case_id, task(case, sweep.analysis, store)) for case in sweep.cases()]
    return compute(Batch("tiny", store, "small.touching", [], tasks), None, [heard])


def test_a_publish_that_meets_a_full_disk_is_told_of_and_the_cases_go_on(
    tiny_sweep: Sweep, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    heard, tries = Heard(), itertools.count()

    def publish_on_a_full_disk(*given: Any, **how: Any) -> dict[str, Path]:
        with full_from(5 if next(tries) == 0 else 10**9):
            return publish(*given, **how)

    monkeypatch.setattr(publisher, "publish", publish_on_a_full_disk)
    monkeypatch.setattr(publisher, "PUBLISH_EVERY_S", 0.0)
    monkeypatch.setattr(publisher, "PUBLISH_SHARE", 0)
    with caplog.at_level(logging.WARNING, "ssbflow"):
        summary = computed(tiny_sweep, store, heard)
    assert (summary.ok, summary.failed) == (2, 0)
    (told,) = [record.getMessage() for record in caplog.records if "not published" in record.getMessage()]
    assert "the disk is full; make room" in told
    assert heard.publishes >= 1
    assert ssbflow.open_cube(store.root)["porosity"].values.ravel().tolist() == [0.1, 0.2]


def test_a_case_that_meets_a_full_disk_has_no_record_and_is_computed_next_time(
    tiny_sweep: Sweep, store: Store, monkeypatch: pytest.MonkeyPatch, no_lammps: list[int]
) -> None:
    first, second = tiny_sweep.cases()
    write = case_task.write_case_zip

    def full_for_the_first(path: Path, case: ssbflow.Case, pressed: Pressed) -> StoredFile:
        with full_from(1 if case.seed == first.seed else 10**9):
            return write(path, case, pressed)

    with monkeypatch.context() as patch:
        patch.setattr(case_task, "write_case_zip", full_for_the_first)
        summary = computed(tiny_sweep, store, Heard())
    assert (summary.ok, summary.failed) == (1, 1)
    (failure,) = summary.failures
    assert failure.failure is not None
    assert (failure.case_id, failure.failure.phase, failure.failure.cause) == (first.case_id, "task", "DiskError")
    assert "the disk is full; make room" in failure.failure.message
    assert case_record(store, first.case_id) is None

    again = computed(tiny_sweep, store, Heard())
    assert (again.ok, again.failed) == (2, 0)
    assert no_lammps == [first.seed, second.seed, first.seed]

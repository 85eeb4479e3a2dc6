import json
import os
import shutil
from pathlib import Path

import pytest
import xarray as xr
from distributed import Client, LocalCluster

import ssbflow
from ssbflow.errors import InputError, SelectionError, StoreError
from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.inputs.sweep import Sweep
from ssbflow.press.lmp import SETTING
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish
from ssbflow.store.records import CaseRecord, Failure, MeasureRecord, read_record, write_record

pytestmark = pytest.mark.lammps

OVERLAPPING = Analysis(label="overlapping", overlap_criterion=1.03)


@pytest.fixture
def store(tiny_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The tiny sweep's store, on a machine without LAMMPS."""
    shutil.copytree(tiny_store, tmp_path / "store", symlinks=True)
    monkeypatch.setenv(SETTING, "/no/such/lmp")
    return Store((tmp_path / "store").resolve())


def content(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def status(store: Store, cube: str) -> list[int]:
    states: list[int] = ssbflow.open_cube(store.root, cube)["status"].values.ravel().tolist()
    return states


def measured(store: Store, case: Case, analysis: Analysis) -> MeasureRecord:
    record = read_record(store.measure_record(case.measure_id(analysis), case.case_id), MeasureRecord)
    assert record is not None
    return record


def test_a_new_cube_stands_beside_the_old_one_which_stays_as_it_was(store: Store) -> None:
    before = content(*(store.root / name for name in ("records", "measures", "cases", "versions")))
    summary = ssbflow.remeasure(store.root, OVERLAPPING)
    assert (summary.cube, summary.total, summary.computed, summary.ok) == ("small.overlapping", 2, 2, 2)
    assert {path: path.read_bytes() for path in before} == before
    new = content(*(store.root / name for name in ("records", "cases")))
    assert set(new) < set(before)

    old, again = ssbflow.open_cube(store.root), ssbflow.open_cube(store.root, "small.overlapping")
    assert (again["coordination_se_se"] < old["coordination_se_se"]).all()
    for same in ("case_id", "porosity", "pressure_measured", "wall_time"):
        xr.testing.assert_identical(again[same], old[same])
    assert json.loads(again.attrs["analysis"])["overlap_criterion"] == 1.03
    assert summary.cube_link.resolve() == Path(os.path.realpath(store.cubes / "small.overlapping.zarr"))


def test_the_numbers_are_those_that_a_run_with_this_analysis_gives(
    store: Store, tiny_sweep: Sweep, tiny_store: Path, tmp_path: Path
) -> None:
    ssbflow.remeasure(store.root, OVERLAPPING)
    shutil.copytree(tiny_store, tmp_path / "run", symlinks=True)
    ssbflow.run(tiny_sweep.replace(analysis=OVERLAPPING), tmp_path / "run")
    again, run = (ssbflow.open_cube(root, "small.overlapping").load() for root in (store.root, tmp_path / "run"))
    again.attrs.pop("history")
    run.attrs.pop("history")
    xr.testing.assert_identical(again, run)


def test_only_what_is_missing_is_measured(store: Store, tiny_sweep: Sweep) -> None:
    ssbflow.remeasure(store.root, OVERLAPPING)
    again = ssbflow.remeasure(store.root, OVERLAPPING)
    assert (again.computed, again.skipped, again.ok) == (0, 2, 2)
    first, second = tiny_sweep.cases()
    stamp = measured(store, second, OVERLAPPING)
    store.measure_record(first.measure_id(OVERLAPPING), first.case_id).unlink()
    third = ssbflow.remeasure(store.root, OVERLAPPING)
    assert (third.computed, third.skipped, third.ok) == (1, 1, 2)
    assert measured(store, second, OVERLAPPING) == stamp


def test_no_simulation_stays_pending_and_a_failed_one_failed(store: Store, tiny_sweep: Sweep) -> None:
    first, second = tiny_sweep.cases()
    store.record(first.case_id).unlink()
    record = read_record(store.record(second.case_id), CaseRecord)
    assert record is not None
    failure = Failure(phase="press", cause="lost atoms", message="two of them")
    write_record(
        store.record(second.case_id), record.model_copy(update={"status": "failed", "failure": failure, "zip": None})
    )
    summary = ssbflow.remeasure(store.root, OVERLAPPING)
    assert (summary.total, summary.computed, summary.pending, summary.ok, summary.failed) == (2, 0, 1, 0, 1)
    assert [outcome.failure for outcome in summary.failures] == [failure]
    assert status(store, "small.overlapping") == [0, 2]
    assert len(list((store.root / "measures").iterdir())) == 1


@pytest.mark.parametrize("harm", ["cut", "chunk gone", "gone"])
def test_a_damaged_zip_is_a_failed_measure_and_the_others_go_on(store: Store, tiny_sweep: Sweep, harm: str) -> None:
    first = next(tiny_sweep.cases())
    path = store.case_zip(first.case_id)
    whole = path.read_bytes()
    path.unlink()
    if harm != "gone":
        # a chunk that is not found reads as fill values, without an error
        path.write_bytes(whole[:-100] if harm == "cut" else whole.replace(b"species/c/0", b"species/c/8"))
    summary = ssbflow.remeasure(store.root, OVERLAPPING)
    assert (summary.computed, summary.ok, summary.failed) == (2, 1, 1)
    assert status(store, "small.overlapping") == [2, 1]
    failure = measured(store, first, OVERLAPPING).failure
    assert failure is not None
    assert (failure.phase, failure.cause) == ("measure", "StoreError")
    assert f"{path} is {'missing' if harm == 'gone' else 'damaged'}" in failure.message
    assert status(store, "small.touching") == [1, 1]

    path.write_bytes(whole)
    assert ssbflow.remeasure(store.root, OVERLAPPING).computed == 0
    retried = ssbflow.run(tiny_sweep.replace(analysis=OVERLAPPING), store.root, retry=True)
    assert (retried.ok, retried.computed, measured(store, first, OVERLAPPING).attempt) == (2, 1, 2)


def test_a_label_that_means_another_analysis_is_refused_with_both(store: Store) -> None:
    before = content(store.root)
    with pytest.raises(InputError, match=r"analysis 'touching'.*overlap_criterion = 1\.0.*overlap_criterion = 1\.03"):
        ssbflow.remeasure(store.root, OVERLAPPING.replace(label="touching"))
    assert content(store.root) == before


def test_later_runs_and_publishes_keep_the_cube(store: Store, tiny_sweep: Sweep) -> None:
    ssbflow.remeasure(store.root, OVERLAPPING)
    ssbflow.run(tiny_sweep, store.root)
    assert list(publish(store)) == ["small.touching", "small.overlapping"]
    assert status(store, "small.overlapping") == [1, 1]
    assert [cube.counts["ok"] for cube in ssbflow.status(store.root)] == [2, 2]
    assert json.loads(store.current.read_text())["default"] == "small.touching"


def test_all_sweeps_of_a_cube_are_measured_again_as_it_grows(store: Store, tiny_sweep: Sweep) -> None:
    ssbflow.remeasure(store.root, OVERLAPPING)
    composition = tiny_sweep.compositions[0]
    ionic = composition.se.replace(conductivity_ionic_s_m=1.0)
    other = tiny_sweep.replace(compositions=[composition.replace(label="faster", se=ionic)])
    ssbflow.run(other, store.root)
    # the same simulations, of which only the measures see another conductivity
    assert {case.case_id for case in other.cases()} == {case.case_id for case in tiny_sweep.cases()}
    summary = ssbflow.remeasure(store.root, OVERLAPPING)
    assert (summary.total, summary.computed, summary.skipped) == (4, 2, 2)
    assert ssbflow.open_cube(store.root, "small.overlapping").sizes["composition"] == 2
    assert status(store, "small.overlapping") == [1] * 4


def test_the_cube_is_chosen_by_name(store: Store) -> None:
    ssbflow.remeasure(store.root, OVERLAPPING)
    far = OVERLAPPING.replace(label="far", surface_cutoff_um=2)
    assert ssbflow.remeasure(store.root, far, cube="small.overlapping").cube == "small.far"
    with pytest.raises(SelectionError, match=r"no cube 'large\.far'.*it has small\.touching, small\.overlapping"):
        ssbflow.remeasure(store.root, far, cube="large.far")
    with pytest.raises(StoreError, match="holds no store"):
        ssbflow.remeasure(store.root / "nothing")


def test_after_a_change_of_the_measures_all_is_measured_again(
    store: Store, tiny_sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ssbflow.remeasure(store.root).computed == 0
    monkeypatch.setattr("ssbflow.inputs.case.MEASURE_VERSION", 99)
    summary = ssbflow.remeasure(store.root)
    assert (summary.cube, summary.computed, summary.ok) == ("small.touching", 2, 2)
    for case in tiny_sweep.cases():
        assert measured(store, case, tiny_sweep.analysis).inputs["measure_version"] == 99
    assert len(list((store.root / "measures").iterdir())) == 2


class Stops(Callback):
    def case_ended(self, outcome: Outcome) -> None:
        raise KeyboardInterrupt


def test_what_was_measured_before_an_interruption_is_published(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt):
        ssbflow.remeasure(store.root, OVERLAPPING, callbacks=[Stops()])
    assert sorted(status(store, "small.overlapping")) == [0, 1]
    assert ssbflow.remeasure(store.root, OVERLAPPING).computed == 1


@pytest.mark.cluster
def test_workers_without_lammps_give_the_same_numbers_as_serial(
    store: Store, tiny_sweep: Sweep, tiny_store: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_store, tmp_path / "serial", symlinks=True)
    ssbflow.remeasure(tmp_path / "serial", OVERLAPPING)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        assert client.run(os.environ.get, SETTING) == dict.fromkeys(client.nthreads(), "/no/such/lmp")
        held = client.compute(
            list(ssbflow.delayed(tiny_sweep, store.root).values())
        )  # a run's results, still in memory
        summary = ssbflow.remeasure(store.root, OVERLAPPING, client=client)
        assert all(outcome.status == "ok" for outcome in client.gather(held))
    assert (summary.computed, summary.ok) == (2, 2)
    workers, serial = (
        ssbflow.open_cube(root, "small.overlapping").load() for root in (store.root, tmp_path / "serial")
    )
    workers.attrs.pop("history")
    serial.attrs.pop("history")
    xr.testing.assert_identical(workers, serial)
    hosts = {measured(store, case, OVERLAPPING).provenance["process"] for case in tiny_sweep.cases()}
    assert os.getpid() not in hosts

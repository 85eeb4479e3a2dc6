"""What a report collects from a store, and what it refuses."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up_report import HARMFUL, made_up_report

import ssbflow
from ssbflow.errors import InputError, SelectionError, SsbflowError, StoreError
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.inputs.identity import PHYSICS_VERSION
from ssbflow.inputs.sweep import Sweep
from ssbflow.packing.packing import Packing
from ssbflow.store.cells import read_cells
from ssbflow.store.cube import build_cube
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, Failure, write_record
from ssbflow.store.sweeps import register_sweep
from ssbflow.views.report.asked import ranges
from ssbflow.views.report.collecting import collect
from ssbflow.views.report.model import KINDS
from ssbflow.views.report.numbers import numbers
from ssbflow.views.report.page import html
from ssbflow.views.report.spheres import spheres
from ssbflow.views.report.writing import live_report


def fail(store: Path, case: Case, **about: Any) -> None:
    """Leave the record of a press that failed, as a store with this sweep would have it."""
    failure = Failure(phase="press", cause="not settled", message=f"it moves on {HARMFUL}", log_tail="step 1")
    times = {"started": "2026-01-01T10:00:00+00:00", "ended": "2026-01-01T11:30:00+00:00"}
    record = CaseRecord(
        case_id=case.case_id,
        status="failed",
        attempt=1,
        inputs={**case.simulation_inputs(), "physics_version": PHYSICS_VERSION},
        failure=failure.model_copy(update=about),
        provenance={**times, "ssbflow_version": "0.1.0"},
    )
    write_record(Store(store).record(case.case_id), record)


@pytest.fixture
def asked(tiny_sweep: Sweep, tmp_path: Path) -> Path:
    """A store that was asked for the tiny sweep; nothing ran."""
    register_sweep(Store(tmp_path / "store"), tiny_sweep)
    return tmp_path / "store"


def test_nothing_ran_yet(asked: Path) -> None:
    report = collect(asked)
    assert (report.ran.ok, report.ran.failed, report.ran.pending) == (0, 0, 2)
    assert report.ran.core_hours is None
    assert "No case has ended well yet, so there are no numbers to show." in html(report)


def test_failures_are_told_by_cause(asked: Path, tiny_sweep: Sweep) -> None:
    first, second = tiny_sweep.replace(seeds=[1, 2]).cases()
    fail(asked, first)
    fail(asked, second, cause="time limit", log_tail="")
    report = collect(asked)
    assert [(one.cause, one.cases) for one in report.causes] == [("not settled", 1), ("time limit", 1)]
    assert report.numbers.cause.tolist() == [0, 1]
    assert report.ran.core_hours == pytest.approx(3.0)
    assert report.ran.started == datetime(2026, 1, 1, 10, tzinfo=UTC)
    page = html(report)
    assert 'see <a href="#failures">why they failed</a>' in page
    assert HARMFUL not in page
    assert page.count("<script") == 2  # its data and its own


@pytest.mark.lammps
def test_report_tells_what_the_cube_says(tiny_store: Path, tmp_path: Path) -> None:
    report = collect(tiny_store)
    cube = ssbflow.open_cube(tiny_store)
    told = report.numbers
    names = [variable.name for variable in told.variables]
    for name in ("porosity", "utilization", "wall_time"):
        np.testing.assert_array_equal(told.values[names.index(name)], cube[name].values.ravel())
    assert list(told.case_ids) == cube["case_id"].values.ravel().tolist()
    assert "force_eam" not in names  # under a platen there is none
    assert "specific_energy" in names
    assert report.spheres is not None
    assert report.spheres.case_id in told.case_ids
    assert report.ran.core_hours is not None
    assert report.ran.core_hours > 0
    path = ssbflow.report(tiny_store, tmp_path / "report.html", case=told.case_ids[1])
    assert told.case_ids[1] in path.read_text(encoding="utf-8")


@pytest.mark.lammps
def test_case_is_shown_from_a_compacted_store(tiny_store: Path, stores: dict[str, Path]) -> None:
    case_id = collect(tiny_store).numbers.case_ids[0]
    with pytest.raises(SelectionError, match=r"no case 'nothing' in cube small\.touching; take a case_id"):
        collect(stores["compacted"], case="nothing")
    assert collect(stores["compacted"], case=case_id).spheres is not None


def test_case_that_is_pending_cannot_be_shown(asked: Path, tiny_case: Case) -> None:
    with pytest.raises(SelectionError, match="has not ended yet; see: ssbflow status"):
        collect(asked, case=tiny_case.case_id)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda folder: collect(folder / "nowhere"), StoreError, "holds no store; make one with: ssbflow run"),
        (lambda folder: collect(folder / "store", "else"), SelectionError, "no cube 'else' in .*small.touching"),
        (lambda _: collect("https://example.org/store"), InputError, "not on this machine"),
        (lambda folder: ssbflow.report(folder / "store", folder / "a.pdf"), InputError, r"\.html or \.htm; got .*pdf"),
        (lambda folder: ssbflow.report(folder / "store", folder / "no" / "a.html"), InputError, "there is no folder"),
        (lambda folder: ssbflow.report(folder / "store", folder / "d.html"), InputError, "cannot be written"),
    ],
)
def test_refused(asked: Path, call: Callable[[Path], Any], kind: type[SsbflowError], message: str) -> None:
    (asked.parent / "d.html").mkdir()
    with pytest.raises(kind, match=message):
        call(asked.parent)


def test_of_too_many_cases_whole_designs_are_kept(asked: Path, tiny_sweep: Sweep) -> None:
    mixed = tiny_sweep.compositions[0]
    weights = {"eam": 70, "se": 28, "carbon": 1, "binder": 1}
    sweep = tiny_sweep.replace(compositions=[mixed, mixed.replace(label="CAM70", weight_percent=weights)])
    cells = read_cells(Store(asked), grid_of(sweep))
    utilization = np.array([0.5, 0.6, 0.8, 0.7])
    cube = build_cube(cells)
    cells = replace(cells, status=np.ones(4, dtype=np.int8))
    cube["utilization"] = cube["utilization"].copy(data=utilization.reshape(2, 1, 2))
    found = numbers(cells, cube, np.full(4, -1), most_cases=3)
    assert found.values.tolist() == [[0.8, 0.7]]
    assert found.composition.tolist() == [1, 1]
    assert "This page shows 2 of 4 cases" in found.left_out


def test_spheres_say_what_they_take_part_in_and_what_is_left_out() -> None:
    # from the floor: SE, SE on it, EAM on that; apart: SE and EAM that touch nothing connected
    position = [[2, 1, 1], [2, 2, 2.6], [2, 3, 4.2], [7, 6, 5], [7, 8, 8]]
    packing = Packing(position, [1] * 5, ["se", "se", "eam", "se", "eam"], (10, 10), height_um=9)
    kinds = ("SE connected to the floor",) * 2 + ("EAM active", "SE not connected", "EAM not active")
    every = spheres(packing, Analysis(), "0" * 32, "a case")
    assert tuple(KINDS[kind] for kind in every.kind) == kinds
    assert every.left_out == ""
    some = spheres(packing, Analysis(), "0" * 32, "a case", most_spheres=3)
    assert tuple(KINDS[kind] for kind in some.kind) == kinds[2:]
    assert some.left_out == "3 of 5 spheres are shown: those with centres at y ≥ 3.0 µm."


def test_page_allows_no_network_and_one_script() -> None:
    page = html(made_up_report())
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page


@pytest.mark.parametrize(("seeds", "text"), [((1,), "1"), ((3, 1, 2, 7), "1–3, 7"), ((0, 2, 3), "0, 2–3")])
def test_seeds_are_told_in_short(seeds: tuple[int, ...], text: str) -> None:
    assert ranges(seeds) == text


def test_package_is_run_as_a_program(asked: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "ssbflow", "report", asked, "-o", tmp_path / "r.html"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "open it in a browser" in answer.stdout
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_report_of_a_running_sweep_is_followed_until_nothing_is_pending(
    asked: Path, tiny_sweep: Sweep, tmp_path: Path
) -> None:
    path, cases = tmp_path / "report.html", list(tiny_sweep.cases())
    pending = []
    for left in live_report(asked, path, every_s=0.01):
        pending.append(left)
        assert ('http-equiv="refresh"' in path.read_text()) == (left > 0)
        if cases:
            fail(asked, cases.pop())
    assert (pending[0], pending[-1]) == (len(list(tiny_sweep.cases())), 0)
    assert pending == sorted(pending, reverse=True)
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".partial")] == []

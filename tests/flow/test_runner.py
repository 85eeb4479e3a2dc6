import json
import stat
from pathlib import Path

import dask
import pytest
import xarray as xr
from distributed import Client, LocalCluster

import ssbflow
from ssbflow.errors import LammpsNotFoundError
from ssbflow.flow.case_task import Outcome
from ssbflow.flow.events import Callback
from ssbflow.flow.simulate import pack_case
from ssbflow.inputs.sweep import Sweep
from ssbflow.press import names
from ssbflow.press.lmp import SETTING, find_lmp
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, read_record

pytestmark = pytest.mark.lammps

VARIES = ["wall_time"]


class Heard(Callback):
    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def case_ended(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


class Broken(Callback):
    def case_ended(self, outcome: Outcome) -> None:
        raise RuntimeError("the display is gone")


def zips(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (store / "cases").rglob("*.zip")}


def test_local_workers_give_the_same_zips_and_the_same_cube_as_serial(
    tiny_sweep: Sweep, tiny_store: Path, tmp_path: Path
) -> None:
    heard = Heard()
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        summary = ssbflow.run(tiny_sweep, tmp_path / "local", client, callbacks=[heard, Broken()])
    assert (summary.ok, summary.failed, summary.computed) == (2, 0, 2)
    assert sorted(outcome.case_id for outcome in heard.outcomes) == [c.case_id for c in sorted_cases(tiny_sweep)]
    assert zips(tmp_path / "local") == zips(tiny_store)
    local, serial = (ssbflow.open_cube(store).load().drop_vars(VARIES) for store in (tmp_path / "local", tiny_store))
    local.attrs.pop("history")
    serial.attrs.pop("history")
    xr.testing.assert_identical(local, serial)


def sorted_cases(sweep: Sweep) -> list[ssbflow.Case]:
    return sorted(sweep.cases(), key=lambda case: case.case_id)


def test_running_again_computes_nothing(tiny_sweep: Sweep, tmp_path: Path) -> None:
    ssbflow.run(tiny_sweep, tmp_path)
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "cases").rglob("*.zip")}
    summary = ssbflow.run(tiny_sweep, tmp_path)
    assert (summary.computed, summary.skipped, summary.ok) == (0, 2, 2)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cases").rglob("*.zip")} == stamps


def test_another_overlap_criterion_needs_no_lammps(
    tiny_sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssbflow.run(tiny_sweep, tmp_path)
    monkeypatch.setenv(SETTING, "/no/such/lmp")
    analysis = tiny_sweep.analysis.model_copy(update={"label": "overlapping", "overlap_criterion": 1.03})
    summary = ssbflow.run(tiny_sweep.replace(analysis=analysis), tmp_path)
    assert (summary.ok, summary.computed) == (2, 2)
    before, after = (ssbflow.open_cube(tmp_path, f"small.{label}") for label in ("touching", "overlapping"))
    assert (after["coordination_se_se"] < before["coordination_se_se"]).all()


def test_no_lammps_is_refused_before_anything_runs(
    tiny_sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "/no/such/lmp")
    with pytest.raises(LammpsNotFoundError, match="/no/such/lmp"):
        ssbflow.run(tiny_sweep, tmp_path)
    assert not (tmp_path / "records").exists()


def failing_lmp(folder: Path, words: str) -> Path:
    """A LAMMPS that stops with exit code 7 where the particle data hold certain words; the real one otherwise."""
    real = find_lmp()
    script = folder / "lmp"
    script.write_text(
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH={real.library_path}\n"
        f"if [ -f particles.data ] && grep -q '{words}' particles.data; then\n"
        "  echo 'ERROR: out of luck' > log.lammps; exit 7\n"
        f'fi\nexec {real.path} "$@"\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def test_a_failed_case_is_recorded_and_stops_nothing_until_retried(
    tiny_sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tiny_sweep.cases()
    atoms = [f"{len(pack_case(case)) + 1} atoms" for case in (first, second)]  # the platen is one of them
    assert atoms[0] != atoms[1]
    monkeypatch.setenv(SETTING, str(failing_lmp(tmp_path, atoms[0])))
    store = tmp_path / "store"

    summary = ssbflow.run(tiny_sweep, store)
    assert (summary.ok, summary.failed, summary.computed) == (1, 1, 2)
    record = read_record(Store(store).record(first.case_id), CaseRecord)
    assert record is not None
    assert record.failure is not None
    assert (record.failure.phase, record.failure.cause, record.failure.exit_code) == ("press", "lammps error", 7)
    assert "out of luck" in record.failure.log_tail
    assert ssbflow.open_cube(store)["status"].values.ravel().tolist() == [2, 1]

    again = ssbflow.run(tiny_sweep, store)
    assert (again.ok, again.failed, again.computed, again.skipped) == (1, 1, 0, 2)
    assert again.failures[0].failure == record.failure

    monkeypatch.delenv(SETTING)
    retried = ssbflow.run(tiny_sweep, store, retry=True)
    assert (retried.ok, retried.failed, retried.computed) == (2, 0, 1)
    record = read_record(Store(store).record(first.case_id), CaseRecord)
    assert record is not None
    assert (record.status, record.attempt) == ("ok", 2)


def test_a_press_that_does_not_come_to_rest_is_a_failed_case_with_its_cause(tiny_sweep: Sweep, tmp_path: Path) -> None:
    settling = {"max_steps": 1000, "unbalanced_force_limit": 1e-12}
    press = tiny_sweep.protocol.press.replace(settling=settling)
    protocol = tiny_sweep.protocol.replace(label="restless", press=press)
    summary = ssbflow.run(tiny_sweep.replace(protocol=protocol, seeds=(1,)), tmp_path)
    assert summary.failed == 1
    failure = summary.failures[0].failure
    assert failure is not None
    assert (failure.phase, failure.exit_code) == ("press", names.EXIT_NOT_SETTLED)
    assert failure.cause == "not settled"
    assert f"{names.NOT_SETTLED} after 1000 steps" in failure.message
    assert names.NOT_SETTLED in failure.log_tail


def test_delayed_hands_out_one_task_for_each_case(tiny_sweep: Sweep, tmp_path: Path) -> None:
    tasks = ssbflow.delayed(tiny_sweep, tmp_path)
    assert {case_id: task.key for case_id, task in tasks.items()} == {
        case.case_id: case.case_id for case in tiny_sweep.cases()
    }
    outcomes = dask.compute(*tasks.values(), scheduler="synchronous")
    assert [(outcome.case_id, outcome.status) for outcome in outcomes] == [(case_id, "ok") for case_id in tasks]


def test_records_tell_what_ran(tiny_store: Path, tiny_sweep: Sweep) -> None:
    for case in tiny_sweep.cases():
        record = json.loads(Store(tiny_store).record(case.case_id).read_text())
        assert record["provenance"]["lammps_version"] == find_lmp().version
        assert record["provenance"]["started"] < record["provenance"]["ended"]
        assert (record["provenance"]["ranks"], record["provenance"]["resumed"]) == (1, False)
        assert record["inputs"] == case.simulation_inputs()


def test_a_case_that_can_leave_no_record_is_told_and_computed_the_next_time(tiny_sweep: Sweep, tmp_path: Path) -> None:
    first, second = tiny_sweep.cases()
    in_the_way = Store(tmp_path).record(first.case_id).parent
    in_the_way.parent.mkdir()
    in_the_way.symlink_to(tmp_path / "lost" / "mount")  # nothing to read there, and nowhere to write
    summary = ssbflow.run(tiny_sweep, tmp_path)
    assert (summary.ok, summary.failed) == (1, 1)
    assert [(outcome.case_id, outcome.failure and outcome.failure.phase) for outcome in summary.failures] == [
        (first.case_id, "task")
    ]
    in_the_way.unlink()
    again = ssbflow.run(tiny_sweep, tmp_path)
    assert (again.ok, again.failed, again.computed) == (2, 0, 1)
    assert ssbflow.open_cube(tmp_path)["case_id"].values.ravel().tolist() == [first.case_id, second.case_id]

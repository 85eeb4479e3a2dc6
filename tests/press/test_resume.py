"""A press that is stopped in its middle, by force or by the clock, goes on from its checkpoint."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from distributed import Client, LocalCluster

import ssbflow
from ssbflow.errors import PressError
from ssbflow.flow.simulate import pack_case, press_case
from ssbflow.inputs.case import Case
from ssbflow.inputs.protocol import Settling
from ssbflow.inputs.sweep import Sweep
from ssbflow.press import names
from ssbflow.press.pressed import Pressed
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, read_record

pytestmark = pytest.mark.lammps

EXAMPLE_1 = Path(__file__).parents[2] / "catalogs" / "sweeps" / "example_1.yaml"
PATIENCE_S = 120
HEIGHT_SCATTER = 0.02  # relative; seeds of Example 1 differ by as much


def example_1(**press: object) -> Sweep:
    """One seed of Example 1: a press of a second or two."""
    sweep = ssbflow.load_sweep(EXAMPLE_1).replace(seeds=[1])
    protocol = sweep.protocol
    return sweep.replace(protocol=protocol.replace(press=protocol.press.replace(**press)))


def out_of_time(**protocol: object) -> Sweep:
    """One seed of Example 1 in steps so short that no machine presses it within its limit of a second."""
    short_steps = {"time_step_fraction": 0.2, "contact_time_fraction": 0.23}
    sweep = example_1(drive="platen", time_limit_s=1, settling=Settling(**short_steps))
    return sweep.replace(protocol=sweep.protocol.replace(**protocol))


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Pressed]:
    """Both drives, from the loose packing to rest in one go."""
    cases = {drive: next(example_1(drive=drive).cases()) for drive in ("body_force", "platen")}
    return {drive: press_case(case, pack_case(case)) for drive, case in cases.items()}


def once(ready: Callable[[], bool], then: Callable[[], object]) -> threading.Thread:
    """Do something in the background as soon as something holds."""

    def wait() -> None:
        until = time.monotonic() + PATIENCE_S
        while not ready():
            assert time.monotonic() < until
            time.sleep(0.005)
        then()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def has_checkpoint(folder: Path) -> bool:
    """Whether a whole checkpoint is there; LAMMPS has gone on by then."""
    return any(path.stat().st_size for path in folder.rglob(names.checkpoint("press", 1)))


def lmp_in(folder: Path) -> list[psutil.Process]:
    """The LAMMPS processes that work somewhere below a folder."""
    found = []
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "lmp" and Path(process.info["cwd"] or "/").is_relative_to(folder):
            found.append(process)
    return found


def kill_lmp_in(folder: Path) -> None:
    for process in lmp_in(folder):
        process.kill()


def one_of(drive: str, **press: object) -> Case:
    return next(example_1(drive=drive, **press).cases())


@pytest.mark.parametrize("drive", ["body_force", "platen"])
def test_killed_lammps_is_gone_on_with(drive: str, undisturbed: dict[str, Pressed], tmp_path: Path) -> None:
    case = one_of(drive)
    loose = pack_case(case)
    folder = tmp_path / "press"
    killer = once(lambda: has_checkpoint(folder), lambda: kill_lmp_in(folder))
    with pytest.raises(PressError, match="SIGKILL") as raised:
        press_case(case, loose, folder)
    killer.join()
    assert (raised.value.cause, raised.value.exit_code) == ("killed", -signal.SIGKILL)
    again, straight = press_case(case, loose, folder), undisturbed[drive]
    assert again.resumed
    assert not straight.resumed
    assert again.packing.height_um == pytest.approx(straight.packing.height_um, rel=HEIGHT_SCATTER)
    assert again.pressure_measured_mpa == pytest.approx(straight.pressure_measured_mpa, rel=0.02)
    assert again.trajectory.step[0] == 0
    assert len(again.trajectory.step) == pytest.approx(len(straight.trajectory.step), abs=3)


@pytest.mark.parametrize("release", [None, {"pressure_mpa": 20}], ids=["press", "press and release"])
def test_press_that_runs_out_of_time_comes_to_its_end_in_several_goes(
    release: dict[str, float] | None, undisturbed: dict[str, Pressed], tmp_path: Path
) -> None:
    case = next(out_of_time(release=release).cases())
    loose = pack_case(case)
    causes = []
    for _ in range(200):
        try:
            pressed = press_case(case, loose, tmp_path / "press")
            break
        except PressError as error:
            causes.append((error.cause, str(error).startswith("stopped by the time limit at step")))
    assert set(causes) <= {("time limit", True)}
    assert causes, "the limit was never met"
    assert pressed.resumed
    straight = undisturbed["platen"].packing.height_um
    assert pressed.packing.height_um == pytest.approx(straight, rel=HEIGHT_SCATTER)
    if release:
        assert pressed.released is not None
        assert pressed.released.height_um > 1.02 * straight


def test_killed_lammps_is_a_failed_case_that_a_retry_resumes(tmp_path: Path) -> None:
    sweep, store = example_1(), tmp_path / "store"
    case_id = next(sweep.cases()).case_id
    killer = once(lambda: has_checkpoint(store), lambda: kill_lmp_in(store))
    summary = ssbflow.run(sweep, store)
    killer.join()
    assert [outcome.failure.cause for outcome in summary.failures if outcome.failure] == ["killed"]
    layout = Store(store)
    failed = read_record(layout.record(case_id), CaseRecord)
    assert failed is not None
    assert failed.failure is not None
    assert "v_unbalanced" in failed.failure.log_tail
    assert layout.press_folder(case_id).is_dir()
    assert ssbflow.run(sweep, store, retry=True).ok == 1
    record = read_record(layout.record(case_id), CaseRecord)
    assert record is not None
    assert (record.status, record.attempt, record.provenance["resumed"]) == ("ok", 2, True)
    assert not layout.press_folder(case_id).exists()


@pytest.mark.cluster
def test_killed_worker_takes_its_lammps_along_and_the_next_one_resumes(tmp_path: Path) -> None:
    sweep, store = example_1(), tmp_path / "store"
    case_id = next(sweep.cases()).case_id
    left_behind: list[psutil.Process] = []
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        worker = next(iter(client.run(os.getpid).values()))

        def kill_worker() -> None:
            left_behind.extend(lmp_in(store))
            os.kill(worker, signal.SIGKILL)

        killer = once(lambda: has_checkpoint(store), kill_worker)
        summary = ssbflow.run(sweep, store, client)
        killer.join()
    assert (summary.ok, summary.failed) == (1, 0)
    assert len(left_behind) == 1
    assert not left_behind[0].is_running()
    record = read_record(Store(store).record(case_id), CaseRecord)
    assert record is not None
    assert (record.status, record.attempt, record.provenance["resumed"]) == ("ok", 1, True)


def test_press_of_other_particles_does_not_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    folder = tmp_path / "press"
    hurried = next(out_of_time().cases())
    with pytest.raises(PressError, match="time limit"):
        press_case(hurried, pack_case(hurried), folder)
    assert has_checkpoint(folder)
    other = one_of("platen").model_copy(update={"seed": 2})
    assert not press_case(other, pack_case(other), folder).resumed

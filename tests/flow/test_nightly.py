import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from counting_lmp import FAILS, CountingLmp, wait_until

import nightly
import ssbflow
from ssbflow.inputs.sweep import Sweep
from ssbflow.press.lmp import SETTING
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import measure_record

pytestmark = [pytest.mark.lammps, pytest.mark.timeout(120)]

NIGHT = """
store: store
cluster: serial
sweeps: [{{file: {low}}}, {{file: {high}, priority: 1}}]
hours: {{start: 20:00, end: 23:00}}
budget_core_hours: 1
best: {{minimize: porosity}}
"""
AN_HOUR_A_CASE = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
import nightly

evening, store = datetime.fromisoformat(sys.argv[2]), Path(sys.argv[3])
def now():
    return evening + timedelta(hours=len(list((store / "measures").rglob("*.json"))))
sys.exit(nightly.main(Path(sys.argv[1]), now))
"""
EVENING = datetime.now(UTC).replace(hour=20, minute=0, second=0, microsecond=0) - timedelta(days=3)
"""Some days ago: records of today count as new, whichever night it is said to be."""


@pytest.fixture
def night(tiny_file: Path, tmp_path: Path) -> Path:
    """Two sweeps into one store: two cases that come first, then four of another design."""
    low = tiny_file.read_text().replace("fine", "coarse").replace("diameter_um: [3]", "diameter_um: [3.2]")
    for name, text in (("low", low.replace("[1, 2]", "[1, 2, 3, 4]")), ("high", tiny_file.read_text())):
        (tmp_path / f"{name}.yaml").write_text(text)
    path = tmp_path / "night.yaml"
    path.write_text(NIGHT.format(low="low.yaml", high="high.yaml"))
    return path


def an_hour_a_case(evening: datetime, store: Path) -> Callable[[], datetime]:
    """A clock by which every case that is done has taken an hour of this evening."""
    before = len(list((store / "measures").rglob("*.json")))
    return lambda: evening + timedelta(hours=len(list((store / "measures").rglob("*.json"))) - before)


def summary(store: Path, evening: datetime) -> dict[str, object]:
    told: dict[str, object] = json.loads((store / "nights" / f"{evening:%Y-%m-%d}.json").read_text())
    return told


def done(store: Path, sweep: Sweep) -> list[int]:
    layout = Store(store)
    return [c.seed for c in sweep.cases() if measure_record(layout, c.measure_id(sweep.analysis), c.case_id)]


def test_nights_go_on_with_what_the_night_before_left(
    night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, lmp = tmp_path / "store", CountingLmp(tmp_path)
    monkeypatch.setenv(SETTING, str(lmp.path))
    low, high = (ssbflow.load_sweep(tmp_path / f"{name}.yaml") for name in ("low", "high"))
    assert nightly.main(night, an_hour_a_case(EVENING, store)) == 0
    assert (done(store, high), done(store, low)) == ([1, 2], [1])
    first = summary(store, EVENING)
    assert (first["ok"], first["failed"], first["pending"], first["stopped"]) == (3, 0, 3, "the hours end")
    assert (first["compared_with"], first["best_before"]) == (None, [])
    assert 0 < float(str(first["core_hours"])) < 0.1

    tomorrow = EVENING + timedelta(days=1)
    assert nightly.main(night, an_hour_a_case(tomorrow, store)) == 0
    assert done(store, low) == [1, 2, 3, 4]
    second = summary(store, tomorrow)
    assert (second["pending"], second["stopped"]) == (0, "everything is done")
    assert second["compared_with"] == first["tag"] == f"nightly-{EVENING:%Y-%m-%d}"
    assert isinstance(second["best"], list)
    assert {one["design"]: one["seeds"] for one in second["best"]} == {"CAM60/fine": 2, "CAM60/coarse": 4}
    page = (store / "nights" / f"{tomorrow:%Y-%m-%d}.md").read_text()
    assert "## smallest porosity" in page
    assert "everything is done" in page
    assert lmp.begun() == lmp.ended()
    assert set(lmp.ended().values()) == {1}
    assert len(lmp.ended()) == 6
    tags = {evening: ssbflow.open_cube(store, tag=f"nightly-{evening:%Y-%m-%d}") for evening in (EVENING, tomorrow)}
    assert [int((cube["status"] == 1).sum()) for cube in tags.values()] == [3, 6]


def test_a_night_that_is_killed_is_gone_on_with_and_counted(
    night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store, slow = tmp_path / "store", tmp_path / "slow"
    lmp = CountingLmp(tmp_path, f"[ -e {slow} ] && sleep 30")
    low, high = (ssbflow.load_sweep(tmp_path / f"{name}.yaml") for name in ("low", "high"))
    command = [sys.executable, "-c", AN_HOUR_A_CASE, str(night), EVENING.isoformat(), str(store)]
    pipelines = str(Path(nightly.__file__).parent)
    process = subprocess.Popen(command, env={**lmp.environment(), "PYTHONPATH": pipelines}, stdout=subprocess.DEVNULL)
    wait_until(lambda: done(store, high) if store.exists() else None, within_s=60)
    slow.touch()
    wait_until(lambda: len(lmp.begun()) > len(lmp.ended()), within_s=60)

    monkeypatch.setenv(SETTING, str(lmp.path))
    assert nightly.main(night, an_hour_a_case(EVENING, store)) == 2
    assert "another nightly run works on this store" in capsys.readouterr().err
    process.kill()
    process.wait()
    slow.unlink()
    before = done(store, high) + done(store, low)
    assert not (store / "tags").exists()

    clock = an_hour_a_case(EVENING - timedelta(hours=-len(before)), store)
    assert nightly.main(night, clock) == 0
    told = summary(store, EVENING)
    assert (told["ok"], told["pending"], told["stopped"]) == (3, 3, "the hours end")
    assert nightly.main(night, an_hour_a_case(EVENING + timedelta(days=1), store)) == 0
    assert (done(store, high), done(store, low)) == ([1, 2], [1, 2, 3, 4])
    assert set(lmp.ended().values()) == {1}
    assert lmp.begun().total() == 7
    tags = sorted(path.name for path in (store / "tags").iterdir())
    assert tags == [f"nightly-{EVENING + timedelta(days=day):%Y-%m-%d}.zarr" for day in (0, 1)]


def test_without_a_budget_nothing_is_begun(night: Path, tmp_path: Path) -> None:
    night.write_text(night.read_text().replace("budget_core_hours: 1", "budget_core_hours: 1.0e-9"))
    assert nightly.main(night, an_hour_a_case(EVENING, tmp_path / "store")) == 0
    told = summary(tmp_path / "store", EVENING)
    assert (told["stopped"], told["ok"], told["pending"]) == ("the budget is used up", 0, 6)


def test_failed_cases_are_told_by_cause(night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    monkeypatch.setenv(SETTING, str(CountingLmp(tmp_path, FAILS).path))
    assert nightly.main(night, an_hour_a_case(EVENING, store)) == 1
    told = summary(store, EVENING)
    assert (told["ok"], told["failed"], told["failures"]) == (0, 6, {"lammps error": 6})
    assert told["best"] == []
    assert "No design yet" in (store / "nights" / f"{EVENING:%Y-%m-%d}.md").read_text()


@pytest.mark.parametrize(
    ("was", "becomes", "hour", "said"),
    [
        ("", "", 12, "hours are 20:00 to 23:00, and it is 12:00"),
        ("low.yaml", "lowly.yaml", 20, "lowly.yaml: cannot be read"),
        ("budget_core_hours: 1", "budget_core_hours: -1", 20, "budget_core_hours"),
        ("cluster: serial", "cluster: moon", 20, "unknown cluster 'moon'"),
    ],
)
def test_a_night_that_cannot_be_is_one_line_and_exit_code_2(
    night: Path, capsys: pytest.CaptureFixture[str], was: str, becomes: str, hour: int, said: str
) -> None:
    night.write_text(night.read_text().replace(was, becomes))
    assert nightly.main(night, lambda: EVENING.replace(hour=hour)) == 2
    printed = capsys.readouterr().err
    assert (said in printed, len(printed.splitlines())) == (True, 1)
    assert not (night.parent / "store" / "tags").exists()


def test_the_night_file_that_comes_along_is_valid() -> None:
    file = Path(nightly.__file__).parents[1] / "deploy" / "nightly.yaml"
    from ssbflow.inputs.night import load_night

    assert all(ssbflow.load_sweep(sweep.file) for sweep in load_night(file).sweeps)

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssbflow.errors import InputError
from ssbflow.inputs.night import Hours, load_night

NIGHT = """
store: results
cluster: slurm.yaml
sweeps: [{file: sweeps/a.yaml, priority: 2}, {file: /elsewhere/b.yaml}]
hours: {start: 20:00, end: 06:00}
budget_core_hours: 12.5
best: {minimize: porosity, where: utilization > 0.9}
"""


def night_file(folder: Path, was: str = "", becomes: str = "") -> Path:
    path = folder / "night.yaml"
    assert was in NIGHT
    path.write_text(NIGHT.replace(was, becomes) if was else NIGHT)
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    night = load_night(night_file(tmp_path))
    assert (night.store, night.cluster) == (tmp_path / "results", str(tmp_path / "slurm.yaml"))
    assert [sweep.file for sweep in night.sweeps] == [tmp_path / "sweeps/a.yaml", Path("/elsewhere/b.yaml")]
    assert (night.hours.start, night.hours.end) == (time(20), time(6))
    assert load_night(night_file(tmp_path, "slurm.yaml", "local")).cluster == "local"


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("20:00", "24:00", "hours.start"),
        ("20:00", "soon", "hours.start"),
        ("12.5", "0", "budget_core_hours"),
        ("[{file: sweeps/a.yaml, priority: 2}, {file: /elsewhere/b.yaml}]", "[]", "sweeps"),
        ("priority", "prio", "unknown key 'prio'"),
        ("minimize: porosity", "minimize: porosity, maximize: height", "exactly one of maximize and minimize"),
        ("store: results", "", "store: is missing"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_night(night_file(tmp_path, was, becomes))


@given(now=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), start=st.times(), end=st.times())
def test_a_night_is_what_its_hours_say(now: datetime, start: time, end: time) -> None:
    now, hours = now.replace(tzinfo=UTC), Hours(start=start, end=end)
    over_midnight = end <= start
    clock = now.time()
    at_night = (clock >= start or clock < end) if over_midnight else start <= clock < end
    if not at_night:
        with pytest.raises(InputError, match="nothing is begun"):
            hours.night(now)
        return
    begins, ends = hours.night(now)
    assert begins <= now < ends
    assert ends - begins <= timedelta(days=1)
    assert (begins.time(), ends.time()) == (start, end)


def test_after_midnight_it_is_the_night_of_yesterday() -> None:
    hours = Hours(start=time(20), end=time(6))
    assert hours.night(datetime(2026, 11, 22, 3, tzinfo=UTC))[0] == datetime(2026, 11, 21, 20, tzinfo=UTC)

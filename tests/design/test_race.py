"""A real race of two designs and four seeds; what decides is tested in test_racing."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import ssbflow
from ssbflow.design.race import BEST
from ssbflow.design.racing import WORSE
from ssbflow.errors import InputError, SelectionError
from ssbflow.flow.events import Callback
from ssbflow.inputs.sweep import Sweep


class Heard(Callback):
    def __init__(self) -> None:
        self.sweeps: list[tuple[str, int]] = []

    def sweep_started(self, name: str, total: int, done: int) -> None:
        self.sweeps.append((name, total - done))


@pytest.fixture
def sweep(tiny_sweep: Sweep) -> Sweep:
    richer = tiny_sweep.compositions[0].weight_percent.replace(eam=70, se=28)
    other = tiny_sweep.compositions[0].replace(label="CAM70", weight_percent=richer)
    return tiny_sweep.replace(compositions=(tiny_sweep.compositions[0], other), seeds=(1, 2, 3, 4))


@pytest.mark.lammps
def test_a_race_leaves_cases_out_goes_on_from_the_store_and_is_completed_by_a_run(sweep: Sweep, tmp_path: Path) -> None:
    heard = Heard()
    race = ssbflow.race(sweep, tmp_path, maximize="eam_wt_final", where="porosity < 0.9", callbacks=[heard])
    assert heard.sweeps == [("tiny, first seeds", 6)]
    assert (race.best, race.cases, race.factorial) == ("CAM70/fine", 6, 8)
    assert (race.summary.computed, race.summary.ok, race.summary.pending) == (6, 6, 2)
    assert race.table["standing"].tolist() == [BEST, WORSE]
    assert race.table["left_in_round"].tolist() == [pd.NA, 0]
    assert race.table["behind"].tolist() == pytest.approx([0, 0.1], abs=0.03)
    assert str(race) == (
        "maximize eam_wt_final where porosity < 0.9: CAM70/fine after 6 of 8 cases (75%); 1 best, 1 worse"
    )

    again = ssbflow.race(sweep, tmp_path, maximize="eam_wt_final", where="porosity < 0.9", callbacks=[heard])
    assert (again.summary.computed, again.best, len(heard.sweeps)) == (0, race.best, 1)
    pd.testing.assert_frame_equal(again.table, race.table)

    known = ssbflow.run_until(sweep, tmp_path, "ci95(porosity) < 2 * mean(porosity)")
    assert (known.summary.computed, known.unfulfilled, known.table["cases"].tolist()) == (0, [], [3, 3])
    unknown = ssbflow.run_until(sweep, tmp_path, "ci95(porosity) < 1e-9", callbacks=[heard])
    assert (unknown.summary.computed, unknown.summary.pending) == (2, 0)
    assert unknown.unfulfilled == ["CAM60/fine", "CAM70/fine"]
    assert heard.sweeps[1] == ("tiny, round 1, 2 designs", 2)
    assert ssbflow.run(sweep, tmp_path).computed == 0
    assert ssbflow.best(tmp_path, maximize="eam_wt_final").best == race.best


@pytest.mark.parametrize(
    ("wishes", "error", "message"),
    [
        ({}, InputError, "exactly one of maximize and minimize"),
        ({"maximize": "porosity", "minimize": "porosity"}, InputError, "exactly one of maximize and minimize"),
        ({"maximize": "porosty"}, SelectionError, r"did you mean porosity"),
        ({"maximize": "porosity", "where": "utilisation > 0.5"}, SelectionError, "did you mean utilization"),
        ({"maximize": "porosity", "where": "ci95(x) > 0.5"}, SelectionError, "'x' is not defined"),
        ({"maximize": "porosity", "where": "utilization"}, InputError, "is no condition"),
        ({"maximize": "mean(porosity)"}, InputError, "has no value for each case"),
        ({"maximize": "eam_material"}, SelectionError, "gives no numbers"),
        ({"maximize": "__import__('os')"}, InputError, "is no expression"),
        ({"maximize": "porosity", "first_seeds": 2}, InputError, "first seeds must be 3 or more"),
    ],
)
def test_what_cannot_be_raced_is_refused_before_there_is_a_store(
    sweep: Sweep, tmp_path: Path, wishes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ssbflow.race(sweep, tmp_path / "store", **wishes)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("until", "error", "message"),
    [
        ("ci95(utilisation) < 0.1", SelectionError, "did you mean utilization"),
        ("ci95(utilization)", InputError, "is no condition"),
        ("open('x')", InputError, "is no condition"),
    ],
)
def test_what_cannot_be_waited_for_is_refused(
    sweep: Sweep, tmp_path: Path, until: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ssbflow.run_until(sweep, tmp_path / "store", until)
    assert not (tmp_path / "store").exists()


def test_too_few_seeds_are_told(tiny_sweep: Sweep, tmp_path: Path) -> None:
    for adaptive in (lambda: ssbflow.race(tiny_sweep, tmp_path, maximize="porosity"),
                     lambda: ssbflow.run_until(tiny_sweep, tmp_path, "ci95(porosity) < 1")):  # fmt: skip
        with pytest.raises(InputError, match="tiny has 2 seeds, 3 or more are needed"):
            adaptive()

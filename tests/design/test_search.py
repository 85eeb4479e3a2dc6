"""A real search over tiny boxes, with LAMMPS."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import ssbflow
from ssbflow.cli import app
from ssbflow.design.search import stored_search
from ssbflow.errors import InputError, SelectionError
from ssbflow.inputs.search import Search
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import stored_sweeps

RANGES = {"eam_wt_percent": {"low": 50, "high": 75}}


@pytest.fixture(scope="module")
def given(tiny_sweep: Sweep) -> Search:
    return Search(
        name="finer",
        composition=tiny_sweep.compositions[0],
        distribution=tiny_sweep.distributions[0],
        vary=RANGES,
        maximize="areal_mass * eam_wt_final * utilization",
        where="porosity < 0.6",
        seeds=(1,),
        designs=6,
        batch=2,
        protocol=tiny_sweep.protocol,
    )


@pytest.fixture(scope="module")
def searched(given: Search, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a search of six designs, of which four were asked for before it was stopped."""
    store = tmp_path_factory.mktemp("search") / "store"
    assert ssbflow.search(given.replace(designs=4), store).asked == 4
    assert ssbflow.search(given, store).asked == 6
    return store


@pytest.mark.lammps
def test_designs_stand_in_a_cube_of_their_own(searched: Path, given: Search) -> None:
    cube = ssbflow.open_cube(searched, "finer")
    assert dict(cube.sizes) == {"design": 6, "seed": 1}
    assert cube["round"].values.tolist() == [0, 0, 0, 0, 1, 1]
    assert (cube["status"] == 1).all()
    assert ((cube["eam_wt"] >= 0.5) & (cube["eam_wt"] <= 0.75)).all()
    found = ssbflow.search(given, searched)  # nothing is left to do
    value = (cube.areal_mass * cube.eam_wt_final * cube.utilization).isel(seed=0)
    assert found.selection.best == value["design"][int(np.argmax(value.data))]
    assert found.progress.is_monotonic_increasing


@pytest.mark.lammps
def test_a_search_that_was_stopped_asks_for_the_same(searched: Path, given: Search, tmp_path: Path) -> None:
    ssbflow.search(given, tmp_path)
    once, again = ([sweep.study for sweep in stored_sweeps(Store(path), "finer")] for path in (searched, tmp_path))
    assert [one.asked["values"] for one in once if one] == [one.asked["values"] for one in again if one]


@pytest.mark.lammps
def test_cases_go_to_the_designs_ahead(given: Search, tmp_path: Path) -> None:
    staged = given.replace(name="staged", seeds=(1, 2, 3, 4), first_seeds=1, cases=13, designs=5)
    early = ssbflow.search(staged.replace(designs=4, cases=8), tmp_path / "stopped")
    found = ssbflow.search(staged, tmp_path / "store")
    assert (early.asked, early.cases, found.asked, found.cases) == (4, 8, 5, 13)
    cube = ssbflow.open_cube(tmp_path / "store", "staged")
    seeds = (cube["status"] == 1).sum("seed").to_series()
    assert seeds.tolist().count(1) == 2
    assert seeds[found.selection.best] >= 3
    assert found.selection.where == "(porosity < 0.6) and seeds_ok >= 3"
    assert found.progress.index.tolist() == [0, 1]
    assert ssbflow.search(staged, tmp_path / "store").cases == 13  # nothing is left to do
    gone_on = ssbflow.search(staged, tmp_path / "stopped")
    assert gone_on.cases == 13
    assert gone_on.asked == 5


@pytest.mark.lammps
def test_the_command_goes_on_from_the_store_alone(searched: Path, given: Search) -> None:
    assert stored_search(searched, "finer") == given
    done = CliRunner().invoke(app, ["search", "finer", "--store", str(searched), "--cluster", "serial"])
    assert done.exit_code == 0, done.output
    assert "best of 6 designs, 6 cases" in done.output


@pytest.mark.lammps
def test_another_search_of_the_same_name_is_refused(searched: Path, given: Search) -> None:
    other = given.replace(vary={"eam_wt_percent": {"low": 40, "high": 75}})
    with pytest.raises(InputError, match=r"another study 'finer': there vary is .*50.*, here .*40"):
        ssbflow.search(other, searched)
    with pytest.raises(SelectionError, match="no search 'coarser'"):
        stored_search(searched, "coarser")


def test_expressions_are_refused_before_anything_is_computed(given: Search, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"'utilisation' is not defined \(did you mean utilization"):
        ssbflow.search(given.replace(maximize="utilisation"), tmp_path / "none")
    with pytest.raises(InputError, match="is not allowed"):
        ssbflow.search(given.replace(maximize="__import__('os').getcwd()"), tmp_path / "none")
    with pytest.raises(InputError, match="no condition"):
        ssbflow.search(given.replace(where="porosity + 1"), tmp_path / "none")
    assert not (tmp_path / "none").exists()

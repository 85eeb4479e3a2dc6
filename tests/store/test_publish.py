import json
import os
import shutil
from pathlib import Path

import pytest
import xarray as xr

import ssbflow
from ssbflow.errors import SelectionError, StoreError
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish

pytestmark = pytest.mark.lammps


@pytest.fixture
def store(tiny_store: Path, tmp_path: Path) -> Store:
    shutil.copytree(tiny_store, tmp_path / "store", symlinks=True)
    return Store(tmp_path / "store")


def test_two_analyses_give_two_cubes_of_one_store(store: Store, tiny_sweep: Sweep) -> None:
    analysis = tiny_sweep.analysis.model_copy(update={"label": "overlapping", "overlap_criterion": 1.03})
    ssbflow.run(tiny_sweep.replace(analysis=analysis), store.root)
    touching = ssbflow.open_cube(store.root, "small.touching")
    overlapping = ssbflow.open_cube(store.root, "small.overlapping")
    assert (overlapping["coordination_se_se"] < touching["coordination_se_se"]).all()
    assert overlapping["case_id"].equals(touching["case_id"])
    xr.testing.assert_equal(ssbflow.open_cube(store.root)["porosity"], touching["porosity"])


def forget_a_case(store: Store) -> str:
    """Take the numbers of a case away, so that the cube says something else."""
    path = next(store.measures.rglob("*.json"))
    path.unlink()
    return path.stem


def test_a_version_never_changes_and_links_move_on(store: Store) -> None:
    before = Path(os.path.realpath(store.default_cube))
    content = {path: path.read_bytes() for path in before.rglob("*") if path.is_file()}
    forget_a_case(store)
    (version,) = publish(store).values()
    assert version != before
    assert Path(os.path.realpath(store.default_cube)) == version
    assert {path: path.read_bytes() for path in before.rglob("*") if path.is_file()} == content
    assert not list(store.versions.glob(".tmp*"))


def test_a_cube_that_says_the_same_gets_no_new_version(store: Store) -> None:
    before = sorted(store.versions.glob("*.zarr"))
    assert publish(store) == publish(store, ("small.touching",)) == {"small.touching": before[0]}
    assert sorted(store.versions.glob("*.zarr")) == before


def test_a_tag_stays_and_current_json_tells_all_names(store: Store) -> None:
    (tagged,) = publish(store, tag="first").values()
    forget_a_case(store)
    (newest,) = publish(store).values()
    assert Path(os.path.realpath(store.tags / "first.zarr")) == tagged
    current = json.loads(store.current.read_text())
    assert current["default"] == "small.touching"
    assert current["cubes"] == {"small.touching": newest.name}
    assert current["tags"] == {"first": tagged.name}
    assert [version["cube"] for version in current["versions"].values()] == ["small.touching"] * 2
    xr.testing.assert_identical(
        ssbflow.open_cube(store.root, tag="first").load(), ssbflow.open_cube(store.root, version=1).load()
    )


def test_unknown_cubes_and_an_unpublished_store_are_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"no cube 'x'.*small\.touching"):
        publish(store, ("x",))
    with pytest.raises(SelectionError, match=r"no cube 'x'.*small\.touching"):
        ssbflow.open_cube(store.root, "x")
    with pytest.raises(StoreError, match="no published cube"):
        ssbflow.open_cube(tmp_path / "nowhere")

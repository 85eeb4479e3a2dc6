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


def test_a_version_never_changes_and_links_move_on(store: Store) -> None:
    before = Path(os.path.realpath(store.default_cube))
    content = {path: path.read_bytes() for path in before.rglob("*") if path.is_file()}
    (version,) = publish(store).values()
    assert version != before
    assert Path(os.path.realpath(store.default_cube)) == version
    assert {path: path.read_bytes() for path in before.rglob("*") if path.is_file()} == content
    assert not list(store.versions.glob(".tmp*"))


def test_a_tag_stays_and_current_json_tells_all_names(store: Store) -> None:
    (tagged,) = publish(store, tag="first").values()
    (newest,) = publish(store).values()
    assert Path(os.path.realpath(store.tags / "first.zarr")) == tagged
    current = json.loads(store.current.read_text())
    assert current == {
        "default": "small.touching", "cubes": {"small.touching": newest.name}, "tags": {"first": tagged.name},
    }  # fmt: skip


def test_unknown_cubes_and_an_unpublished_store_are_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"no cube 'x'.*small\.touching"):
        publish(store, ("x",))
    with pytest.raises(SelectionError, match=r"no cube 'x'.*small\.touching"):
        ssbflow.open_cube(store.root, "x")
    with pytest.raises(StoreError, match="no published cube"):
        ssbflow.open_cube(tmp_path / "nowhere")

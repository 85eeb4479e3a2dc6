import gc
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from distributed import Client, LocalCluster, wait
from store_oracles import measurement, simulation, write

import ssbflow
from ssbflow.errors import StoreError
from ssbflow.inputs.sweep import Sweep
from ssbflow.store import pins
from ssbflow.store.layout import Store
from ssbflow.store.pins import PINNED_FILE, PinnedStore, unless_pinned
from ssbflow.store.publish import publish
from ssbflow.store.sweeps import register_sweep


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A version of a cube."""
    path = tmp_path / "v000001.zarr"
    xr.Dataset({"porosity": ("seed", np.arange(8.0))}).to_zarr(path, consolidated=False, zarr_format=3)
    return path


def is_pinned(version: Path) -> bool:
    return not unless_pinned(version, lambda _: None)


def hold(pickled: bytes, pipe: Connection) -> None:
    """Hold a version in this process."""
    held = pickle.loads(pickled)
    pipe.send("held")
    pipe.recv()
    del held


def test_a_version_is_pinned_as_long_as_somebody_holds_it(version: Path) -> None:
    assert not is_pinned(version)
    first, second = PinnedStore(version), PinnedStore(version)
    assert is_pinned(version)
    del first
    assert is_pinned(version)
    del second
    assert not is_pinned(version)


def test_a_dataset_pins_until_it_is_collected(version: Path) -> None:
    cube = xr.open_zarr(PinnedStore(version), consolidated=False)
    part = cube["porosity"][2:4]
    del cube
    gc.collect()
    assert is_pinned(version)
    assert part.values.tolist() == [2, 3]
    del part
    gc.collect()
    assert not is_pinned(version)


def test_a_pickled_store_pins_in_another_process_until_that_ends(version: Path) -> None:
    context, store = multiprocessing.get_context("spawn"), PinnedStore(version)
    pipe, theirs = context.Pipe()
    process = context.Process(target=hold, args=(pickle.dumps(store), theirs))
    process.start()
    assert pipe.poll(60)
    del store
    assert is_pinned(version)
    process.kill()  # the kernel lets go
    process.join()
    assert not is_pinned(version)


def test_a_pickled_store_of_a_version_that_is_gone_says_so(version: Path) -> None:
    pickled = pickle.dumps(PinnedStore(version))
    shutil.rmtree(version)
    with pytest.raises(FileNotFoundError):
        pickle.loads(pickled)


def test_workers_pin_what_they_read(version: Path) -> None:
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        cube = xr.open_zarr(PinnedStore(version), consolidated=False)
        assert cube["porosity"].sum().compute().item() == 28
        future = client.submit(lambda dataset: dataset, cube)
        wait(future)
        del cube
        gc.collect()
        assert is_pinned(version)  # by the worker, which holds a lazy array
        future.release()
        client.run(gc.collect)
    gc.collect()
    assert not is_pinned(version)


def test_a_pinned_version_is_not_removed_and_a_free_one_is(version: Path) -> None:
    held = PinnedStore(version)
    assert not unless_pinned(version, shutil.rmtree)
    assert version.exists()
    del held
    assert unless_pinned(version, shutil.rmtree)
    assert not version.exists()
    assert unless_pinned(version, shutil.rmtree)  # gone is gone


def test_a_version_without_metadata_is_held_by_nobody(version: Path) -> None:
    (version / PINNED_FILE).unlink()
    assert unless_pinned(version, shutil.rmtree)
    assert not version.exists()


def test_who_comes_while_a_version_is_being_removed_does_not_get_it(version: Path) -> None:
    def remove(path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            PinnedStore(path)
        shutil.rmtree(path)
        with pytest.raises(FileNotFoundError):
            PinnedStore(path)

    assert unless_pinned(version, remove)


def test_a_version_that_took_the_place_of_the_locked_one_is_not_taken_for_it(
    version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced_meanwhile(descriptor: int, operation: int) -> None:
        shutil.copy(version / PINNED_FILE, version / "copy")
        os.replace(version / "copy", version / PINNED_FILE)  # noqa: PTH105

    monkeypatch.setattr(pins.fcntl, "flock", replaced_meanwhile)
    with pytest.raises(FileNotFoundError):
        PinnedStore(version)


def test_without_locks_a_version_is_read_all_the_same(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(pins.fcntl, "flock", no_locks)
    cube = xr.open_zarr(PinnedStore(version), consolidated=False)
    assert cube["porosity"].values.tolist() == list(range(8))


def test_nothing_is_left_open(version: Path) -> None:
    gc.collect()
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    for _ in range(20):
        PinnedStore(version)
    with pytest.raises(FileNotFoundError):
        PinnedStore(version.with_name("v000002.zarr"))
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == len(before)  # noqa: PTH208


@pytest.fixture
def store(tiny_sweep: Sweep, tmp_path: Path) -> Store:
    """A store whose cube says something else at every publish."""
    store = Store(tmp_path / "store")
    register_sweep(store, tiny_sweep)
    publish_next(store, tiny_sweep, 1)
    return store


def publish_next(store: Store, sweep: Sweep, number: int) -> None:
    case = next(sweep.cases())
    write(store, simulation(case, attempt=number, steps=number))
    write(store, measurement(case, sweep.analysis, attempt=number, porosity=number / 10))
    publish(store, keep_versions=1, keep_s=0)


def versions(store: Store) -> list[int]:
    return sorted(int(path.name[1:7]) for path in store.versions.glob("v*.zarr"))


def test_an_opened_cube_stays_what_it_was_and_goes_when_it_is_let_go(store: Store, tiny_sweep: Sweep) -> None:
    cube = ssbflow.open_cube(store.root)
    for number in (2, 3, 4):
        publish_next(store, tiny_sweep, number)
    assert versions(store) == [1, 4]
    assert cube["porosity"].values.ravel()[0] == 0.1
    assert ssbflow.open_cube(store.root, version=1)["steps"].values.ravel()[0] == 1
    del cube
    gc.collect()
    publish(store, keep_versions=1, keep_s=0)
    assert versions(store) == [4]


def test_a_plain_reader_in_another_program_pins_too(store: Store, tiny_sweep: Sweep) -> None:
    code = (
        f"import ssbflow; cube = ssbflow.open_cube({str(store.root)!r}); print('open', flush=True); input();"
        "print(cube.porosity.values.ravel()[0], flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        for number in (2, 3):
            publish_next(store, tiny_sweep, number)
        assert versions(store) == [1, 3]
        answer, _ = reader.communicate("\n")
    assert (answer, reader.returncode) == ("0.1\n", 0)


def test_a_link_to_a_version_that_is_not_there_is_named(store: Store) -> None:
    shutil.rmtree(store.default_cube.resolve())
    with pytest.raises(StoreError, match="names a version that is not there"):
        ssbflow.open_cube(store.root)

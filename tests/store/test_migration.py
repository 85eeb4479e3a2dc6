import json
import zipfile
from pathlib import Path

import pytest
import xarray as xr
from harm import copy_of

import ssbflow
from ssbflow.errors import StoreError
from ssbflow.store import migration
from ssbflow.store.case_zip import FIXED_TIME
from ssbflow.store.check import check
from ssbflow.store.layout import Store
from ssbflow.store.ledger import file_digest
from ssbflow.store.migration import Migrated, migrate
from ssbflow.store.outcomes import case_record
from ssbflow.store.publish import publish
from ssbflow.store.sealed import unsealed
from ssbflow.store.sweeps import describe
from ssbflow.store.zip_record import zip_sizes

pytestmark = pytest.mark.lammps


@pytest.fixture
def first(stores: dict[str, Path], tmp_path: Path) -> Store:
    """The tiny store as the first schema had it, with a tagged version."""
    store = copy_of(stores["loose"], tmp_path)
    publish(store, tag="paper")
    for path in sorted(store.cases.rglob("*.zip")):
        _forget_values(path)
    for path in [*store.records.rglob("*.json"), *store.measures.rglob("*.json")]:
        _unseal_record(store, path)
    description = describe(store)
    for entry in description.sweeps:
        (store.sweep_copies / entry.file).unlink()
    store.sweep_copies.rmdir()
    names = [entry.file.removesuffix(".json") for entry in description.sweeps]
    about = {"schema_version": 1, "created": description.created, "sweeps": names}
    store.description.write_text(json.dumps(about, indent=1))
    current = unsealed(store.current.read_bytes(), store.current)
    store.current.write_text(json.dumps({name: current[name] for name in ("default", "cubes", "tags")}, indent=1))
    store.case_table.unlink()
    return store


def _forget_values(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(members["zarr.json"])
    del metadata["attributes"]["values"]
    members["zarr.json"] = json.dumps(metadata, indent=2).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), members[name])


def _unseal_record(store: Store, path: Path) -> None:
    content = unsealed(path.read_bytes(), path)
    if "zip" in content:
        zipped = store.case_zip(content["case_id"])
        content["zip"] = {"sha256": file_digest(zipped), "size": zipped.stat().st_size}
        content["values"] = {name: value for name, value in content["values"].items() if not name.startswith("stored")}
    path.write_text(json.dumps({"failure": None, **content}, indent=1))


def numbers(store: Store) -> xr.Dataset:
    with ssbflow.open_cube(store.root) as cube:
        return cube.load()


def test_a_store_of_the_first_schema_becomes_one_of_todays(first: Store, stores: dict[str, Path]) -> None:
    zips = {path: path.read_bytes() for path in first.cases.rglob("*.zip")}
    with pytest.raises(StoreError, match="ssbflow migrate"):
        check(first)
    assert migrate(first) == Migrated(was=1, records=4, unreadable=0)
    assert check(first, min_age_s=0) == []
    xr.testing.assert_equal(numbers(first), numbers(Store(stores["loose"])))
    assert {path: path.read_bytes() for path in first.cases.rglob("*.zip")} == zips
    assert float(ssbflow.open_cube(first.root, tag="paper")["porosity"].sum()) > 0
    for path in zips:
        record = case_record(first, path.name.split(".")[0])
        assert record is not None
        assert {name: record.values[name] for name in zip_sizes(path)} == zip_sizes(path)


def test_a_store_of_todays_schema_is_left_alone(stores: dict[str, Path], tmp_path: Path) -> None:
    store = copy_of(stores["loose"], tmp_path)
    before = {path: path.lstat().st_mtime_ns for path in store.root.rglob("*")}
    assert migrate(store).was == 2
    assert {path: path.lstat().st_mtime_ns for path in store.root.rglob("*")} == before


def test_later_attempts_get_names_of_their_own(first: Store) -> None:
    path = next(first.records.rglob("*.json"))
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"attempt": 3}))
    migrate(first)
    assert [one.name for one in path.parent.glob("*.json")] == [f"{path.stem}.3.json"]
    record = case_record(first, path.stem)
    assert record is not None
    assert record.attempt == 3
    assert check(first) == []


def test_what_cannot_be_read_is_counted_and_left_for_a_check(first: Store) -> None:
    path = next(first.records.rglob("*.json"))
    path.write_bytes(path.read_bytes()[:100])
    assert migrate(first).unreadable == 1
    assert path in {finding.path for finding in check(first)}


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", ["_seal_first", "_list_versions", "_describe", "write_description"])
def test_a_migration_that_was_killed_is_run_again(first: Store, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def dies(*about: object) -> None:
        raise Killed

    with monkeypatch.context() as doom:
        doom.setattr(migration, step, dies)
        with pytest.raises(Killed):
            migrate(first)
    assert migrate(first).was == 1
    assert check(first) == []


def test_no_store_a_damaged_one_and_a_newer_one_are_named(stores: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no store"):
        migrate(Store(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()
    store = copy_of(stores["loose"], tmp_path)
    text = store.description.read_bytes()
    store.description.write_bytes(text[:-10])
    with pytest.raises(StoreError, match="is damaged"):
        migrate(store)
    store.description.write_text(json.dumps({"schema_version": 99, "seal": "x"}))
    with pytest.raises(StoreError, match="schema version 99"):
        migrate(store)

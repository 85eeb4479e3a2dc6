import json
import shutil
from pathlib import Path

import pytest
from harm import KINDS, age, copy_of, flip_a_byte

import ssbflow
from ssbflow.errors import StoreError
from ssbflow.flow.events import Callback
from ssbflow.inputs.sweep import Sweep
from ssbflow.store import check_cubes
from ssbflow.store.check import check
from ssbflow.store.findings import Finding, Kind
from ssbflow.store.layout import Store
from ssbflow.store.locks import locked
from ssbflow.store.publish import publish

pytestmark = pytest.mark.lammps


@pytest.fixture
def store(stores: dict[str, Path], tmp_path: Path) -> Store:
    return copy_of(stores["loose"], tmp_path)


def kinds(findings: list[Finding]) -> dict[Path, Kind]:
    return {finding.path: finding.kind for finding in findings}


def test_a_whole_store_has_no_findings_and_is_left_as_it_is(stores: dict[str, Path]) -> None:
    for root in stores.values():
        before = {path: path.lstat().st_mtime_ns for path in root.rglob("*")}
        assert check(Store(root), min_age_s=0) == []
        assert {path: path.lstat().st_mtime_ns for path in root.rglob("*")} == before


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_byte_in_any_file_is_named(stores: dict[str, Path], tmp_path: Path, kind: str, seed: int) -> None:
    where, pattern = KINDS[kind]
    store = copy_of(stores[where], tmp_path)
    harmed = flip_a_byte(store, pattern, seed)
    (finding,) = check(store)
    assert finding.is_wrong
    assert finding.path in (harmed, *harmed.parents)  # of a version, its folder is named
    assert finding.path != store.root
    assert finding.message
    assert finding.remedy


@pytest.mark.parametrize("kind", ["case record", "measure record", "case zip", "sweep", "store.json", "cases.parquet"])
def test_torn_files_are_named(stores: dict[str, Path], tmp_path: Path, kind: str) -> None:
    where, pattern = KINDS[kind]
    store = copy_of(stores[where], tmp_path)
    torn = next(path for path in sorted(store.root.glob(pattern)) if path.is_file())
    torn.write_bytes(torn.read_bytes()[: torn.stat().st_size // 2])
    assert [finding.path for finding in check(store)] == [torn]


@pytest.mark.parametrize("kind", ["case zip", "store.json", "current.json", "sweep", "sweep copy", "cases.parquet"])
def test_missing_files_are_named(stores: dict[str, Path], tmp_path: Path, kind: str) -> None:
    where, pattern = KINDS[kind]
    store = copy_of(stores[where], tmp_path)
    gone = next(path for path in sorted(store.root.glob(pattern)) if path.is_file())
    gone.unlink()
    (finding,) = check(store)
    assert (finding.path, "missing" in finding.message or kind == "cases.parquet") == (gone, True)


@pytest.mark.parametrize("folder", ["records", "measures"])
def test_published_cases_whose_records_are_gone_are_lost(store: Store, folder: str) -> None:
    gone = next((store.root / folder).rglob("*.json"))
    gone.unlink()
    found = kinds(check(store))
    assert found[gone] is Kind.LOST
    others = {Kind.UNSIMULATED} if folder == "records" else set()
    assert set(found.values()) == {Kind.LOST} | others


def test_a_record_under_another_name_is_named(store: Store) -> None:
    first, second = sorted(store.records.rglob("*.json"))
    shutil.copy(first, second)
    (finding,) = check(store)
    assert (finding.path, finding.kind) == (second, Kind.RECORD)
    assert "its name says something else" in finding.message


def test_a_case_file_of_another_case_is_named(store: Store) -> None:
    first, second = sorted(store.cases.rglob("*.zip"))
    shutil.copy(first, second)
    assert kinds(check(store)) == {second: Kind.CASE_FILE}


def test_a_record_that_waits_to_be_published_is_nothing_wrong(stores: dict[str, Path], tmp_path: Path) -> None:
    store = copy_of(stores["loose"], tmp_path)
    numbers = next(store.measures.rglob("*.json"))
    kept = numbers.read_bytes()
    numbers.unlink()
    publish(store)
    numbers.write_bytes(kept)
    (finding,) = check(store)
    assert (finding.kind, finding.is_wrong) == (Kind.STALE, False)


def test_orphans_strays_and_leftovers_are_found_once_they_are_old(store: Store) -> None:
    zipped = next(store.cases.rglob("*.zip"))
    orphan = store.cases / "ab" / f"ab{'0' * 30}.zarr.zip"
    orphan.parent.mkdir()
    shutil.copy(zipped, orphan)
    expected = {orphan: Kind.ORPHAN}
    partial = zipped.with_name(f".{zipped.name}.{'0' * 32}.partial")
    for path, kind in (
        (partial, Kind.LEFTOVER),
        (store.root / "notes.txt", Kind.STRAY),
        (store.records / "ab" / "abc.json", Kind.STRAY),
        (store.cases / "00" / zipped.name, Kind.STRAY),
        (store.sweeps / "other-12345678.json", Kind.LEFTOVER),
        (store.versions / "v000001.zarr" / "notes.txt", Kind.STRAY),
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"{}")
        expected[path] = kind
    for name in (".tmp-000009", ".old-v000001.zarr", "v000009.zarr"):
        (store.versions / name).mkdir()
        expected[store.versions / name] = Kind.LEFTOVER
    link = store.tags / "gone.zarr"
    link.parent.mkdir()
    link.symlink_to("../versions/v000001.zarr")
    expected[link] = Kind.LEFTOVER
    assert not {path: kind for path, kind in kinds(check(store)).items() if path in expected}
    for path in expected:
        age(path)
    assert kinds(check(store)) == expected


def test_press_folders_of_cases_with_a_record_are_left_over_unless_somebody_works_there(store: Store) -> None:
    case_id = next(store.records.rglob("*.json")).stem
    press = store.press_folder(case_id)
    press.mkdir(parents=True)
    (press / "press.in").touch()
    age(press)
    with locked(store.press_lock(case_id)):
        assert check(store) == []
    assert kinds(check(store)) == {press: Kind.LEFTOVER}


def test_links_that_lead_elsewhere_are_named(store: Store) -> None:
    store.default_cube.unlink()
    link = store.cube_link("small.touching")
    link.unlink()
    link.symlink_to("../versions/v000009.zarr")
    assert kinds(check(store)) == {store.default_cube: Kind.LINK, link: Kind.LINK}


def test_a_damaged_schema_version_is_damage_and_an_older_schema_is_one(store: Store) -> None:
    text = store.description.read_bytes()
    store.description.write_bytes(text.replace(b'"schema_version":2', b'"schema_version":1'))
    assert kinds(check(store)) == {store.description: Kind.DESCRIPTION}
    content = json.loads(text)
    del content["seal"]
    store.description.write_text(json.dumps(content | {"schema_version": 1}))
    with pytest.raises(StoreError, match=r"schema version 1.*ssbflow migrate"):
        check(store)


def test_no_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no store"):
        check(Store(tmp_path / "nothing"))


def test_what_a_publisher_is_changing_is_looked_at_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    link = store.cube_link("small.touching")
    target = link.readlink()
    link.unlink()
    looks = []

    def publisher_goes_on(seconds: float) -> None:
        looks.append(seconds)
        link.symlink_to(target)

    monkeypatch.setattr(check_cubes.time, "sleep", publisher_goes_on)
    with locked(store.lock):
        assert check(store) == []
    assert len(looks) == 1


def test_a_store_can_be_checked_while_a_sweep_runs_and_compacts(tiny_sweep: Sweep, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    found: list[Finding] = []

    class Checks(Callback):
        def case_ended(self, outcome: object) -> None:
            publish(store, compact_from=2)
            found.extend(check(store))

    ssbflow.run(tiny_sweep.replace(seeds=(1, 2, 3)), store.root, callbacks=[Checks()])
    assert [finding for finding in found if finding.is_wrong] == []

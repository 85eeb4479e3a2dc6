import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from harm import KINDS, age, copy_of, flip, flip_a_byte

import ssbflow
from ssbflow.flow import bringing_back
from ssbflow.flow import repair as repairing
from ssbflow.flow.case_task import measure_stored, run_case
from ssbflow.flow.repair import Repaired, repair
from ssbflow.inputs.case import Case
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.check import check
from ssbflow.store.findings import Kind
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record, measure_record
from ssbflow.store.publish import publish
from ssbflow.store.quarantine import Quarantine

pytestmark = pytest.mark.lammps


@pytest.fixture
def store(stores: dict[str, Path], tmp_path: Path) -> Store:
    return copy_of(stores["loose"], tmp_path)


@pytest.fixture
def compacted(stores: dict[str, Path], tmp_path: Path) -> Store:
    return copy_of(stores["compacted"], tmp_path)


def numbers(store: Store) -> xr.Dataset:
    """Return the cube without what no second run repeats."""
    with ssbflow.open_cube(store.root) as cube:
        return cube.load().drop_vars("wall_time")


def assert_healed(store: Store, done: Repaired, before: xr.Dataset) -> None:
    assert done.is_whole
    assert done.remaining == ()
    assert check(store) == []
    xr.testing.assert_equal(numbers(store), before)


@pytest.mark.parametrize("seed", [10, 11])
@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_byte_in_any_file_is_healed(stores: dict[str, Path], tmp_path: Path, kind: str, seed: int) -> None:
    where, pattern = KINDS[kind]
    store = copy_of(stores[where], tmp_path)
    before = numbers(store)
    harmed = flip_a_byte(store, pattern, seed)
    content = harmed.read_bytes()
    done = repair(store.root)
    assert len(done.healed) == 1
    assert_healed(store, done, before)
    (aside,) = store.quarantine.glob(f"*/{harmed.relative_to(store.root)}")
    assert aside.read_bytes() == content
    assert repair(store.root) == Repaired((), (), (), store.quarantine)


def test_many_things_at_once_are_healed(stores: dict[str, Path], tmp_path: Path) -> None:
    store = copy_of(stores["loose"], tmp_path)
    before = numbers(store)
    for kind in ("case record", "measure record", "case zip", "store.json", "current.json", "sweep", "cases.parquet"):
        flip_a_byte(store, KINDS[kind][1], seed=5)
    assert_healed(store, repair(store.root), before)


def test_a_ledger_of_which_nothing_can_be_read_is_made_again(compacted: Store) -> None:
    before = numbers(compacted)
    (segment,) = compacted.ledger.glob("*.parquet")
    segment.write_bytes(segment.read_bytes()[:-8] + b"\0" * 8)
    assert_healed(compacted, repair(compacted.root), before)
    assert not segment.exists()  # nor is its name given to another: readers remember what is where in a segment


def test_a_record_is_made_from_its_case_file_without_lammps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSBFLOW_LMP", "/no/such/lmp")
    before, harmed = numbers(store), flip_a_byte(store, "records/*/*.json", seed=1)
    assert_healed(store, repair(store.root), before)
    record = case_record(store, harmed.stem)
    assert record is not None
    assert (record.attempt, record.provenance["rebuilt"]) == (1, True)
    publish(store, compact_from=1)
    assert case_record(store, harmed.stem) == record
    assert check(store) == []


def test_a_case_file_that_is_gone_is_simulated_again_to_the_same_bits(store: Store) -> None:
    before = numbers(store)
    path = next(store.cases.rglob("*.zip"))
    content = path.read_bytes()
    path.unlink()
    assert_healed(store, repair(store.root), before)
    assert path.read_bytes() == content
    record = case_record(store, path.name.split(".")[0])
    assert record is not None
    assert record.attempt == 2


def test_a_case_file_and_its_record_damaged_together_are_simulated_again(store: Store) -> None:
    before = numbers(store)
    record = flip_a_byte(store, "records/*/*.json", seed=1)
    zipped = store.case_zip(record.stem)
    zipped.write_bytes(zipped.read_bytes()[:-50])
    assert_healed(store, repair(store.root), before)


def test_a_measurement_that_failed_for_a_damaged_case_file_is_made_again(
    store: Store, tiny_sweep: Sweep, tiny_case: Case
) -> None:
    before = numbers(store)
    zipped = store.case_zip(tiny_case.case_id)
    zipped.write_bytes(zipped.read_bytes()[:-50])
    measure_id = tiny_case.measure_id(tiny_sweep.analysis)
    store.measure_record(measure_id, tiny_case.case_id).unlink()
    assert measure_stored(tiny_case, tiny_sweep.analysis, store).status == "failed"
    publish(store)
    assert_healed(store, repair(store.root), before)
    record = measure_record(store, measure_id, tiny_case.case_id)
    assert record is not None
    assert (record.status, record.attempt) == ("ok", 2)


def test_an_orphan_becomes_a_case_again_or_goes_to_quarantine(store: Store) -> None:
    before = numbers(store)
    whole, broken = sorted(store.cases.rglob("*.zip"))
    stranger = store.cases / "ab" / f"ab{'0' * 30}.zarr.zip"
    stranger.parent.mkdir()
    shutil.copy(broken, stranger)
    store.record(whole.name.split(".")[0]).unlink()
    publish(store)  # the cube does not tell of it any more
    for path in (whole, stranger):
        age(path)
    done = repair(store.root)
    assert {finding.path: finding.kind for finding in done.healed if finding.kind is Kind.ORPHAN} == {
        whole: Kind.ORPHAN,
        stranger: Kind.ORPHAN,
    }
    assert_healed(store, done, before)
    assert not stranger.exists()
    assert len(list(store.quarantine.glob("*/cases/*/*.zip"))) == 1


def test_strays_and_leftovers_go_to_quarantine_once_they_are_old(store: Store) -> None:
    stray, partial = store.root / "notes.txt", store.records / f".x.json.{'0' * 32}.partial"
    left = store.versions / ".tmp-000009"
    left.mkdir()
    for path in (stray, partial, left / "zarr.json"):
        path.write_text(path.name)
    assert repair(store.root).healed == ()
    assert stray.exists()
    for path in (stray, partial, left):
        age(path)
    assert repair(store.root).is_whole
    for path in (stray, partial, left / "zarr.json"):
        (aside,) = store.quarantine.glob(f"*/{path.relative_to(store.root)}")
        assert aside.read_text() == path.name
        assert not path.exists()


def test_a_tag_of_a_damaged_version_moves_to_one_that_says_the_same(store: Store) -> None:
    publish(store, tag="paper")
    before = numbers(store)
    flip_a_byte(store, "versions/*/zarr.json", seed=1)
    assert_healed(store, repair(store.root), before)
    xr.testing.assert_equal(ssbflow.open_cube(store.root, tag="paper").drop_vars("wall_time"), before)


@pytest.fixture
def superseded(store: Store) -> Path:
    """An older version that a tag names; the newest one says something else."""
    publish(store, tag="paper")
    next(store.measures.rglob("*.json")).unlink()
    publish(store)
    return store.tags / "paper.zarr"


@pytest.mark.parametrize("pattern", ["zarr.json", "*/zarr.json", "*/c/**/0"])
def test_an_older_version_of_which_one_file_is_damaged_is_mended(store: Store, superseded: Path, pattern: str) -> None:
    before, older = numbers(store), xr.open_zarr(superseded).load()
    harmed = flip_a_byte(store, f"versions/v000001.zarr/{pattern}", seed=1)
    content = harmed.read_bytes()
    done = repair(store.root)
    assert_healed(store, done, before)
    xr.testing.assert_identical(xr.open_zarr(superseded).load(), older)
    (aside,) = store.quarantine.glob(f"*/{harmed.relative_to(store.root)}")
    assert aside.read_bytes() == content


def test_an_older_version_of_which_more_is_damaged_cannot_be_made_again_and_is_told(
    store: Store, superseded: Path
) -> None:
    before = numbers(store)
    harmed = [flip_a_byte(store, f"versions/v000001.zarr/{name}", seed=1) for name in ("*/c/**/0", "zarr.json")]
    done = repair(store.root)
    assert not done.is_whole
    assert {finding.path.name for finding in done.lost} == {"v000001.zarr", "paper.zarr"}
    assert all(list(store.quarantine.glob(f"*/{path.relative_to(store.root)}")) for path in harmed)
    assert not list(store.versions.glob("v000001*"))
    assert check(store) == []
    xr.testing.assert_equal(numbers(store), before)


def test_a_case_that_no_sweep_asks_for_cannot_be_simulated_again_and_is_told(
    store: Store, tiny_sweep: Sweep, tiny_case: Case
) -> None:
    other = Case(design=tiny_case.design, seed=77)
    assert run_case(other, tiny_sweep.analysis, store).status == "ok"
    publish(store)
    before = numbers(store)
    store.case_zip(other.case_id).write_bytes(b"")
    done = repair(store.root)
    assert not done.is_whole
    assert {finding.case_id for finding in done.lost} == {other.case_id}
    xr.testing.assert_equal(numbers(store), before)


class Killed(BaseException):
    pass


def dies_at(call: int, function: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """Return a function at whose n-th call the process dies, before or after it did its work."""
    calls = iter(range(10**6))

    def dying(*about: Any, **options: Any) -> Any:
        if next(calls) != call:
            return function(*about, **options)
        if after:
            function(*about, **options)
        raise Killed

    return dying


@pytest.mark.parametrize(
    ("place", "name", "call", "after"),
    [
        (Quarantine, "take", 0, False),
        (Quarantine, "take", 1, True),
        (Quarantine, "take", 3, True),
        (bringing_back, "write_record", 0, True),
        (bringing_back, "compute", 0, False),
        (bringing_back, "compute", 1, True),
        (repairing, "publish", 0, False),
    ],
)
def test_a_repair_that_was_killed_is_finished_by_the_next_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, call: int, after: bool
) -> None:
    before = numbers(store)
    first, second = sorted(path.stem for path in store.records.rglob("*.json"))
    flip(store.record(first), at=40)
    flip(store.record(second), at=40)
    flip(store.case_zip(second), at=40)
    flip(next(store.measures.rglob(f"{first}.json")), at=40)
    publish(store)  # now the cube does not tell of them any more
    flip(store.description, at=40)
    with monkeypatch.context() as doom:
        doom.setattr(place, name, dies_at(call, getattr(place, name), after=after))
        with pytest.raises(Killed):
            repair(store.root)
    assert_healed(store, repair(store.root), before)


def test_a_killed_repair_of_the_ledger_is_finished_by_the_next_one(
    compacted: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = numbers(compacted)
    (segment,) = compacted.ledger.glob("*.parquet")
    segment.write_bytes(segment.read_bytes()[:-8] + b"\0" * 8)
    with monkeypatch.context() as doom:
        doom.setattr(Quarantine, "take", dies_at(0, Quarantine.take, after=True))
        with pytest.raises(Killed):
            repair(compacted.root)
    assert_healed(compacted, repair(compacted.root), before)

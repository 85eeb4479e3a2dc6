import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from ssbflow.inputs.sweep import Sweep
from ssbflow.store import cube as cube_module
from ssbflow.store.cube import build_cube, read_cube_cells
from ssbflow.store.current import Current, Version
from ssbflow.store.durable import relink
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store
from ssbflow.store.pins import PinnedStore
from ssbflow.store.versions import (
    CHUNK_KEYS,
    carry_over,
    content_digest,
    remove_leftovers,
    remove_old_versions,
    tree_digest,
    write_version,
)

CUBE = "small.touching"
NAMES = ("porosity", "steps")


@pytest.fixture(scope="module")
def sweep(tiny_sweep: Sweep) -> Sweep:
    other = tiny_sweep.compositions[0].replace(label="other", weight_percent={"eam": 50, "se": 50})
    return tiny_sweep.replace(compositions=(*tiny_sweep.compositions, other))


@pytest.fixture(autouse=True)
def a_small_cube_of_many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(variable for variable in cube_module.VARIABLES if variable.name in NAMES)
    monkeypatch.setattr(cube_module, "VARIABLES", few)
    monkeypatch.setattr(cube_module, "CELLS_PER_CHUNK", 4)


def said(sweep: Sweep, number: int, seeds: int = 6, missing: slice | None = None) -> xr.Dataset:
    """A cube of a store without records, with numbers of its own; NaN in the seeds that miss."""
    grid = grid_of(sweep.replace(seeds=tuple(range(seeds))))
    cube = build_cube(read_cube_cells(Store(Path("/nowhere")), grid))
    for at, name in enumerate(NAMES):
        cube[name].values[:] = 100 * number + 10 * at + np.arange(cube[name].size).reshape(cube[name].shape)
        cube[name].values[..., missing or slice(0, 0)] = np.nan
    return cube


class Published:
    """A store whose link moves on with every cube that is published."""

    def __init__(self, root: Path) -> None:
        self.store, self.current = Store(root), Current()

    def publish(self, cube: xr.Dataset, name: str = CUBE) -> Path:
        self.current = write_version(self.store, self.current, name, cube)
        path = self.store.versions / self.current.cubes[name]
        relink(self.store.default_cube, path)
        return path


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("before", "then", "later"),  # so many versions before: each way of naming chunks
    [
        (0, {}, {}),
        (1, {"missing": slice(0, 3)}, {"missing": slice(0, 6)}),  # chunks that go
        (2, {"seeds": 9}, {"seeds": 12}),
        (3, {"seeds": 3}, {"seeds": 2}),
    ],
    ids=["other values", "chunks go", "growing", "shrinking"],
)
def test_who_opened_through_the_link_reads_what_he_opened_while_it_moves_on_once_and_twice(
    sweep: Sweep, tmp_path: Path, before: int, then: dict[str, Any], later: dict[str, Any]
) -> None:
    published = Published(tmp_path)
    for number in range(before):
        published.publish(said(sweep, number))
    wanted = said(sweep, 50, missing=slice(3, 6))  # chunks that are not there, and come
    published.publish(wanted)
    opened = [xr.open_zarr(str(published.store.default_cube)) for _ in range(2)]
    for number, (cube, how) in enumerate(zip(opened, (then, later), strict=True), start=60):
        published.publish(said(sweep, number, **how))
        xr.testing.assert_equal(cube.load(), wanted)


def test_every_one_of_many_versions_is_read_right_two_versions_later(sweep: Sweep, tmp_path: Path) -> None:
    published, opened, generator = Published(tmp_path), list[tuple[xr.Dataset, xr.Dataset]](), np.random.default_rng(1)
    for number in range(2 * len(CHUNK_KEYS)):
        seeds, missing = generator.integers(1, 9), generator.integers(0, 9)
        wanted = said(sweep, number, int(seeds), slice(int(missing), None))
        published.publish(wanted)
        opened.append((xr.open_zarr(str(published.store.default_cube)), wanted))
        if number >= 2:
            cube, before = opened[number - 2]
            xr.testing.assert_equal(cube.load(), before)


def test_a_version_is_what_its_hash_says_whatever_is_carried_over(sweep: Sweep, tmp_path: Path) -> None:
    published = Published(tmp_path)
    for number in range(5):
        path = published.publish(said(sweep, number))
    for name, version in published.current.versions.items():
        assert tree_digest(published.store.versions / name, version.chunk_keys) == version.sha256
    keys = published.current.versions[path.name].chunk_keys
    (path / "porosity" / "zarr.json").write_bytes(b"{}")
    assert tree_digest(path, keys) != published.current.versions[path.name].sha256


def test_chunks_of_the_last_two_are_there_under_their_names_and_older_ones_are_not(
    sweep: Sweep, tmp_path: Path
) -> None:
    published = Published(tmp_path)
    paths = [published.publish(said(sweep, number)) for number in range(4)]
    names = {path.relative_to(paths[-1]).as_posix() for path in paths[-1].glob("seed/**/*") if path.is_file()}
    assert names == {"seed/zarr.json", "seed/c/0", "seed/c.0", "seed/0"}
    for way, older in (("c.0.0.0", 1), ("0.0.0", 2)):
        assert (paths[-1] / "porosity" / way).samefile(paths[older] / "porosity" / way)
    assert not (paths[-1] / "porosity/c/0/0/0").samefile(paths[0] / "porosity/c/0/0/0")


@pytest.mark.parametrize("held", [1, 2])
def test_a_version_kept_out_of_its_row_lends_its_chunks_to_nobody(sweep: Sweep, tmp_path: Path, held: int) -> None:
    published, cubes = Published(tmp_path), {}
    for number in range(1, 6):
        cubes[number] = said(sweep, number, missing=slice(number % 2, 3))
        published.publish(cubes[number])
        kept = {"tags": {"held": f"v{held:06d}.zarr"}} if number >= held else {}
        published.current = remove_old_versions(
            published.store, published.current.model_copy(update=kept), keep=1, keep_s=0
        )
        for name, version in published.current.versions.items():
            path = published.store.versions / name
            assert tree_digest(path, version.chunk_keys) == version.sha256
            with xr.open_zarr(path) as cube:
                xr.testing.assert_equal(cube.load(), cubes[int(name[1:7])])
    assert sorted(published.current.versions) == [f"v{held:06d}.zarr", "v000005.zarr"]


def test_a_chunk_is_never_carried_over_another(sweep: Sweep, tmp_path: Path) -> None:
    published = Published(tmp_path)
    first, second = (published.publish(said(sweep, number)) for number in (1, 2))
    before = files(first)
    with pytest.raises(FileExistsError):
        carry_over(first, 0, second)
    assert files(first) == before


def test_where_links_between_files_do_not_exist_chunks_are_copied(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def refused(source: Path, target: Path) -> None:
        if source.suffix != ".partial":  # zarr's own
            raise PermissionError
        link(source, target)

    monkeypatch.setattr(os, "link", refused)
    published = Published(tmp_path)
    wanted = said(sweep, 1)
    published.publish(wanted)
    with xr.open_zarr(str(published.store.default_cube)) as cube:
        published.publish(said(sweep, 2))
        xr.testing.assert_equal(cube.load(), wanted)


def test_a_version_never_changes(sweep: Sweep, tmp_path: Path) -> None:
    published = Published(tmp_path)
    first = published.publish(said(sweep, 1))
    before = files(first)
    for number in (2, 3):
        published.publish(said(sweep, number))
    assert files(first) == before


def test_only_what_says_something_else_becomes_a_version(sweep: Sweep, tmp_path: Path) -> None:
    published = Published(tmp_path)
    first = published.publish(said(sweep, 1))
    assert published.publish(said(sweep, 1)) == first
    assert published.publish(said(sweep, 2)) != first
    one = said(sweep, 1)
    for other in (
        said(sweep, 1, seeds=7),
        said(sweep, 1, missing=slice(0, 1)),
        one.assign_attrs(input_hash="another"),
        one.assign_coords(composition=["CAM60", "renamed"]),
        one.assign(porosity=one["porosity"].assign_attrs(units="%")),
    ):
        assert content_digest(other) != content_digest(one)
    assert content_digest(one.assign_attrs(history="later")) == content_digest(one)


def test_a_version_that_is_gone_is_written_again_though_it_says_nothing_new(sweep: Sweep, tmp_path: Path) -> None:
    published = Published(tmp_path)
    first = published.publish(said(sweep, 1))
    first.rename(tmp_path / "elsewhere")
    again = published.publish(said(sweep, 1))
    assert again.name == "v000002.zarr"
    assert (again / "zarr.json").is_file()


def retained(store: Store, superseded: dict[str, float | None], **about: Any) -> Current:
    """Versions that are folders with metadata only, superseded so many seconds ago."""
    now = 1e9
    for name in superseded:
        (store.versions / name).mkdir(parents=True)
        (store.versions / name / "zarr.json").touch()
    versions = {
        name: Version(
            cube="c.d" if name.startswith("v9") else "a.b",
            content=name,
            sha256="",
            chunk_keys=0,
            superseded_at=None if age is None else now - age,
        )
        for name, age in superseded.items()
    }
    newest = {"cubes": {"a.b": max(name for name in versions if name.startswith("v0"))}}
    return Current(**{**newest, **about}, versions=versions)


@pytest.fixture
def at_1e9(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ssbflow.store.versions.file_system_time", lambda _: 1e9)


def numbered(*ages: float | None) -> dict[str, float | None]:
    return {f"v{number:06d}.zarr": age for number, age in enumerate(ages, start=1)}


def left(store: Store) -> list[int]:
    return sorted(int(path.name[1:7]) for path in store.versions.glob("*.zarr"))


@pytest.mark.usefixtures("at_1e9")
@pytest.mark.parametrize(
    ("keep", "keep_s", "stay"),
    [(1, 0, [5]), (3, 0, [3, 4, 5]), (1, 50, [4, 5]), (1, 500, [2, 3, 4, 5]), (9, 0, [1, 2, 3, 4, 5])],
)
def test_versions_stay_by_number_and_by_how_long_ago_they_were_superseded(
    tmp_path: Path, keep: int, keep_s: float, stay: list[int]
) -> None:
    store = Store(tmp_path)
    current = retained(store, numbered(1000, 400, 300, 10, None))
    current = remove_old_versions(store, current, keep, keep_s)
    assert left(store) == stay
    assert sorted(int(name[1:7]) for name in current.versions) == stay


@pytest.mark.usefixtures("at_1e9")
def test_tagged_and_held_versions_and_those_of_other_cubes_stay(tmp_path: Path) -> None:
    store = Store(tmp_path)
    ages = {**numbered(900, 800, 700, None), "v900000.zarr": 600.0, "v900001.zarr": None}
    cubes = {"a.b": "v000004.zarr", "c.d": "v900001.zarr"}
    current = retained(store, ages, tags={"first": "v000001.zarr"}, cubes=cubes)
    held = PinnedStore(store.versions / "v000002.zarr")
    current = remove_old_versions(store, current, 1, 0)
    assert left(store) == [1, 2, 4, 900001]
    del held
    current = remove_old_versions(store, current.model_copy(update={"tags": {}}), 1, 0)
    assert left(store) == [4, 900001]


@pytest.mark.usefixtures("at_1e9")
def test_a_version_that_is_gone_already_is_listed_no_more(tmp_path: Path) -> None:
    store = Store(tmp_path)
    current = retained(store, numbered(900, None))
    (store.versions / "v000001.zarr" / "zarr.json").unlink()
    (store.versions / "v000001.zarr").rmdir()
    assert list(remove_old_versions(store, current, 1, 0).versions) == ["v000002.zarr"]


def test_what_a_killed_publisher_left_goes_and_what_anything_names_stays(sweep: Sweep, tmp_path: Path) -> None:
    published = Published(tmp_path)
    first, second = (published.publish(said(sweep, number)) for number in (1, 2))
    versions = published.store.versions
    for name in (".tmp-000009", ".old-v000001.zarr", "v000007.zarr", "v000008.zarr"):
        (versions / name / "porosity").mkdir(parents=True)
    relink(published.store.tags / "seven.zarr", versions / "v000007.zarr")
    remove_leftovers(published.store, published.current)
    assert {path.name for path in versions.glob("*.zarr")} == {first.name, second.name, "v000007.zarr"}


def test_numbers_go_on_after_versions_that_are_listed_no_more(sweep: Sweep, tmp_path: Path) -> None:
    published = Published(tmp_path)
    published.publish(said(sweep, 1))
    (published.store.versions / "v000041.zarr").mkdir()
    assert published.publish(said(sweep, 2)).name == "v000042.zarr"


def test_a_cube_that_cannot_be_written_leaves_the_old_one(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = Published(tmp_path)
    wanted = said(sweep, 1)
    first = published.publish(wanted)
    with monkeypatch.context() as patch:
        patch.setattr("ssbflow.store.versions.sync_tree", lambda _: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            published.publish(said(sweep, 2))
    assert published.store.default_cube.resolve() == first
    with xr.open_zarr(str(published.store.default_cube)) as cube:
        xr.testing.assert_equal(cube.load(), wanted)
    remove_leftovers(published.store, published.current)
    assert published.publish(said(sweep, 3)).name == "v000002.zarr"

from pathlib import Path

import pytest

from ssbflow.errors import StoreError
from ssbflow.store.current import Current, Version, version_name
from ssbflow.store.layout import Store


def version(cube: str = "a.b", content: str = "1", superseded_at: float | None = None) -> Version:
    return Version(cube=cube, content=content, sha256="0" * 64, chunk_keys=1, superseded_at=superseded_at)


def test_a_store_that_never_published_names_nothing(tmp_path: Path) -> None:
    assert Current.read(Store(tmp_path)) == Current()
    (tmp_path / "file").touch()
    assert Current.read(Store(tmp_path / "file")) == Current()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    current = Current(
        default="a.b",
        cubes={"a.b": "v000002.zarr"},
        tags={"first": "v000001.zarr"},
        versions={"v000001.zarr": version(superseded_at=1.5), "v000002.zarr": version()},
        ledger={"seg-000001.parquet": "0" * 64},
        cases="1" * 64,
    )
    current.write(Store(tmp_path))
    assert Current.read(Store(tmp_path)) == current


@pytest.mark.parametrize(("old", "new"), [(b"v000001", b"v000002"), (b"}", b"")])
def test_a_damaged_one_is_named(tmp_path: Path, old: bytes, new: bytes) -> None:
    store = Store(tmp_path)
    Current(cubes={"a.b": "v000001.zarr"}).write(store)
    store.current.write_bytes(store.current.read_bytes().replace(old, new))
    with pytest.raises(StoreError, match=r"current\.json is damaged"):
        Current.read(store)


def test_a_new_version_supersedes_the_one_of_its_own_cube_from_now_on() -> None:
    first = Current().with_version("v000001.zarr", version(), 10.0)
    other = first.with_version("v000002.zarr", version("c.d"), 20.0)
    second = other.with_version("v000003.zarr", version(content="2"), 30.0)
    assert second.cubes == {"a.b": "v000003.zarr", "c.d": "v000002.zarr"}
    assert {name: one.superseded_at for name, one in second.versions.items()} == {
        "v000001.zarr": 30.0,
        "v000002.zarr": None,
        "v000003.zarr": None,
    }
    assert first.versions["v000001.zarr"].superseded_at is None


@pytest.mark.parametrize("said", [12, "12", "v000012", "v000012.zarr", "v12"])
def test_a_version_may_be_said_in_several_ways(said: int | str) -> None:
    assert version_name(said) == "v000012"


def test_what_is_no_version_stays_as_it_was_said() -> None:
    assert version_name("newest") == "newest"

import errno
import itertools
import os
from pathlib import Path

import pytest

from ssbflow.errors import DiskError, StoreError
from ssbflow.store.durable import (
    check_writable,
    file_system_time,
    relink,
    replaced_durably,
    sync_tree,
    told_clearly,
    write_durably,
)
from torture_parts.full_disk import refusing


def test_a_write_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "record.json"
    write_durably(path, b"first")
    write_durably(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    occupied = tmp_path / "record.json"
    occupied.mkdir()
    (occupied / "kept").touch()
    with pytest.raises(OSError, match="directory"):
        write_durably(occupied, b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]


def test_a_link_moves_to_its_new_target(tmp_path: Path) -> None:
    link = tmp_path / "cubes" / "a.zarr"
    for name in ("v1", "v2"):
        (tmp_path / name).mkdir()
        relink(link, tmp_path / name)
        assert link.resolve() == tmp_path / name
    assert str(link.readlink()) == "../v2"
    assert list(link.parent.iterdir()) == [link]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "the disk is full; make room"),
        (errno.EDQUOT, "the quota is used up; make room"),
        (errno.EROFS, "the file system is mounted read-only"),
        (errno.EACCES, "no permission"),
        (errno.EIO, "Input/output error"),
    ],
)
@pytest.mark.parametrize("call", range(3))  # writing, fsync, replace
def test_a_disk_that_refuses_is_told_of_and_leaves_what_was_there(
    tmp_path: Path, number: int, told: str, call: int
) -> None:
    path, calls = tmp_path / "record.json", itertools.count()
    write_durably(path, b"first")
    with (
        refusing(lambda: next(calls) == call + 1, number),  # the first call makes sure of the folder
        pytest.raises(DiskError, match=rf"record\.json: .*{told}.*what was written before is whole") as caught,
    ):
        write_durably(path, b"second")
    assert caught.value.errno == number
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_that_is_told_clearly_already_stays_as_it_is(tmp_path: Path) -> None:
    error = StoreError("damaged")
    with pytest.raises(StoreError) as caught, told_clearly(tmp_path):
        raise error
    assert caught.value is error


def test_what_is_no_error_of_the_disk_comes_out_and_leaves_nothing(tmp_path: Path) -> None:
    def write_half() -> None:
        with replaced_durably(tmp_path / "a.json") as temporary:
            temporary.write_bytes(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_written_is_refused_and_left_clean(tmp_path: Path) -> None:
    check_writable(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(DiskError, match="part of the path is a file; give a folder"):
        check_writable(tmp_path / "file")
    with refusing(lambda: True, errno.EROFS), pytest.raises(DiskError, match="mounted read-only"):
        check_writable(tmp_path / "other")


def test_the_time_of_the_file_system_goes_on_and_leaves_nothing(tmp_path: Path) -> None:
    first, second = file_system_time(tmp_path), file_system_time(tmp_path)
    assert 0 <= second - first < 60
    assert list(tmp_path.iterdir()) == []


def test_every_file_and_folder_of_a_tree_is_made_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("x", "a/y", "a/b/z"):
        (tmp_path / name).touch()
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(Path(f"/proc/self/fd/{descriptor}").readlink()))
    sync_tree(tmp_path)
    assert sorted(synced) == sorted((tmp_path, *tmp_path.rglob("*")))
    assert synced[-1] == tmp_path

import errno
import os
import shutil
from pathlib import Path

import pytest

from ssbflow.store.layout import Store
from ssbflow.store.quarantine import Quarantine


def refuse(error: int) -> object:
    def refused(*about: object, **options: object) -> None:
        raise OSError(error, os.strerror(error))

    return refused


def test_files_links_and_folders_move_as_they_are_without_a_rename_across_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "rename", refuse(errno.EXDEV))
    store = Store(tmp_path)
    (store.versions / "v1" / "c").mkdir(parents=True)
    (store.versions / "v1" / "c" / "0").write_bytes(b"chunk")
    store.default_cube.symlink_to("versions/v1")
    store.current.write_bytes(b"{}")
    quarantine = Quarantine(store)
    for path in (store.default_cube, store.current, store.versions / "v1"):
        assert quarantine.take(path)
        assert not os.path.lexists(path)
    assert (quarantine.folder / "current.json").read_bytes() == b"{}"
    assert str((quarantine.folder / "cube.zarr").readlink()) == "versions/v1"
    assert (quarantine.folder / "versions" / "v1" / "c" / "0").read_bytes() == b"chunk"


def test_what_is_not_there_is_not_taken(tmp_path: Path) -> None:
    quarantine = Quarantine(Store(tmp_path))
    assert not quarantine.take(tmp_path / "current.json")
    assert not quarantine.folder.exists()


def test_what_the_disk_cannot_read_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.current.write_bytes(b"{}")
    monkeypatch.setattr(shutil, "copy2", refuse(errno.EIO))
    quarantine = Quarantine(store)
    assert quarantine.take(store.current)
    assert (quarantine.folder / "current.json").read_bytes() == b"{}"


def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.current.write_bytes(b"{}")
    monkeypatch.setattr(shutil, "copy2", refuse(errno.ENOSPC))
    with pytest.raises(OSError, match="the disk is full"):
        Quarantine(store).take(store.current)
    assert store.current.read_bytes() == b"{}"

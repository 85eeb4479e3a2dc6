from pathlib import Path

import pytest

from ssbflow.store.durable import relink, write_durably


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

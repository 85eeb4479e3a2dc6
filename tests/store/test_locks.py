import errno
import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from ssbflow.errors import DiskError, StoreError
from ssbflow.store.locks import locked


def is_held(path: Path) -> bool:
    try:
        with FileLock(path).acquire(timeout=0):
            return False
    except Timeout:
        return True


def hold(path: Path, pipe: Connection) -> None:
    with locked(path):
        pipe.send("held")
        pipe.recv()


def test_a_lock_is_held_until_the_block_ends_however_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "new" / ".publish.lock"
    with locked(path):
        assert is_held(path)
    assert not is_held(path)
    with pytest.raises(KeyError), locked(path):
        raise KeyError
    assert not is_held(path)


def test_who_is_killed_lets_go(tmp_path: Path) -> None:
    context, path = multiprocessing.get_context("spawn"), tmp_path / "lock"
    pipe, theirs = context.Pipe()
    process = context.Process(target=hold, args=(path, theirs))
    process.start()
    assert pipe.poll(60)
    assert is_held(path)
    process.kill()
    process.join()
    with locked(path):
        assert is_held(path)


@pytest.mark.parametrize(
    "refusal", [OSError(errno.ENOLCK, "no locks"), OSError(errno.ENOSYS, ""), NotImplementedError()]
)
def test_a_file_system_without_locks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    monkeypatch.setattr(FileLock, "acquire", refuse)
    with pytest.raises(StoreError, match=r"knows no locks.*-o flock"), locked(tmp_path / "lock"):
        pass


def test_a_lock_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiskError, match="part of the path is a file"), locked(tmp_path / "file" / "lock"):
        pass


def test_an_error_in_the_block_is_not_taken_for_one_of_the_lock(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="of the block") as caught, locked(tmp_path / "lock"):
        raise OSError(errno.ENOSPC, "of the block")
    assert not isinstance(caught.value, StoreError)

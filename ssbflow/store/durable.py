"""Writes that are whole or not there at all, also after a crash, and what their failures mean."""

import errno
import os
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ssbflow.errors import DiskError, StoreError

AT_ONCE = 16  # a disk takes many at once, a network file system too
REMEDIES = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "the quota is used up; make room",
    errno.EACCES: "no permission; ask for it, or take another store",
    errno.EPERM: "no permission; ask for it, or take another store",
    errno.EROFS: "the file system is mounted read-only; write from where it is not",
    errno.ENOTDIR: "part of the path is a file; give a folder",
    errno.EEXIST: "part of the path is a file; give a folder",  # mkdir, where there is one
}
"""What a person can do about an error of the file system."""


@contextmanager
def told_clearly(place: Path) -> Iterator[None]:
    """Turn errors of the file system into one that says where, what, and what to do; nothing was lost.

    Raises
    ------
    DiskError
    """
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        remedy = REMEDIES.get(error.errno or 0, str(error))
        told = DiskError(f"{place}: {remedy}; what was written before is whole: run the same again then")
        told.errno = error.errno
        raise told from error


def write_durably(path: Path, content: bytes) -> None:
    """Write a file by way of a temporary one beside it: fsync, replace, fsync of the folder.

    Raises
    ------
    DiskError
        It cannot be written; what was there is there still.
    """
    with replaced_durably(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def replaced_durably(path: Path) -> Iterator[Path]:
    """Hand out a temporary name beside a file; what was written there takes the file's place at the end.

    Raises
    ------
    DiskError
        It cannot be written; what was there is there still.
    """
    temporary = _temporary(path)
    with told_clearly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            sync_file(temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


def check_writable(root: Path) -> None:
    """Refuse a store that cannot be written, before anything is computed.

    Raises
    ------
    DiskError
        Naming what stands in the way.
    """
    probe = root / f".writable.{uuid.uuid4().hex}"
    with told_clearly(root):
        root.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Make a freshly written tree durable: every file, side by side, then every folder."""
    paths = list(folder.rglob("*"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(sync_file, [path for path in paths if not path.is_dir()]))
        list(pool.map(sync_folder, [path for path in paths if path.is_dir()]))
    sync_folder(folder)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def relink(link: Path, target: Path) -> None:
    """Point a symbolic link (relative) at a target in one step."""
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(link)
    temporary.symlink_to(os.path.relpath(target, link.parent))
    temporary.replace(link)
    sync_folder(link.parent)


def remove_all(paths: Sequence[Path]) -> None:
    """Remove files, side by side; those that are gone already are no matter."""

    def remove(some: Sequence[Path]) -> None:
        for path in some:
            path.unlink(missing_ok=True)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(remove, (paths[start::AT_ONCE] for start in range(AT_ONCE))))


def file_system_time(folder: Path) -> float:
    """Return the time (s) by the clock of the file system: those of the nodes may differ."""
    probe = folder / f".clock.{uuid.uuid4().hex}"
    probe.touch()
    try:
        return probe.stat().st_mtime
    finally:
        probe.unlink()


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")

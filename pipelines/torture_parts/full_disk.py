"""A disk that is full now and then: a small one with a filler on it, or one whose calls are refused at random."""

import errno
import io
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

from ssbflow.errors import DiskError
from torture_parts.trial import Disk, Trial

DISK_BYTES = 400 * 2**20
PATIENCE_S = 0.1  # before the same is tried again
REFUSED = {"writer": 0.01, "publisher": 0.001}  # shares of calls: a publisher makes hundreds, a writer a dozen
CALLS = ("fsync", "replace", "link", "symlink", "mkdir")

Result = TypeVar("Result")


def patiently(trial: Trial, who: str, generator: random.Random, work: Callable[[], Result]) -> Result:
    """Do some work on the store; where the disk is full, again until it is not.

    Any other error, and one that does not say what is wrong, comes out.
    """
    chance = REFUSED[who.partition(" ")[0]] if trial.disk == "faulty" and not trial.finishing else 0.0
    while True:
        try:
            with refusing(lambda: generator.random() < chance):
                return work()
        except DiskError as error:
            if error.errno != errno.ENOSPC or "the disk is full; make room" not in str(error):
                raise
            trial.note(who, "disk full")
            time.sleep(PATIENCE_S)


@contextmanager
def refusing(refuses: Callable[[], bool], number: int = errno.ENOSPC) -> Iterator[None]:
    """Let calls that take room on the disk fail, those that `refuses` says; whatever this process writes by Python."""

    def refusable(call: Callable[..., Any], takes_room: Callable[..., bool]) -> Callable[..., Any]:
        def called(*args: Any, **options: Any) -> Any:
            if takes_room(*args, **options) and refuses():
                raise OSError(number, os.strerror(number))
            return call(*args, **options)

        return called

    patches = [mock.patch.object(os, name, refusable(getattr(os, name), _always)) for name in CALLS]
    patches.append(mock.patch.object(io, "open", refusable(io.open, _opens_for_writing)))  # pathlib's
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Mount a small disk in memory at a folder and hand out what it is: calls are refused where mounting is."""
    folder.mkdir(parents=True, exist_ok=True)
    if not may_mount():
        yield "faulty"
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "torture", str(folder)], check=True)
    try:
        yield "tmpfs"
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def may_mount() -> bool:
    """Return whether this process may mount a disk."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(["mount", "-t", "tmpfs", "torture", folder], capture_output=True, check=True)
        except (FileNotFoundError, subprocess.CalledProcessError):
            return False
        subprocess.run(["umount", folder], check=True)
    return True


class Filler:
    """A file that takes all room on a disk, and gives it back."""

    def __init__(self, disk: Path) -> None:
        self.path = disk / "filler"

    def grow(self) -> None:
        """Take what is there."""
        with self.path.open("ab") as file:
            stand = os.fstatvfs(file.fileno())
            try:
                os.posix_fallocate(file.fileno(), file.tell(), max(1, stand.f_bavail * stand.f_frsize))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def shrink(self) -> None:
        """Give all of it back."""
        self.path.unlink(missing_ok=True)


def _always(*_: Any, **__: Any) -> bool:
    return True


def _opens_for_writing(_: Any, mode: str = "r", *__: Any, **___: Any) -> bool:
    return not mode.startswith("r")

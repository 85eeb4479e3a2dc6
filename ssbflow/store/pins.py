"""Pins: a reader holds its version of a cube, and no publisher removes it from under him."""

import fcntl
import os
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zarr.storage import LocalStore

PINNED_FILE = "zarr.json"


class PinnedStore(LocalStore):
    """A version of a cube, read only, that stays where it is for as long as this object lives, here and in workers.

    The pin is a shared lock on the version's metadata, which the kernel drops when its holder dies. Where the file
    system has no locks, or is mounted read-only from elsewhere without passing them on, nothing is pinned, and the
    version stays for a day after a newer one took its place.

    Raises
    ------
    FileNotFoundError
        The version is gone.
    """

    def __init__(self, root: Path | str, *, read_only: bool = True) -> None:
        super().__init__(root, read_only=read_only)
        self._pin()

    def _pin(self) -> None:
        descriptor = os.open(self.root / PINNED_FILE, os.O_RDONLY)
        weakref.finalize(self, os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileNotFoundError(self.root) from None  # just being removed: whoever removes it locks it first
        except OSError:
            pass  # no locks here: nothing is pinned
        if not _is_still(descriptor, self.root / PINNED_FILE):
            raise FileNotFoundError(self.root)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._pin()


def unless_pinned(version: Path, remove: Callable[[Path], None]) -> bool:
    """Do something to a version unless somebody holds it; return whether it was done."""
    try:
        descriptor = os.open(version / PINNED_FILE, os.O_RDWR)
    except FileNotFoundError:
        if version.exists():
            remove(version)  # damaged: nobody can hold it
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        remove(version)
        return True
    finally:
        os.close(descriptor)


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False

"""Locks of a store, on whatever file system it lies."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ssbflow.errors import StoreError
from ssbflow.store.durable import told_clearly


@contextmanager
def locked(path: Path, *, or_say: str = "") -> Iterator[None]:
    """Hold a lock of this machine's, or on NFS of the server's, until the block or the process ends.

    It is an advisory lock (``flock``): the kernel lets go of it when its holder dies, so none is ever stale. NFS passes
    it on to its server; Lustre does so where it is mounted with ``-o flock``.

    Parameters
    ----------
    path : Path
    or_say : str, optional
        The error where somebody else holds it; waited for if left out.

    Raises
    ------
    StoreError
        The file system has no locks, the file cannot be written, or somebody holds it who is not waited for.
    """
    lock = FileLock(path)
    with told_clearly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(blocking=not or_say)
        except Timeout as error:
            raise StoreError(f"{path}: {or_say}") from error
        except (NotImplementedError, OSError) as error:
            if isinstance(error, NotImplementedError) or error.errno in (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP):
                raise StoreError(
                    f"{path.parent}: its file system knows no locks, which keep two publishers apart; mount it with "
                    "them (Lustre: -o flock; NFS: without nolock), or take a store elsewhere"
                ) from error
            raise
    try:
        yield
    finally:
        lock.release()


def is_locked(path: Path) -> bool:
    """Return whether somebody holds a lock; nobody, where that cannot be asked."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False

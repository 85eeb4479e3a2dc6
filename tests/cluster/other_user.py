"""Running commands as another user: schedulers take no jobs of root's.

Nothing is imported here that a bare Python lacks.
"""

import os
import pwd
import sys
from pathlib import Path


def as_user(name: str | None) -> list[str]:
    """Return the words by which a command runs as another user, without root's powers; none for oneself.

    It keeps one where it has to: to read an interpreter that lies in root's home.
    """
    if name is None:
        return []
    user = pwd.getpwnam(name)
    words = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if not everybody_may_read(Path(sys.executable).resolve()):
        words += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return [*words, "--"]


def give(folder: Path, name: str | None) -> None:
    """Make a user the owner of a folder and of everything in it."""
    if name is not None:
        user = pwd.getpwnam(name)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def everybody_may_read(path: Path) -> bool:
    """Whether any user comes to a path."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)

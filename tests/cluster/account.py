"""The ordinary account that jobs come from where this is root."""

import os
import pwd
import subprocess
import tempfile
from pathlib import Path

from filelock import FileLock

USER = "ssbflow-tests"


def ordinary_account() -> str | None:
    """Return its name, made with a home if it is not there yet; None where this is not root, and jobs are one's own."""
    if os.geteuid() != 0:
        return None
    with FileLock(Path(tempfile.gettempdir()) / f"{USER}.lock"):  # tests run side by side
        try:
            pwd.getpwnam(USER)
        except KeyError:
            subprocess.run(["useradd", "--system", "--user-group", "--create-home", USER], check=True)
    return USER

"""A folder in which commands are run; nothing is imported here that a bare Python lacks."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from other_user import as_user, give


class Workspace:
    """Runs commands in a folder, and puts files there.

    Parameters
    ----------
    workspace : Path
    user : str, optional
        Who runs the commands and owns the files, if it is somebody else.
    environment : dict, optional
        Of the commands; this process' own if left out.
    """

    def __init__(self, workspace: Path, user: str | None = None, environment: dict[str, str] | None = None) -> None:
        self.workspace, self.user, self._environment = workspace, user, environment

    @property
    def environment(self) -> dict[str, str]:
        """That of the commands."""
        return dict(os.environ) if self._environment is None else self._environment

    def run(
        self, command: Sequence[str | Path], *, timeout_s: float = 600, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the workspace."""
        return subprocess.run(
            [*as_user(self.user), *map(str, command)], cwd=self.workspace, env={**self.environment, **environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout_s, check=False,
        )  # fmt: skip

    def begin(self, command: Sequence[str | Path], output: Path, **environment: str) -> subprocess.Popen[bytes]:
        """Start a command in the workspace, and do not wait for it."""
        with output.open("wb") as file:
            return subprocess.Popen(
                [*as_user(self.user), *map(str, command)], cwd=self.workspace,
                env={**self.environment, **environment}, stdin=subprocess.DEVNULL, stdout=file,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def place(self, name: str, text: str) -> Path:
        """Write a file into the workspace."""
        path = self.workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        give(self.workspace, self.user)
        return path

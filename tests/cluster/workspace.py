"""A folder in which commands are run; nothing is imported here that a bare Python lacks."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path


class Workspace:
    """Runs commands in a folder, and puts files there.

    Parameters
    ----------
    workspace : Path
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace

    def run(
        self, command: Sequence[str | Path], *, timeout_s: float = 600, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the workspace."""
        return subprocess.run(
            [*map(str, command)], cwd=self.workspace, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout_s, check=False,
        )  # fmt: skip

    def place(self, name: str, text: str) -> Path:
        """Write a file into the workspace."""
        path = self.workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

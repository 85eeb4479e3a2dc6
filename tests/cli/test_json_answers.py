"""What programs get of the commands: one JSON document on the output, everything else beside it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ssbflow.cli import main


def answer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> Any:
    """The document that a command prints, which ends well."""
    monkeypatch.setattr(sys, "argv", ["ssbflow", *map(str, words), "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert ended.value.code in (None, 0), told.err
    return json.loads(told.out)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda *words: answer(capsys, monkeypatch, *words)


@pytest.mark.lammps
def test_a_store_answers_programs(ask: Any, tiny_file: Path, tiny_store: Path, tmp_path: Path) -> None:
    planned = ask("plan", tiny_file, "--store", tiny_store)
    assert (planned["cases"], planned["done"]) == (2, 2)
    (run,) = ask("run", tiny_file, "--store", tiny_store, "--cluster", "serial")
    assert (run["ok"], run["computed"], run["failures"]) == (2, 0, [])
    assert Path(run["cube_link"]).exists()
    (cube,) = ask("status", tiny_store)
    assert cube["counts"] == {"ok": 2, "failed": 0, "pending": 0}
    assert cube["designs"] == [{"composition": "CAM60", "distribution": "fine", "ok": 2, "failed": 0, "pending": 0}]
    assert list(ask("publish", tiny_store)) == [cube["name"]]
    assert ask("check", tiny_store) == []
    best = ask("best", tiny_store, "--maximize", "utilization")
    assert best["best"] == "CAM60/fine"
    assert best["selection"]["table"][0]["composition"] == "CAM60"
    assert best["selection"]["table"][0]["seeds_ok"] == 2
    recipe = ask("recipe", tiny_store, "--cathode", "CAM60/fine")
    assert recipe["cathode"]["design"] == "CAM60/fine"
    assert Path(ask("report", tiny_store, "-o", tmp_path / "report.html")["written"]).exists()


def test_variables_are_listed_for_programs(ask: Any) -> None:
    (porosity,) = (variable for variable in ask("variables") if variable["name"] == "porosity")
    assert porosity["units"] == "1"


def test_errors_are_no_documents(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ssbflow", "status", "nowhere", "--json"])
    with pytest.raises(SystemExit, match="2"):
        main()
    told = capsys.readouterr()
    assert told.out == ""
    assert "nowhere holds no store" in told.err


@pytest.mark.lammps
def test_watching_ends_when_nothing_is_pending(tiny_store: Path) -> None:
    command = [sys.executable, "-c", "from ssbflow.cli import main; main()", "status", str(tiny_store), "--watch"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "2 ok, 0 failed, 0 pending" in told.stdout

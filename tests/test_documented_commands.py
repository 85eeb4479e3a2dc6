"""The commands that README and documentation show: all are understood, and those of the how-tos are run."""

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from ssbflow.cli import app
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store

ROOT = catalog_folder().parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "deploy" / "README.md"]
PROGRAM = typer.main.get_command(app)
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[list[str]]:
    """Return the words of each command in the shell blocks of a page, without `ssbflow` and redirections."""
    lines = [line for block in SHELL.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()]
    called = [shlex.split(line, comments=True)[1:] for line in lines if re.match(r"(\S*/)?ssbflow ", line)]
    return [words[: words.index(">")] if ">" in words else words for words in called]


SHOWN = [(page.relative_to(ROOT).as_posix(), words) for page in PAGES for words in commands(page)]
HOW_TO = [words for page, words in SHOWN if page in ("docs/designing.md", "docs/editors.md")]


def test_commands_are_found() -> None:
    assert {page for page, _ in SHOWN} >= {"README.md", "docs/index.md", "docs/designing.md", "deploy/README.md"}
    assert len(HOW_TO) >= 9


@pytest.mark.parametrize(
    ("page", "words"), SHOWN, ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_command_is_understood(page: str, words: list[str]) -> None:
    name, *arguments = words
    PROGRAM.commands[name].make_context(name, arguments)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def stand_ins(tiny_sweep: Sweep, tiny_anode_store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the words in capitals stand for: small files, and a store that the commands fill one after the other."""
    folder = tmp_path_factory.mktemp("documented")
    softer = tiny_sweep.protocol.press.replace(stiffness_scale=0.3)
    protocol = tiny_sweep.protocol.replace(press=softer)
    sweep = tiny_sweep.replace(seeds=(1, 2, 3), protocol=protocol)
    search = {
        "name": "finer",
        "composition": sweep.compositions[0].model_dump(mode="json"),
        "distribution": sweep.distributions[0].model_dump(mode="json"),
        "vary": {"eam_wt_percent": {"low": 50, "high": 75}},
        "maximize": "utilization",
        "seeds": [1],
        "designs": 4,
        "batch": 2,
        "protocol": protocol.model_dump(mode="json"),
    }
    files = {"SWEEP.yaml": sweep.model_dump(mode="json"), "SEARCH.yaml": search}
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    return {
        **{name: str(folder / name) for name in files},
        "STORE": str(folder / "store"),
        "CATHODES": str(folder / "store"),
        "ANODES": str(tiny_anode_store),
        "CAM78/se2": "CAM60/fine",
        "GR60/fine_se": "GR60/fine",
        "card.md": str(folder / "card.md"),
    }


@pytest.mark.lammps
def test_commands_of_the_how_tos_run(stand_ins: dict[str, str]) -> None:
    ask_last = sorted(HOW_TO, key=lambda words: words[0] in ("best", "recipe"))
    for words in ask_last:
        cluster = ["--cluster", "serial"] if words[0] in ("run", "search", "target") else []
        done = CliRunner().invoke(app, [*(stand_ins.get(word, word) for word in words), *cluster])
        # a target that cannot be reached in so small a box is an answer
        assert done.exit_code in ({0, 1} if words[0] == "target" else {0}), f"{words}: {done.output}"
    assert Store(Path(stand_ins["STORE"])).cube_link("small.touching").exists()
    assert "GR60/fine" in Path(stand_ins["card.md"]).read_text(encoding="utf-8")

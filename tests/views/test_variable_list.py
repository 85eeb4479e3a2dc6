from pathlib import Path

from typer.testing import CliRunner

from ssbflow.cli import app
from ssbflow.store.cube import VARIABLES
from ssbflow.views.variable_list import variables_markdown

PAGE = Path(__file__).parents[2] / "docs" / "variables.md"


def test_page_of_the_documentation_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == variables_markdown(), "write it: ssbflow variables --markdown"


def test_command_lists_every_variable() -> None:
    listed = CliRunner().invoke(app, ["variables", "--markdown"])
    assert listed.exit_code == 0
    assert [line.split("`")[1] for line in listed.output.splitlines() if "| `" in line] == [v.name for v in VARIABLES]
    table = CliRunner().invoke(app, ["variables"], env={"COLUMNS": "200"})
    assert table.exit_code == 0
    assert "tortuosity_factor_ionic" in table.output

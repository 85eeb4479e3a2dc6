import shlex

import pytest
import typer
from typer.testing import CliRunner

import ssbflow
from ssbflow.cli import app

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_whose_options_it_knows(name: str) -> None:
    command = COMMANDS[name]
    program, called, *words = shlex.split(command.epilog.removeprefix("e.g. "))
    assert (program, called) == ("ssbflow", name)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"schema"}))
def test_every_command_answers_programs(name: str) -> None:
    assert any("--json" in parameter.opts for parameter in COMMANDS[name].params)


def test_version() -> None:
    answer = CliRunner().invoke(app, ["--version"])
    assert (answer.exit_code, answer.output) == (0, f"ssbflow {ssbflow.__version__}\n")

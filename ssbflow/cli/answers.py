"""How commands answer: tables and lines for people, with ``--json`` one document for programs."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ssbflow.cli.program import console

if TYPE_CHECKING:
    from rich.console import RenderableType


def _all_else_to_stderr(as_json: bool) -> bool:
    """Leave the output to the document: progress, warnings and remarks go to the error stream."""
    console.stderr = as_json
    return as_json


JsonOption = Annotated[
    bool,
    typer.Option(
        "--json", callback=_all_else_to_stderr, is_eager=True,
        help="Print the answer as JSON; progress and warnings go to the error stream.",
    ),
]  # fmt: skip


def answer(as_json: bool, data: object, *shown: "RenderableType") -> None:
    """Print data as JSON, or what people are shown; numbers that do not exist are null."""
    if as_json:
        from pydantic_core import to_json

        typer.echo(to_json(data, indent=2, fallback=_plain, inf_nan_mode="null"))
        return
    from rich.text import Text

    for one in shown:
        console.print(one, soft_wrap=isinstance(one, str | Text))


def _plain(value: Any) -> Any:
    """Return a table as its rows, an array as lists, a number of NumPy as one of Python."""
    if hasattr(value, "to_dict"):
        return value.reset_index().to_dict("records")
    return value.tolist()

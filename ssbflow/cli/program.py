"""The program, and what its commands share: options, and where they print."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

WIDTH_OF_FILES = 200

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
)
# where nobody looks, tables are as wide as they need to be
console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH_OF_FILES)

SweepFile = Annotated[Path, typer.Argument(metavar="SWEEP.yaml", help="Sweep file, or a name: quickstart.")]
StoreArgument = Annotated[Path, typer.Argument(metavar="STORE", help="Store directory.")]
StoreOption = Annotated[Path, typer.Option("--store", help="Store directory, made if missing.")]
ClusterOption = Annotated[
    str,
    typer.Option(
        "--cluster", help="serial, local, a cluster file (FILE.yaml), a scheduler's address (tcp://…) or file (.json)."
    ),
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", help="Processes of a local cluster; jobs of a cluster file.")
]
LogOption = Annotated[
    Path | None, typer.Option("--log", metavar="FILE.jsonl", help="Append a line of JSON for each event.")
]
CubeOption = Annotated[str | None, typer.Option("--cube", help="PROTOCOL.ANALYSIS; the default cube if left out.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        from ssbflow import __version__

        typer.echo(f"ssbflow {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Find the solid-state battery electrode worth making."""


def warn(warnings: tuple[str, ...]) -> None:
    """Print what should be known before running."""
    for warning in warnings:
        console.print(f"[yellow]warning:[/] {warning}", soft_wrap=True)

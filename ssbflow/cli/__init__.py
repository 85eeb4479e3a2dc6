"""The command line: each command is a few lines over the library.

Exit codes: 0 all well, 1 some cases failed or something in a store is wrong, 2 bad input, 130 stopped by Ctrl-C.
"""

import sys

from rich.console import Console

from ssbflow.cli import sweeps, studies, stores, designs, pictures, reference  # isort: skip  # in the order of the help
from ssbflow.cli.program import app
from ssbflow.errors import InputError, SsbflowError

__all__ = ["app", "designs", "main", "pictures", "reference", "stores", "studies", "sweeps"]


def main() -> None:
    """Run the command line; an error of ssbflow is a line for each thing that is wrong, and exit code 2."""
    try:
        app()
    except SsbflowError as error:
        Console(stderr=True).print(f"[red]error:[/] {_text(error)}", soft_wrap=True, highlight=False)
        sys.exit(2)


def _text(error: SsbflowError) -> str:
    from rich.markup import escape

    # several mistakes in an input are told line by line; what another program said may be of any shape
    lines = str(error).split("\n") if isinstance(error, InputError) else [str(error)]
    return escape("\n".join(" ".join(line.split()) for line in lines))

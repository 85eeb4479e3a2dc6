"""Commands that make something to look at."""

from pathlib import Path
from typing import Annotated

import typer

from ssbflow.cli.answers import JsonOption, answer
from ssbflow.cli.program import CubeOption, StoreArgument, app


@app.command()
def report(
    store: StoreArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="REPORT.html", help="File to write.")],
    case: Annotated[
        str | None, typer.Option("--case", help="case_id of the packing to show in 3-D; the best one's if left out.")
    ] = None,
    cube: CubeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all that is known of a cube as one page for a browser, which needs no network."""
    from ssbflow.views.report.writing import report as write

    written = write(store, output, cube=cube, case=case)
    answer(as_json, {"written": written}, f"written to {written}: open it in a browser")

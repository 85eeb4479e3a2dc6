"""Commands that make something to look at."""

from pathlib import Path
from typing import Annotated

import typer

from ssbflow.cli.answers import JsonOption, answer
from ssbflow.cli.program import CubeOption, StoreArgument, app, console
from ssbflow.cli.running import interruption_told


@app.command(epilog="e.g. ssbflow report results/mine -o report.html --watch")
def report(
    store: StoreArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="REPORT.html", help="File to write.")],
    case: Annotated[
        str | None, typer.Option("--case", help="case_id of the packing to show in 3-D; the best one's if left out.")
    ] = None,
    cube: CubeOption = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Write it again until no case is pending; the browser follows.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write all that is known of a cube as one page for a browser, which needs no network."""
    from ssbflow.views.report.writing import live_report
    from ssbflow.views.report.writing import report as write

    if watch:
        with interruption_told():
            for pending in live_report(store, output, cube=cube, case=case):
                console.print(f"{output}: {pending} pending", soft_wrap=True)
    written = write(store, output, cube=cube, case=case)
    answer(as_json, {"written": written}, f"written to {written}: open it in a browser")

"""Commands that ask for designs one after another: search, target loop."""

from pathlib import Path
from typing import Annotated

import typer

from ssbflow.cli.program import ClusterOption, StoreOption, SweepFile, WorkersOption, app, console, warn
from ssbflow.cli.running import interruption_told


@app.command()
def search(
    search_file: Annotated[
        str, typer.Argument(metavar="SEARCH.yaml", help="Search file, or the name of a search in the store.")
    ],
    store: StoreOption,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
) -> None:
    """Look for the best design within ranges of composition and powders; run again to resume."""
    from ssbflow.design.search import search as look_for
    from ssbflow.design.search import stored_search
    from ssbflow.flow.clients import connected
    from ssbflow.flow.events import ProgressBar
    from ssbflow.inputs.search import load_search
    from ssbflow.inputs.yaml_file import YAML_SUFFIXES
    from ssbflow.views.tables import certainty, selection_table

    is_file = Path(search_file).suffix in YAML_SUFFIXES
    given = load_search(search_file) if is_file else stored_search(store, search_file)
    with interruption_told(), connected(cluster, workers, store=store) as client:
        found = look_for(given, store, client, callbacks=[ProgressBar(console)])
    console.print(selection_table(found.selection))
    for line in certainty(found.selection):
        console.print(line, soft_wrap=True)
    console.print(
        f"best of {found.asked} designs: [bold]{found.selection.best}[/]; its recipe: ssbflow recipe {store} --cube "
        f"{found.cube} --cathode {found.selection.best}",
        soft_wrap=True,
    )


@app.command()
def target(
    sweep: SweepFile,
    store: StoreOption,
    low: Annotated[float, typer.Option("--low", help="Least weight fraction of EAM, pressed and cropped.")] = 0.84,
    high: Annotated[float, typer.Option("--high", help="Largest one.")] = 0.86,
    most_iterations: Annotated[int, typer.Option("--most", help="Iterations for each design.")] = 8,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
) -> None:
    """Change what is mixed until the pressed electrode has the wanted composition; exit code 1 where it has not."""
    from ssbflow.design.target_loop import target_loop
    from ssbflow.flow.clients import connected
    from ssbflow.flow.events import ProgressBar
    from ssbflow.inputs.reading import load_sweep
    from ssbflow.views.study_tables import approaches_table

    loaded = load_sweep(sweep)
    warn(tuple(loaded.warnings()))
    with interruption_told(), connected(cluster, workers, sweeps=[loaded], store=store) as client:
        found = target_loop(
            loaded, store, client, window=(low, high), most_iterations=most_iterations,
            callbacks=[ProgressBar(console)],
        )  # fmt: skip
    console.print(approaches_table(found))
    for approach in found:
        console.print(f"{approach.design}: {approach.ended}", soft_wrap=True)
    if not all(approach.is_reached for approach in found):
        raise typer.Exit(1)

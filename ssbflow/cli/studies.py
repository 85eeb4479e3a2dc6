"""Commands that ask for designs one after another: search, target loop."""

from pathlib import Path
from typing import Annotated

import typer

from ssbflow.cli.answers import JsonOption, answer
from ssbflow.cli.program import ClusterOption, StoreOption, SweepFile, WorkersOption, app, console, warn
from ssbflow.cli.running import interruption_told


@app.command(epilog="e.g. ssbflow search search.yaml --store results/search")
def search(
    search_file: Annotated[
        str, typer.Argument(metavar="SEARCH.yaml", help="Search file, or the name of a search in the store.")
    ],
    store: StoreOption,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for the best design within ranges of composition and distribution; run again to resume."""
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
    best = found.selection.best
    answer(
        as_json, {"best": best, **vars(found)}, selection_table(found.selection), *certainty(found.selection),
        f"best of {found.asked} designs, {found.cases} cases: [bold]{best}[/]; its recipe: ssbflow recipe {store} "
        f"--cube {found.cube} --cathode {best}",
    )  # fmt: skip


@app.command(epilog="e.g. ssbflow target targets --store results/targets --low 0.84 --high 0.86")
def target(
    sweep: SweepFile,
    store: StoreOption,
    low: Annotated[float, typer.Option("--low", help="Least weight fraction of EAM, pressed and cropped.")] = 0.84,
    high: Annotated[float, typer.Option("--high", help="Largest one.")] = 0.86,
    most_iterations: Annotated[int, typer.Option("--most", help="Iterations for each design.")] = 8,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
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
    answer(as_json, found, approaches_table(found), *(f"{approach.design}: {approach.ended}" for approach in found))
    if not all(approach.is_reached for approach in found):
        raise typer.Exit(1)

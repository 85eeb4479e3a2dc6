"""Commands that end in a design: selection, recipe, calibration."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ssbflow.cli.answers import JsonOption, answer
from ssbflow.cli.program import ClusterOption, CubeOption, StoreArgument, StoreOption, WorkersOption, app, console, warn

if TYPE_CHECKING:
    from ssbflow.design.pellet import State


@app.command(
    epilog="e.g. ssbflow best results/mine --maximize specific_energy --where 'utilization > 0.9' --cell lithium_metal"
)
def best(
    store: StoreArgument,
    maximize: Annotated[str | None, typer.Option("--maximize", help="Cube variable, or arithmetic of them.")] = None,
    minimize: Annotated[str | None, typer.Option("--minimize", help="Cube variable, or arithmetic of them.")] = None,
    where: Annotated[str | None, typer.Option("--where", help="Condition, e.g. 'utilization > 0.9'.")] = None,
    pareto: Annotated[
        str | None, typer.Option("--pareto", help="Keep the front of these, e.g. 'utilization, -porosity'.")
    ] = None,
    cell: Annotated[
        str | None, typer.Option("--cell", help="Name in the catalog, or FILE.yaml: energies are of this cell.")
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Show too which inputs move the objective, over all designs.")
    ] = False,
    cube: CubeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the designs by an objective under a condition."""
    from ssbflow.design.expression import parse_expressions
    from ssbflow.design.selection import best as select
    from ssbflow.inputs.cell import load_cell
    from ssbflow.views.sensitivity_table import sensitivity_table
    from ssbflow.views.tables import certainty, recipe_command, selection_table

    several = [one.text for one in parse_expressions(pareto)] if pareto else []
    beside = load_cell(cell) if cell else None
    selection = select(
        store, maximize=maximize, minimize=minimize, where=where, pareto=several, cell=beside, cube=cube
    )  # fmt: skip
    moves = selection.sensitivity() if sensitivity else None
    answer(
        as_json, {"best": selection.best, "selection": selection, "sensitivity": moves}, selection_table(selection),
        *certainty(selection), *([sensitivity_table(moves)] if moves else []),
        f"best: [bold]{selection.best}[/]; its recipe: {recipe_command(store, selection)}",
    )  # fmt: skip


@app.command(epilog="e.g. ssbflow recipe results/mine --cathode CAM60/fine_se --area-cm2 2 -o card.md")
def recipe(
    store: StoreArgument,
    cathode: Annotated[str, typer.Option("--cathode", metavar="COMPOSITION/DISTRIBUTION", help="Design.")],
    anode: Annotated[
        str | None, typer.Option("--anode", metavar="COMPOSITION/DISTRIBUTION", help="Design to join with it.")
    ] = None,
    anode_store: Annotated[
        Path | None, typer.Option("--anode-store", help="Where the anode lies; the same store if left out.")
    ] = None,
    anode_cube: Annotated[str | None, typer.Option("--anode-cube", help="Cube that the anode lies in.")] = None,
    n_p_ratio: Annotated[
        float | None, typer.Option("--np", help="Capacity of the anode over that of the cathode; 1.1 if left out.")
    ] = None,
    cell: Annotated[
        str | None, typer.Option("--cell", help="Name in the catalog, or FILE.yaml: separator, collectors, casing.")
    ] = None,
    where: Annotated[
        str | None, typer.Option("--where", help="What is feasible: tells how far the powders may differ.")
    ] = None,
    anode_where: Annotated[str | None, typer.Option("--anode-where", help="The same of the anode.")] = None,
    batch_g: Annotated[float | None, typer.Option("--batch-g", help="Mass of cathode powder to mix (g).")] = None,
    area_cm2: Annotated[float | None, typer.Option("--area-cm2", help="Area of electrode to make (cm2).")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="CARD.md|.json", help="File for the cell card.")
    ] = None,
    cube: CubeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what to weigh, mix and press, what to expect of a design, and the cell it makes."""
    from ssbflow.design.recipe import recipe as write_recipe
    from ssbflow.inputs.cell import load_cell
    from ssbflow.views.card_files import check_card_file, write_card
    from ssbflow.views.card_tables import recipe_table

    if output is not None:
        check_card_file(output)
    written = write_recipe(
        store, cathode, anode=anode, anode_store=anode_store, anode_cube=anode_cube, n_p_ratio=n_p_ratio,
        cell=load_cell(cell) if cell else None, where=where, anode_where=anode_where, batch_g=batch_g,
        area_cm2=area_cm2, cube=cube,
    )  # fmt: skip
    answer(as_json, written, recipe_table(written))
    if output is not None:
        write_card(written, output)
        console.print(f"written to {output}", soft_wrap=True)


@app.command(epilog="e.g. ssbflow calibrate doux_2020 --store results/calibration -o protocol.yaml")
def calibrate(
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Name in the catalog, or FILE.yaml.")],
    store: StoreOption,
    state: Annotated[
        str, typer.Option("--state", help="In which the porosity was measured: loaded or released.")
    ] = "loaded",
    seeds: Annotated[int, typer.Option("--seeds", help="At each stiffness.")] = 4,
    tolerance: Annotated[float, typer.Option("--tolerance", help="Of the simulated porosity.")] = 0.002,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File for the protocol's fields.")] = None,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the stiffness that gives a simulated pellet the measured porosity; done cases are not repeated."""
    from rich.text import Text

    from ssbflow.design.calibration import calibrate as find_scale
    from ssbflow.flow.clients import connected
    from ssbflow.flow.events import ProgressBar
    from ssbflow.inputs.experiment import load_experiment
    from ssbflow.views.tables import calibration_table

    pellet, checked_there = load_experiment(experiment), cast("State", state)
    warn(tuple(pellet.design.warnings()))
    with connected(cluster, workers) as client:
        found = find_scale(
            pellet, store, client, state=checked_there, seeds=seeds, tolerance=tolerance,
            callbacks=[ProgressBar(console)],
        )  # fmt: skip
    answer(
        as_json, found, calibration_table(found), *map(str, found.readings),
        f"stiffness_scale: {found.uncertainty()}\n", Text(found.snippet()),
    )  # fmt: skip
    if output is not None:
        found.write_snippet(output)
        console.print(f"written to {output}", soft_wrap=True)

"""A worked study: from two stores of electrodes to the card of a cell; a quarter of an hour on two cores.

python pipelines/design_study.py [--results FOLDER] [--docs FOLDER]

A store of cathodes, the same by a race and by a search, a Pareto front, a store of anodes, the two joined to a cell.
Cases that are done are not repeated.
"""

from pathlib import Path
from typing import Annotated

import typer
from distributed import Client
from rich.console import Console

import ssbflow
from ssbflow.flow.clients import connected
from ssbflow.flow.events import ProgressBar
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import stored_sweeps
from ssbflow.views.card_files import write_card
from study_parts.found import Study
from study_parts.fresh import judged
from study_parts.page import page
from study_parts.pictures import draw_search

ROOT = Path(__file__).parents[1]
CATALOGS = ROOT / "catalogs"
OBJECTIVE = "specific_energy"
CELL = "lithium_metal"
LITTLE_LOSS = "-height / conductivity_ionic_effective"  # of the ions' way through the electrode, per current
FEASIBLE = "utilization > 0.8"
RACE_SEEDS = tuple(range(1, 13))
ANODE_OBJECTIVE = "eam_wt_final * eam_capacity * utilization"
ANODE_WHERE = "utilization > 0.9 and eam_wt > 0.4"  # with less, the layer is thinner than a few of its particles
N_P_RATIO = 1.1
console = Console()


def main(
    results: Annotated[Path, typer.Option(help="Folder of the stores and of the card.")] = Path("results/design_study"),
    docs: Annotated[Path, typer.Option(help="Folder of the page.")] = ROOT / "docs",
) -> None:
    """Run the study and write its page."""
    with connected("local") as client:
        study = studied(results, client)
    for ending in ("md", "json"):
        write_card(study.recipe, results / f"card.{ending}")
    images = docs / "images"
    images.mkdir(parents=True, exist_ok=True)
    cube, cell = ssbflow.open_cube(results / "cathodes"), ssbflow.load_cell(CELL)
    ssbflow.plot.save(ssbflow.plot.curve(cube, OBJECTIVE, cell=cell), images / "design_study_grid.png")
    front = ssbflow.plot.pareto(cube, LITTLE_LOSS, OBJECTIVE, cell=cell)
    ssbflow.plot.save(front, images / "design_study_front.png")
    draw_search(study.grid, study.search, images / "design_study_search.png")
    (docs / "design_study.md").write_text(page(study, (results / "card.md").read_text("utf-8")), encoding="utf-8")
    console.print(f"written: {docs / 'design_study.md'}, {results / 'card.json'}", soft_wrap=True)


def studied(results: Path, client: Client) -> Study:
    """Compute all that is missing, and choose."""
    watching, cell = [ProgressBar(console)], ssbflow.load_cell(CELL)
    cathodes = ssbflow.load_sweep(CATALOGS / "sweeps" / "cathode_study.yaml")
    anodes = ssbflow.load_sweep(CATALOGS / "sweeps" / "anode.yaml")
    search = ssbflow.load_search(CATALOGS / "searches" / "cathode_study.yaml")
    stores = {name: results / name for name in ("cathodes", "race", "search", "fresh", "anodes")}

    console.rule("the full factorial")
    summary = ssbflow.run(cathodes, stores["cathodes"], client, callbacks=watching)
    grid = ssbflow.best(stores["cathodes"], maximize=OBJECTIVE, cell=cell)
    front = ssbflow.best(stores["cathodes"], maximize=OBJECTIVE, pareto=[OBJECTIVE, LITTLE_LOSS], cell=cell)

    console.rule("a race, with up to twelve seeds")
    raced = ssbflow.race(
        cathodes.replace(seeds=RACE_SEEDS), stores["race"], client, maximize=OBJECTIVE, cell=cell, callbacks=watching
    )
    console.print(str(raced), soft_wrap=True)

    console.rule("a search, with half of the cases")
    searched = ssbflow.search(search, stores["search"], client, callbacks=watching)

    console.rule("both picks, by fresh seeds")
    picks = {grid.best: [cathodes], searched.selection.best: stored_sweeps(Store(stores["search"]), search.name)}
    fresh = judged(picks, stores["fresh"], client, maximize=OBJECTIVE, cell=cell, callbacks=watching)

    console.rule("anodes, and the cell")
    ssbflow.run(anodes, stores["anodes"], client, callbacks=watching)
    chosen = ssbflow.best(stores["anodes"], maximize=ANODE_OBJECTIVE, where=ANODE_WHERE)
    recipe = ssbflow.recipe(
        stores["cathodes"], grid.best, where=FEASIBLE,
        anode=chosen.best, anode_store=stores["anodes"], n_p_ratio=N_P_RATIO,
    )  # fmt: skip
    return Study(
        grid=grid,
        front=front,
        grid_cases=summary.total,
        race=raced,
        search=searched,
        fresh=fresh,
        anodes=chosen,
        recipe=recipe,
    )


if __name__ == "__main__":
    typer.run(main)

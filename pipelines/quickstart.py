"""A first sweep: twelve small cases, the best design, the recipe to make it.

python pipelines/quickstart.py [STORE]
"""

import sys
from pathlib import Path

from rich.console import Console

import ssbflow
from ssbflow.flow.clients import connected
from ssbflow.flow.events import ProgressBar
from ssbflow.views.card_tables import recipe_table
from ssbflow.views.cross_section import draw_case
from ssbflow.views.tables import plan_table, selection_table

SWEEP = Path(__file__).parents[1] / "catalogs" / "sweeps" / "quickstart.yaml"
LEAST_UTILIZATION = 0.9


def main(store: Path) -> None:
    console = Console()
    sweep = ssbflow.load_sweep(SWEEP)
    console.print(plan_table(sweep.name, ssbflow.plan(sweep, store)))
    with connected("local") as client:
        console.print(f"dashboard: {client.dashboard_link}")
        summary = ssbflow.run(sweep, store, client, callbacks=[ProgressBar(console)])
    console.print(f"{summary.ok} ok, {summary.failed} failed; cube: {store}/cube.zarr")

    # The published selection: the shortest paths for the ions among designs that use nearly all of their EAM.
    where = f"utilization > {LEAST_UTILIZATION}"
    selection = ssbflow.best(store, minimize="tortuosity_geodesic_median", where=where)
    console.print(selection_table(selection))
    console.print(recipe_table(ssbflow.recipe(store, selection.best)))

    composition, distribution = selection.best.split("/")
    case_id = (
        ssbflow.open_cube(store)["case_id"].sel(composition=composition, distribution=distribution)[0].compute().item()
    )
    console.print(f"picture: {draw_case(store, case_id, store.with_suffix('.png'))}")
    sys.exit(1 if summary.failed else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results/quickstart"))

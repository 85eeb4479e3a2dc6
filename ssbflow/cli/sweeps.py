"""Commands that plan and compute sweeps."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ssbflow.cli.adaptive import Wishes
from ssbflow.cli.answers import JsonOption, answer
from ssbflow.cli.program import (
    ClusterOption,
    CubeOption,
    LogOption,
    StoreArgument,
    StoreOption,
    SweepFile,
    WorkersOption,
    app,
    warn,
)
from ssbflow.cli.running import compute, interruption_told, run_all, watch_status


@app.command(epilog="e.g. ssbflow plan quickstart --store results/quickstart")
def plan(
    sweep: SweepFile,
    store: Annotated[Path | None, typer.Option("--store", help="Count what is done there.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show cases, done already, particles, core-hours, disk; refuse what cannot work."""
    from ssbflow.flow.planning import plan as make_plan
    from ssbflow.inputs.reading import load_sweep
    from ssbflow.views.tables import plan_table

    loaded = load_sweep(sweep)
    made = make_plan(loaded, store)
    answer(as_json, made, plan_table(loaded.name, made))
    warn(made.warnings)


@app.command(
    epilog="e.g. ssbflow run sweep.yaml --store results/mine --cluster slurm.yaml --until 'ci95(utilization) < 0.01'"
)
def run(
    sweep: SweepFile,
    store: StoreOption,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
    log: LogOption = None,
    until: Annotated[
        str | None,
        typer.Option("--until", help="Seeds only for designs that do not fulfil it, e.g. 'ci95(utilization) < 0.01'."),
    ] = None,
    race: Annotated[
        bool, typer.Option("--race", help="Seeds only for designs that may be the best of the whole sweep.")
    ] = False,
    maximize: Annotated[str | None, typer.Option("--maximize", help="With --race: as of best.")] = None,
    minimize: Annotated[str | None, typer.Option("--minimize", help="With --race: as of best.")] = None,
    where: Annotated[str | None, typer.Option("--where", help="With --race: as of best.")] = None,
    within: Annotated[
        float | None, typer.Option("--within", help="With --race: designs no more than this better leave too.")
    ] = None,
    cell: Annotated[str | None, typer.Option("--cell", help="Energies are of this cell, as of best.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute what a sweep still lacks and publish its cube; run again to resume.

    Ctrl-C begins no more cases and waits for those that run; twice, it does not wait.
    """
    from ssbflow.inputs.reading import load_sweep

    wishes = Wishes(until, race, maximize, minimize, where, within, cell)
    wishes.check()
    loaded = load_sweep(sweep)
    warn(tuple(loaded.warnings()))
    adaptive = wishes.run(loaded, store)
    if adaptive is None:
        run_all([loaded], store, cluster, workers, retry=False, log=log, as_json=as_json)
    else:
        compute([adaptive], store, cluster, workers, [loaded], log, as_json=as_json)


@app.command(epilog="e.g. ssbflow retry results/mine")
def retry(
    store: StoreArgument, cluster: ClusterOption = "local", workers: WorkersOption = None, as_json: JsonOption = False
) -> None:
    """Compute the failed cases of a store again."""
    from ssbflow.store.layout import Store
    from ssbflow.store.sweeps import stored_sweeps

    run_all(stored_sweeps(Store(store)), store, cluster, workers, retry=True, as_json=as_json)


@app.command(epilog="e.g. ssbflow remeasure results/mine --overlap-criterion 1.02")
def remeasure(
    store: StoreArgument,
    overlap_criterion: Annotated[
        float | None, typer.Option("--overlap-criterion", help="c of connected: sum of radii ≥ c × distance.")
    ] = None,
    surface_cutoff_um: Annotated[
        float | None, typer.Option("--surface-cutoff-um", help="Reach of top and floor where paths start and end (µm).")
    ] = None,
    contact_radius: Annotated[str | None, typer.Option("--contact-radius", help="geometric or hertz.")] = None,
    bulk_resistance: Annotated[
        bool | None,
        typer.Option("--bulk-resistance/--no-bulk-resistance", help="Whether particles resist beside their contacts."),
    ] = None,
    label: Annotated[
        str | None, typer.Option("--label", help="Of the new analysis; made of the options if left out.")
    ] = None,
    cube: CubeOption = None,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the stored cases of a cube again, with another analysis, into a cube of their own; no LAMMPS."""
    from ssbflow.flow.remeasure import remeasure as measure_again
    from ssbflow.store.layout import Store
    from ssbflow.store.publish import stored_grid

    criteria = {
        "overlap_criterion": overlap_criterion,
        "surface_cutoff_um": surface_cutoff_um,
        "contact_radius": contact_radius,
        "bulk_resistance": bulk_resistance,
    }
    given = {name: value for name, value in criteria.items() if value is not None}
    analysis = stored_grid(Store(store), cube).analysis.changed(label, **given)
    compute([partial(measure_again, store, analysis, cube=cube)], store, cluster, workers, as_json=as_json)


@app.command(epilog="e.g. ssbflow status results/mine --watch")
def status(
    store: StoreArgument,
    watch: Annotated[bool, typer.Option("--watch", help="Look again and again until no case is pending.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show ok, failed and pending cases of every design, the rate and the time left."""
    from ssbflow.flow.status import status as read_status
    from ssbflow.views.tables import status_table

    if watch:
        with interruption_told():
            watch_status(store)
    cubes = read_status(store)
    told = [asdict(cube) | {"counts": cube.counts, "minutes_left": cube.minutes_left} for cube in cubes]
    answer(as_json, told, *(() if watch else map(status_table, cubes)))


@app.command(epilog="e.g. ssbflow publish results/mine --tag before-review")
def publish(
    store: StoreArgument,
    tag: Annotated[str | None, typer.Option("--tag", help="Keep this version of the default cube by name.")] = None,
    default: Annotated[str | None, typer.Option("--default", help="Cube that cube.zarr shall name.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Publish the cubes from the records that are there."""
    from ssbflow.store.layout import Store
    from ssbflow.store.publish import publish as publish_cubes

    versions = publish_cubes(Store(store), default=default, tag=tag)
    answer(as_json, versions, *(f"{name}: {version}" for name, version in versions.items()))

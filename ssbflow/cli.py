"""The command line: each command is a few lines over the library.

Exit codes: 0 all well, 1 some cases failed or something in a store is wrong, 2 bad input, 130 stopped by Ctrl-C.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console

from ssbflow.errors import SsbflowError

if TYPE_CHECKING:
    from ssbflow.design.pellet import State
    from ssbflow.flow.batch import RunSummary
    from ssbflow.inputs.sweep import Sweep

app = typer.Typer(
    help="Find the solid-state battery electrode worth making.", no_args_is_help=True, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
console = Console()

SweepFile = Annotated[Path, typer.Argument(metavar="SWEEP.yaml", help="Sweep file.")]
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


@app.command()
def plan(
    sweep: SweepFile, store: Annotated[Path | None, typer.Option("--store", help="Count what is done there.")] = None
) -> None:
    """Show cases, done already, particles, core-hours, disk; refuse what cannot work."""
    from ssbflow.flow.planning import plan as make_plan
    from ssbflow.inputs.reading import load_sweep
    from ssbflow.views.tables import plan_table

    loaded = load_sweep(sweep)
    made = make_plan(loaded, store)
    console.print(plan_table(loaded.name, made))
    _warn(made.warnings)


@app.command()
def run(
    sweep: SweepFile,
    store: StoreOption,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
    log: LogOption = None,
) -> None:
    """Compute what a sweep still lacks and publish its cube; run again to resume.

    Ctrl-C begins no more cases and waits for those that run; twice, it does not wait.
    """
    from ssbflow.inputs.reading import load_sweep

    loaded = load_sweep(sweep)
    _warn(tuple(loaded.warnings()))
    _run_all([loaded], store, cluster, workers, retry=False, log=log)


@app.command()
def retry(store: StoreArgument, cluster: ClusterOption = "local", workers: WorkersOption = None) -> None:
    """Compute the failed cases of a store again."""
    from ssbflow.store.layout import Store
    from ssbflow.store.sweeps import stored_sweeps

    _run_all(stored_sweeps(Store(store)), store, cluster, workers, retry=True)


@app.command()
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
) -> None:
    """Measure the stored cases of a cube again, with other criteria, into a cube of their own; no LAMMPS."""
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
    _compute([partial(measure_again, store, analysis, cube=cube)], store, cluster, workers)


@app.command()
def status(store: StoreArgument) -> None:
    """Show ok, failed and pending cases of every design, the rate and the time left."""
    from ssbflow.flow.status import status as read_status
    from ssbflow.views.tables import status_table

    for cube in read_status(store):
        console.print(status_table(cube))


@app.command()
def publish(
    store: StoreArgument,
    tag: Annotated[str | None, typer.Option("--tag", help="Keep this version of the default cube by name.")] = None,
    default: Annotated[str | None, typer.Option("--default", help="Cube that cube.zarr shall name.")] = None,
) -> None:
    """Publish the cubes from the records that are there."""
    from ssbflow.store.layout import Store
    from ssbflow.store.publish import publish as publish_cubes

    for name, version in publish_cubes(Store(store), default=default, tag=tag).items():
        console.print(f"{name}: {version}", soft_wrap=True)


@app.command()
def check(
    store: StoreArgument,
    repair: Annotated[bool, typer.Option("--repair", help="Heal what is wrong; nothing is deleted.")] = False,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
) -> None:
    """Compare everything in a store with what was written; with --repair, put damaged files aside and make them anew.

    Exit code 0 if all is well (or healed), 1 if something is wrong; a cube that waits to be published is not.
    """
    from ssbflow.store.check import check as find
    from ssbflow.store.layout import Store
    from ssbflow.views.check_tables import findings_table

    root = store.resolve()
    findings = find(Store(root))
    if repair and findings:
        _repair(root, cluster, workers)
        return
    if findings:
        console.print(findings_table(root, findings, f"{len(findings)} findings; heal: ssbflow check STORE --repair"))
    else:
        console.print("all is as it was written")
    if any(finding.is_wrong for finding in findings):
        raise typer.Exit(1)


@app.command()
def migrate(store: StoreArgument) -> None:
    """Bring a store of an older ssbflow to today's schema, in place."""
    from rich.progress import track

    from ssbflow.store.layout import SCHEMA_VERSION, Store
    from ssbflow.store.migration import migrate as bring_up

    done = bring_up(Store(store), lambda steps, what, total: track(steps, what, total, console=console))
    if done.was == SCHEMA_VERSION:
        console.print(f"{store} has schema version {SCHEMA_VERSION} already: nothing to do", soft_wrap=True)
        return
    console.print(
        f"{store}: from schema version {done.was} to {SCHEMA_VERSION}; {done.records} records, of which "
        f"{done.unreadable} damaged; now: ssbflow check {store}",
        soft_wrap=True,
    )


@app.command()
def best(
    store: StoreArgument,
    maximize: Annotated[str | None, typer.Option("--maximize", help="Cube variable.")] = None,
    minimize: Annotated[str | None, typer.Option("--minimize", help="Cube variable.")] = None,
    where: Annotated[str | None, typer.Option("--where", help="Condition, e.g. 'utilization > 0.9'.")] = None,
    cube: CubeOption = None,
) -> None:
    """Rank the designs by an objective under a condition."""
    from ssbflow.design.selection import best as select
    from ssbflow.views.tables import selection_table

    selection = select(store, maximize=maximize, minimize=minimize, where=where, cube=cube)
    console.print(selection_table(selection))
    console.print(
        f"best: [bold]{selection.best}[/]; its recipe: ssbflow recipe {store} --cathode {selection.best}",
        soft_wrap=True,
    )


@app.command()
def recipe(
    store: StoreArgument,
    cathode: Annotated[str, typer.Option("--cathode", metavar="COMPOSITION/DISTRIBUTION", help="Design.")],
    batch_g: Annotated[float | None, typer.Option("--batch-g", help="Mass of powder to mix (g).")] = None,
    area_cm2: Annotated[float | None, typer.Option("--area-cm2", help="Area of electrode to make (cm2).")] = None,
    cube: CubeOption = None,
) -> None:
    """Show what to weigh, how to press, and what to expect of a design."""
    from ssbflow.design.recipe import recipe as write_recipe
    from ssbflow.views.tables import recipe_table

    console.print(recipe_table(write_recipe(store, cathode, batch_g=batch_g, area_cm2=area_cm2, cube=cube)))


@app.command()
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
) -> None:
    """Find the stiffness that gives a simulated pellet the measured porosity; done simulations are not repeated."""
    from ssbflow.design.calibration import calibrate as find_scale
    from ssbflow.flow.clients import connected
    from ssbflow.flow.events import ProgressBar
    from ssbflow.inputs.experiment import load_experiment
    from ssbflow.views.tables import calibration_table

    pellet, checked_there = load_experiment(experiment), cast("State", state)
    _warn(tuple(pellet.design.warnings()))
    with connected(cluster, workers) as client:
        found = find_scale(
            pellet, store, client, state=checked_there, seeds=seeds, tolerance=tolerance,
            callbacks=[ProgressBar(console)],
        )  # fmt: skip
    console.print(calibration_table(found))
    for reading in found.readings:
        console.print(str(reading), soft_wrap=True)
    console.print(f"stiffness_scale: {found.uncertainty()}\n", soft_wrap=True)
    typer.echo(found.snippet())
    if output is not None:
        found.write_snippet(output)
        console.print(f"written to {output}", soft_wrap=True)


@app.command()
def export(
    store: StoreArgument,
    case: Annotated[str, typer.Argument(metavar="CASE", help="case_id, from the cube.")],
    folder: Annotated[Path, typer.Option("-o", "--output", help="Folder to write to, made if missing.")],
    format_: Annotated[
        str,
        typer.Option("--format", help="lammps: the two files of the press, to run by hand. voxels: labels on a grid."),
    ] = "lammps",
    spacing_um: Annotated[float, typer.Option("--spacing-um", help="Edge of a voxel (um).")] = 0.2,
    file_type: Annotated[str, typer.Option("--as", help="Of voxels: tiff or zarr.")] = "tiff",
) -> None:
    """Write a case for another program."""
    from ssbflow.errors import InputError
    from ssbflow.views.exports import export_lammps
    from ssbflow.views.voxel_files import export_voxels

    if format_ == "lammps":
        console.print(f"written to {export_lammps(store, case, folder)}; run there: lmp -in press.in", soft_wrap=True)
    elif format_ == "voxels":
        written = export_voxels(store, case, folder, spacing_um, file_type)
        console.print(f"written to {written}: 0 pore, 1 SE, 2 EAM", soft_wrap=True)
    else:
        raise InputError(f"unknown format {format_!r}; allowed: lammps, voxels")


@app.command()
def variables(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page for the documentation.")] = False,
) -> None:
    """List the variables of a cube: names, units, meanings."""
    from ssbflow.views.variable_list import variables_markdown, variables_table

    if markdown:
        typer.echo(variables_markdown(), nl=False)
    else:
        console.print(variables_table())


@app.command()
def schema() -> None:
    """Print what lies where in a store, as a page for the documentation."""
    from ssbflow.views.schema_page import schema_markdown

    typer.echo(schema_markdown(), nl=False)


@app.command()
def doctor(
    cluster: ClusterOption = "serial",
    store: Annotated[Path | None, typer.Option("--store", help="That the workers must see.")] = None,
) -> None:
    """Look whether LAMMPS is there, which one, and whether a worker starts and computes a case; show the job script."""
    from ssbflow.flow.doctor import examine

    well = True
    for finding in examine(cluster, store):
        mark = "[green]ok[/]     " if finding.well else "[red]missing[/]"
        console.print(f"{mark} {finding.what}: ", end="")
        console.print(finding.seen, soft_wrap=True, markup=False)
        well = well and finding.well
    if not well:
        raise typer.Exit(2)


def main() -> None:
    """Run the command line; an error of ssbflow is one line and exit code 2."""
    try:
        app()
    except SsbflowError as error:
        Console(stderr=True).print(f"[red]error:[/] {_one_line(error)}", soft_wrap=True, highlight=False)
        sys.exit(2)


def _one_line(error: SsbflowError) -> str:
    from rich.markup import escape

    return escape(" ".join(str(error).split()))


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        console.print(f"[yellow]warning:[/] {warning}", soft_wrap=True)


@contextmanager
def _interruption_told() -> Iterator[None]:
    """Say in a line what Ctrl-C means for the store; exit code 130, as of a shell."""
    try:
        yield
    except KeyboardInterrupt:
        console.print("stopped; what was computed is in the store: run the same again to go on", soft_wrap=True)
        raise typer.Exit(130) from None


def _run_all(
    sweeps: "list[Sweep]", store: Path, cluster: str, workers: int | None, *, retry: bool, log: Path | None = None
) -> None:
    from ssbflow.flow.runner import run as run_sweep

    runs: list[Callable[..., RunSummary]] = [partial(run_sweep, sweep, store, retry=retry) for sweep in sweeps]
    _compute(runs, store, cluster, workers, sweeps, log)


def _repair(store: Path, cluster: str, workers: int | None) -> None:
    """Heal a store and tell what was done; exit code 1 if something is lost or wrong still."""
    from ssbflow.flow.clients import connected
    from ssbflow.flow.events import ProgressBar
    from ssbflow.flow.repair import repair
    from ssbflow.views.check_tables import findings_table

    with _interruption_told(), connected(cluster, workers, store=store) as client:
        done = repair(store, client, [ProgressBar(console)])
    told = {"healed": done.healed, "cannot be made again": done.lost, "wrong still": done.remaining}
    for title, findings in told.items():
        if findings:
            console.print(findings_table(store, findings, f"{len(findings)} {title}"))
    console.print(f"what was put aside lies in {done.quarantine}", soft_wrap=True)
    if not done.is_whole:
        raise typer.Exit(1)


def _compute(
    runs: "list[Callable[..., RunSummary]]", store: Path, cluster: str, workers: int | None,
    sweeps: "Sequence[Sweep]" = (), log: Path | None = None,
) -> None:  # fmt: skip
    """Start runs that lack only client and callbacks, tell how they ended; exit code 1 if cases failed."""
    from ssbflow.flow.clients import connected
    from ssbflow.flow.event_log import EventLog
    from ssbflow.flow.events import Callback, ProgressBar
    from ssbflow.views.tables import failures_table

    summaries = []
    with _interruption_told(), ExitStack() as opened:
        watching: list[Callback] = [ProgressBar(console)]
        if log is not None:
            watching.append(opened.enter_context(EventLog(log)))
        client = opened.enter_context(connected(cluster, workers, sweeps=sweeps, store=store))
        if client is not None:
            console.print(f"dashboard: {client.dashboard_link}", soft_wrap=True)
        for start in runs:
            summaries.append(start(client=client, callbacks=watching))
    for summary in summaries:
        pending = f", {summary.pending} not simulated yet" if summary.pending else ""
        console.print(
            f"{summary.cube}: {summary.ok} ok, {summary.failed} failed{pending}; {summary.computed} computed now in "
            f"{summary.wall_time_s:.0f} s, {summary.skipped} done before; cube: {summary.cube_link}",
            soft_wrap=True,
        )
        if summary.failures:
            console.print(failures_table(summary))
    if any(summary.failed for summary in summaries):
        raise typer.Exit(1)

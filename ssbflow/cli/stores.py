"""Commands that look after a store and its cases."""

from pathlib import Path
from typing import Annotated

import typer

from ssbflow.cli.answers import JsonOption, answer
from ssbflow.cli.program import ClusterOption, StoreArgument, WorkersOption, app, console
from ssbflow.cli.running import interruption_told


@app.command(epilog="e.g. ssbflow check results/mine --repair")
def check(
    store: StoreArgument,
    repair: Annotated[bool, typer.Option("--repair", help="Heal what is wrong; nothing is deleted.")] = False,
    cluster: ClusterOption = "local",
    workers: WorkersOption = None,
    as_json: JsonOption = False,
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
        _repair(root, cluster, workers, as_json)
        return
    heal = f"{len(findings)} findings; heal: ssbflow check STORE --repair"
    answer(as_json, findings, findings_table(root, findings, heal) if findings else "all is as it was written")
    if any(finding.is_wrong for finding in findings):
        raise typer.Exit(1)


@app.command(epilog="e.g. ssbflow migrate results/mine")
def migrate(store: StoreArgument, as_json: JsonOption = False) -> None:
    """Bring a store of an older ssbflow to today's schema, in place."""
    from rich.progress import track

    from ssbflow.store.layout import SCHEMA_VERSION, Store
    from ssbflow.store.migration import migrate as bring_up

    done = bring_up(Store(store), lambda steps, what, total: track(steps, what, total, console=console))
    told = f"{store} has schema version {SCHEMA_VERSION} already: nothing to do"
    if done.was != SCHEMA_VERSION:
        told = (
            f"{store}: from schema version {done.was} to {SCHEMA_VERSION}; {done.records} records, of which "
            f"{done.unreadable} damaged; now: ssbflow check {store}"
        )
    answer(as_json, done, told)


@app.command(epilog="e.g. ssbflow export results/mine CASE --format vtk -o exported")
def export(
    store: StoreArgument,
    case: Annotated[str, typer.Argument(metavar="CASE", help="case_id, from the cube.")],
    folder: Annotated[Path, typer.Option("-o", "--output", help="Folder to write to, made if missing.")],
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            help="dump: the way of the press, for OVITO. vtk: the pressed packing, for ParaView. "
            "voxels: labels on a grid. pybamm: parameters of the electrode. "
            "lammps: the files of the press, to run by hand.",
        ),
    ] = "dump",
    normalised: Annotated[bool, typer.Option("--normalised", help="Of a dump: coordinates from 0 to 1.")] = False,
    spacing_um: Annotated[float, typer.Option("--spacing-um", help="Edge of a voxel (um).")] = 0.2,
    file_type: Annotated[str, typer.Option("--as", help="Of voxels: tiff or zarr.")] = "tiff",
    as_json: JsonOption = False,
) -> None:
    """Write a case for another program."""
    from ssbflow.errors import InputError
    from ssbflow.views.dump_file import export_dump
    from ssbflow.views.exports import export_lammps
    from ssbflow.views.pybamm_file import export_pybamm
    from ssbflow.views.voxel_files import export_voxels
    from ssbflow.views.vtk_file import export_vtk

    match format_:
        case "dump":
            written, told = export_dump(store, case, folder, normalised=normalised), ": open it with OVITO"
        case "vtk":
            written = export_vtk(store, case, folder)
            told = ": open it with ParaView, show spheres as glyphs scaled by radius"
        case "voxels":
            written, told = export_voxels(store, case, folder, spacing_um, file_type), ": 0 pore, 1 SE, 2 EAM"
        case "pybamm":
            written, told = export_pybamm(store, case, folder), ", for a pybamm.ParameterValues"
        case "lammps":
            written, told = export_lammps(store, case, folder), "; run there: lmp -in press.in"
        case _:
            raise InputError(f"unknown format {format_!r}; allowed: dump, vtk, voxels, pybamm, lammps")
    answer(as_json, {"written": written}, f"written to {written}{told}")


def _repair(store: Path, cluster: str, workers: int | None, as_json: bool) -> None:
    """Heal a store and tell what was done; exit code 1 if something is lost or wrong still."""
    from ssbflow.flow.clients import connected
    from ssbflow.flow.events import ProgressBar
    from ssbflow.flow.repair import repair
    from ssbflow.views.check_tables import findings_table

    with interruption_told(), connected(cluster, workers, store=store) as client:
        done = repair(store, client, [ProgressBar(console)])
    told = {"healed": done.healed, "cannot be made again": done.lost, "wrong still": done.remaining}
    tables = (findings_table(store, found, f"{len(found)} {title}") for title, found in told.items() if found)
    answer(as_json, done, *tables, f"what was put aside lies in {done.quarantine}")
    if not done.is_whole:
        raise typer.Exit(1)

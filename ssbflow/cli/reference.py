"""Commands that tell what there is: names of the cube, files of a store, the machine."""

from pathlib import Path
from typing import Annotated

import typer

from ssbflow.cli.program import ClusterOption, app, console


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

"""Commands that tell what there is: names of the cube, files of a store, the machine."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ssbflow.cli.answers import JsonOption, answer
from ssbflow.cli.program import ClusterOption, app, console


@app.command(epilog="e.g. ssbflow variables --json")
def variables(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page for the documentation.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the variables of a cube: names, units, meanings."""
    from ssbflow.store.cube import VARIABLES
    from ssbflow.views.variable_list import variables_markdown, variables_table

    if markdown:
        typer.echo(variables_markdown(), nl=False)
    else:
        answer(as_json, VARIABLES, variables_table())


@app.command(epilog="e.g. ssbflow schema sweep > sweep.schema.json")
def schema(
    of: Annotated[
        str, typer.Argument(metavar="[OF]", help="store, or a file: sweep, search, cluster, night, materials, cells.")
    ] = "store",
) -> None:
    """Print what lies where in a store, as a page; of a file that people write, its JSON schema, for editors."""
    from ssbflow.inputs.json_schema import json_schema
    from ssbflow.views.schema_page import schema_markdown

    typer.echo(schema_markdown() if of == "store" else json.dumps(json_schema(of), indent=1) + "\n", nl=False)


@app.command(epilog="e.g. ssbflow doctor --cluster slurm.yaml --store results/mine")
def doctor(
    cluster: ClusterOption = "serial",
    store: Annotated[Path | None, typer.Option("--store", help="That the workers must see.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Look whether LAMMPS is there, which one, and whether a worker starts and computes a case; show the job script."""
    from ssbflow.flow.doctor import examine

    found = []
    for finding in examine(cluster, store):
        found.append(finding)
        mark = "[green]ok[/]     " if finding.well else "[red]missing[/]"
        console.print(f"{mark} {finding.what}: ", end="")
        console.print(finding.seen, soft_wrap=True, markup=False)
    answer(as_json, found)
    if not all(finding.well for finding in found):
        raise typer.Exit(2)

"""Write the regression set of the tests anew: after a change of physics or measures, with its version raised.

python pipelines/regression_set.py

Refused where numbers changed although the identities of their cases, and with them the versions, did not.
"""

import typer
from rich.console import Console

from evidence.regression import STORED, RegressionSet, objections

console = Console()


def main() -> None:
    """Simulate the twelve cases and store their numbers, if they may differ from the stored ones."""
    now = RegressionSet.computed()
    found = objections(RegressionSet.read(), now) if STORED.is_file() else []
    for objection in found:
        console.print(str(objection), soft_wrap=True)
    if found:
        console.print("not written: the physics changed under the same identity; raise PHYSICS_VERSION or, if only")
        console.print("what is measured changed, MEASURE_VERSION in ssbflow/inputs/identity.py, then again")
        raise typer.Exit(1)
    now.write()
    console.print(f"written: {STORED}", soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)

"""The variables of a cube as lists for people, from the declarations alone."""

from rich.table import Table

from ssbflow.store.cube import VARIABLES

MARKDOWN_HEAD = """\
# Variables of a cube

Written by `ssbflow variables --markdown`; a test holds it to the code. Fields of the analysis stand in braces. Every
variable lies on composition × distribution × seed and is NaN where it does not exist.

| name | unit | meaning |
|---|---|---|
"""


def variables_table() -> Table:
    """Return names, units and meanings for the terminal."""
    table = Table("name", "unit", "meaning")
    for variable in VARIABLES:
        table.add_row(variable.name, variable.units, _meaning(variable.long_name, variable.comment))
    return table


def variables_markdown() -> str:
    """Return the same as a page of the documentation."""
    rows = (f"| `{v.name}` | {v.units} | {_meaning(v.long_name, v.comment)} |\n" for v in VARIABLES)
    return MARKDOWN_HEAD + "".join(rows)


def _meaning(long_name: str, comment: str) -> str:
    return f"{long_name} ({comment})" if comment else long_name

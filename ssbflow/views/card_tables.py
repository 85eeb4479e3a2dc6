"""A cell card on the terminal."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ssbflow.design.card import Recipe
from ssbflow.views.card_sections import Section, card_sections, title_of


def recipe_table(recipe: Recipe) -> Group:
    """What to weigh, how to press, what to expect, and the cell it makes."""
    return Group(Text(f"recipe of {title_of(recipe)}", style="bold"), *_renderings(recipe))


def _renderings(recipe: Recipe) -> Iterator[RenderableType]:
    for section in card_sections(recipe):
        yield Text(f"\n{section.title}", style="italic")
        for line in section.lines:
            yield Text(line)
        if section.rows:
            yield _table(section)


def _table(section: Section) -> Table:
    table = Table(*section.header, box=SIMPLE_HEAD, show_header=bool(section.header), pad_edge=False)
    for row in section.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table

"""A cell card as a file: JSON for programs, Markdown for people."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ssbflow.design.card import Recipe
from ssbflow.views.card_sections import Section, card_sections, title_of
from ssbflow.views.output_file import check_output, write_output


def card_json(recipe: Recipe) -> str:
    """Return the card as JSON; ``Recipe.model_validate_json`` reads it."""
    return recipe.model_dump_json(indent=1) + "\n"


def card_markdown(recipe: Recipe) -> str:
    """Return the card as Markdown."""
    return "\n".join([f"# Cell card: {title_of(recipe)}", "", *_lines(recipe)])


WRITERS: dict[str, Callable[[Recipe], str]] = {".json": card_json, ".md": card_markdown}


def check_card_file(path: Path) -> None:
    """Refuse a file that a card cannot be written to, before anything is computed.

    Raises
    ------
    InputError
        As `check_output`.
    """
    check_output(path, WRITERS, "a card")


def write_card(recipe: Recipe, path: Path) -> None:
    """Write a card, as its file's suffix says.

    Raises
    ------
    InputError
        As `check_card_file`, or the file system refuses.
    """
    check_card_file(path)
    write_output(path, WRITERS[path.suffix](recipe))


def _lines(recipe: Recipe) -> Iterator[str]:
    for section in card_sections(recipe):
        yield from (f"## {section.title}", "")
        if section.lines:
            yield from _paragraphs(section.lines)
        if section.rows:
            yield from (*_table(section), "")


def _paragraphs(lines: tuple[str, ...]) -> Iterator[str]:
    """Yield lines as paragraphs; the steps of a numbered list stay together."""
    for line, following in zip(lines, (*lines[1:], ""), strict=True):
        yield line
        if not (line[0].isdigit() and following[:1].isdigit()):
            yield ""


def _table(section: Section) -> Iterator[str]:
    header = section.header or ("",) * len(section.rows[0])
    yield _row(header)
    yield _row(("---",) * len(header))
    yield from map(_row, section.rows)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"

"""The page: a summary of all statements, then the chapters."""

from collections.abc import Mapping
from importlib.metadata import version

from evidence.chapter import MARKS, Chapter, checks_table, table
from ssbflow.inputs.identity import MEASURE_VERSION, PHYSICS_VERSION
from ssbflow.press.lmp import find_lmp

HEAD = """\
# Validation

What ssbflow agrees with, and what not: with theory, with itself when the numbers of the method are changed, with
experiment and with the published method. Every line has its target, its tolerance and its source; lines that fail stay
in, and say why.

Made by `python pipelines/validate.py` (hours; one chapter: `python pipelines/validate.py CHAPTER`) with ssbflow
{version}, physics version {physics}, measure version {measures}, LAMMPS of {lammps}; each chapter names the commit that
computed it.
Errors are standard errors over seeds unless something else is said. The short form of these checks is
`tests/validation/`, part of every run of the tests.
"""


def page(chapters: Mapping[str, Chapter]) -> str:
    """Return the page as Markdown; `chapters` by the names of their files."""
    head = HEAD.format(
        version=version("ssbflow"),
        physics=PHYSICS_VERSION,
        measures=MEASURE_VERSION,
        lammps=find_lmp().version,
    )
    return "\n".join([head, _summary(chapters), *(_section(name, chapter) for name, chapter in chapters.items())])


def _summary(chapters: Mapping[str, Chapter]) -> str:
    checks = [check for chapter in chapters.values() for check in chapter.checks]
    judged = [check for check in checks if check.passed is not None]
    passed = sum(1 for check in judged if check.passed)
    rows = (
        [f"[{chapter.title}](#{_anchor(chapter.title)})", check.statement, check.target, check.got, MARKS[check.passed]]
        for chapter in chapters.values()
        for check in chapter.checks
    )
    return (
        f"## Summary\n\n{passed} of {len(judged)} statements hold; "
        f"{len(checks) - len(judged)} more are told without a target.\n\n"
        + table(["chapter", "statement", "target", "got", "pass"], rows)
        + "\n"
    )


def _section(name: str, chapter: Chapter) -> str:
    command = f"`python pipelines/validate.py {name}`, commit {chapter.commit[:10] or 'unknown'}"
    return f"## {chapter.title}\n\n{command}\n\n{checks_table(chapter.checks)}\n\n{chapter.text}\n"


def _anchor(title: str) -> str:
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter == "-")

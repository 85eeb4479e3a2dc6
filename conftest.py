"""How files of tests are given out to processes: the long ones first, and to one process more than there are cores."""

import pytest

from ssbflow.press.ranks import cores

LONG = ("cluster", "long", "external", "lammps")  # marks, the longest first


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """As many processes as keep the cores busy: tests of clusters wait most of the time."""
    return cores() + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, or one of them would go on when all others are done."""
    rank = {item.path: len(LONG) for item in items}
    for item in items:
        marks = [LONG.index(mark.name) for mark in item.iter_markers() if mark.name in LONG]
        rank[item.path] = min(rank[item.path], *marks, len(LONG))
    items.sort(key=lambda item: rank[item.path])

"""Writing the report of a store."""

import time
from collections.abc import Iterator
from pathlib import Path

from ssbflow.views.output_file import check_output, write_output
from ssbflow.views.report.collecting import collect
from ssbflow.views.report.page import html

EVERY_S = 15.0
SUFFIXES = (".html", ".htm")


def report(store: str | Path, path: str | Path, *, cube: str | None = None, case: str | None = None) -> Path:
    """Write all that is known of a cube as one HTML file, which any browser opens without a network.

    Parameters
    ----------
    store : path or str
        A store on this machine, or its name in the catalog of datasets. Its records are read as they stand now, whether
        published or not.
    path : path
        File to write: ``.html``.
    cube : str, optional
        Name of the cube; the store's default one if left out.
    case : str, optional
        ``case_id`` of the packing to show in 3-D; the best design's if left out.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        The file cannot be written, or the store is not on this machine.
    SelectionError
        There is no such cube or case.
    StoreError
        There is no store here, or it was asked for nothing.
    """
    target = Path(path)
    check_output(target, SUFFIXES, "a report")
    write_output(target, html(collect(store, cube, case)))
    return target


def live_report(
    store: str | Path, path: str | Path, *, cube: str | None = None, case: str | None = None, every_s: float = EVERY_S
) -> Iterator[int]:
    """Write the report of a running sweep again and again; a browser that shows it follows.

    Parameters
    ----------
    store, path, cube, case
        As of `report`.
    every_s : float

    Yields
    ------
    int
        How many cases are pending, after each writing; the last is 0.

    Raises
    ------
    InputError, SelectionError, StoreError
        As `report`.
    """
    target = Path(path)
    check_output(target, SUFFIXES, "a report")
    while True:
        found = collect(store, cube, case)
        pending = found.ran.pending
        write_output(target, html(found, again_after_s=every_s if pending else None))
        yield pending
        if not pending:
            return
        time.sleep(every_s)

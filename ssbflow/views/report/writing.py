"""Writing the report of a store."""

import os
from pathlib import Path

from ssbflow.errors import InputError
from ssbflow.views.report.collecting import collect
from ssbflow.views.report.page import html

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
    check_report_file(target)
    page = html(collect(store, cube, case))
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror}); write elsewhere") from error
    return target


def check_report_file(path: Path) -> None:
    """Refuse a file that a report cannot be written to, before anything is read.

    Raises
    ------
    InputError
        Another suffix, a folder that is not there, or a place that cannot be written.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(f"{path}: a report is written as {' or '.join(SUFFIXES)}; got the suffix {path.suffix!r}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it, or write elsewhere")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(f"{path} cannot be written; write elsewhere")

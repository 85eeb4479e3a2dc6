"""Files that a command writes: refused before anything is computed, and written with a clear error."""

import os
from collections.abc import Iterable
from pathlib import Path

from ssbflow.errors import InputError


def check_output(path: Path, suffixes: Iterable[str], what: str) -> None:
    """Refuse a file that cannot be written.

    Parameters
    ----------
    path : Path
    suffixes : iterable of str
        Those that are allowed.
    what : str
        What is to be written, in words: ``a card``.

    Raises
    ------
    InputError
        Another suffix, a folder that is not there, or a place that cannot be written.
    """
    if path.suffix not in (allowed := tuple(suffixes)):
        raise InputError(f"{path}: {what} is written as {' or '.join(allowed)}; got the suffix {path.suffix!r}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it, or write elsewhere")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(f"{path} cannot be written; write elsewhere")


def write_output(path: Path, text: str) -> None:
    """Write a file, at once: whoever reads it meanwhile has the old one or the new one.

    Raises
    ------
    InputError
        The file system refuses.
    """
    try:
        beside = path.with_name(f".{path.name}.partial")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); write elsewhere") from error

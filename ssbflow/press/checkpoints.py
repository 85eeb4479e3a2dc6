"""Going on where an earlier press of the same particles stopped."""

import shutil
from pathlib import Path

from ssbflow.press import names
from ssbflow.press.deadline import JOB_ENDS
from ssbflow.press.dumps import read_result

END_MARK = b"LammpS RestartT"  # the last bytes of a whole restart file, a zero after them
RESUMABLE = ("killed", "not started", "time limit", JOB_ENDS, "out of memory")
"""Causes of failure after which the same press may still come to its end."""

STAGES = ("release", "press")


def made_ready(folder: Path, files: dict[str, str]) -> dict[str, str]:
    """Write the files of a press into its folder, and return the script's variables that resume an earlier one.

    Parameters
    ----------
    folder : Path
        Made if missing. What lies in it of another press is removed.
    files : dict
        Name → text.

    Returns
    -------
    dict
        Empty where there is nothing to resume.
    """
    if all(_same(folder / name, text) for name, text in files.items()):
        return _resuming(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {}


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _resuming(folder: Path) -> dict[str, str]:
    stages = STAGES if (folder / names.RESULT).is_file() else STAGES[1:]
    for stage in stages:
        whole = [path for path in (folder / names.checkpoint(stage, number) for number in (1, 2)) if _is_whole(path)]
        if whole:
            newest = max(whole, key=lambda path: path.stat().st_mtime_ns)
            variables = {"start": stage, "checkpoint": newest.name}
            if stage == "release":
                variables["unloading_from"] = f"{read_result(folder / names.RESULT)['steps']:.0f}"
            return variables
    return {}


def _is_whole(path: Path) -> bool:
    """Return whether a restart file was written to its end; a killed LAMMPS leaves torn ones."""
    if not path.is_file() or path.stat().st_size <= len(END_MARK):
        return False
    with path.open("rb") as file:
        file.seek(-len(END_MARK) - 1, 2)
        return file.read().rstrip(b"\0") == END_MARK

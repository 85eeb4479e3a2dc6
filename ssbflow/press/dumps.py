"""Reading what a press leaves: frames, final positions, contacts, numbers."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ssbflow.errors import PressError
from ssbflow.packing.packing import Floats

HEADER_LINES = 9  # of a LAMMPS text dump: timestep, number of entries, box, columns


def read_dump(path: Path) -> tuple[NDArray[np.int64], list[Floats]]:
    """Read a LAMMPS text dump.

    Returns
    -------
    steps : (F,) int64
    tables : list of (N, C) float64
        One for each frame, rows in the order of the file.

    Raises
    ------
    PressError
        The file ends in the middle of a frame.
    """
    text = path.read_text(encoding="ascii", errors="replace")
    lines = text.splitlines()
    steps, tables, at = [], [], 0
    while at < len(lines):
        header = lines[at : at + HEADER_LINES]
        try:
            count, columns = int(header[3]), len(header[8].split()) - 2
            rows = lines[at + HEADER_LINES : at + HEADER_LINES + count]
            values = np.loadtxt(rows, ndmin=2) if rows else np.empty((0, columns))
        except (IndexError, ValueError) as error:
            raise _torn(path) from error
        if values.shape != (count, columns) or not text.endswith("\n"):
            raise _torn(path)
        steps.append(int(header[1]))
        tables.append(values)
        at += HEADER_LINES + count
    return np.array(steps, dtype=np.int64), tables


def _torn(path: Path) -> PressError:
    return PressError(f"{path.name} ends in the middle of a frame", cause="torn output")


def read_final(path: Path) -> tuple[int, Floats]:
    """Return step and (N, 3) positions (µm) of a dump with columns id x y z, sorted by id."""
    steps, tables = read_dump(path)
    return int(steps[-1]), tables[-1][:, 1:4]


def read_result(path: Path) -> dict[str, float]:
    """Return the numbers that the script printed, by name."""
    pairs = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {name: float(value) for name, value in pairs}

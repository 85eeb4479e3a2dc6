"""Reading what LAMMPS wrote."""

from pathlib import Path

import numpy as np

from ssbflow.errors import PressError
from ssbflow.packing.packing import Floats

HEADER_LINES = 9  # of a LAMMPS text dump: timestep, number of entries, box, columns


def read_dump(path: Path) -> Floats:
    """Read the table of a LAMMPS text dump that holds one frame.

    Returns
    -------
    (N, C) float64
        Rows in the order of the file.

    Raises
    ------
    PressError
        The file ends in the middle.
    """
    text = path.read_text(encoding="ascii", errors="replace")
    lines = text.splitlines()
    header, rows = lines[:HEADER_LINES], lines[HEADER_LINES:]
    try:
        count, columns = int(header[3]), len(header[8].split()) - 2
        values = np.loadtxt(rows, ndmin=2) if rows else np.empty((0, columns))
    except (IndexError, ValueError) as error:
        raise _torn(path) from error
    if values.shape != (count, columns) or not text.endswith("\n"):
        raise _torn(path)
    return values


def _torn(path: Path) -> PressError:
    return PressError(f"{path.name} ends in the middle", cause="torn output")


def read_result(path: Path) -> dict[str, float]:
    """Return the numbers that the script printed, by name."""
    pairs = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {name: float(value) for name, value in pairs}

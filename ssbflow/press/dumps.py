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
    steps, tables = [], []
    with path.open(encoding="ascii") as file:
        while header := [line for _ in range(HEADER_LINES) if (line := file.readline())]:
            count = int(header[3]) if len(header) == HEADER_LINES else -1
            columns = len(header[-1].split()) - 2
            values = np.loadtxt(file, max_rows=count, ndmin=2) if count > 0 else np.empty((0, columns))
            if count < 0 or len(values) < count:
                raise PressError(f"{path.name} ends in the middle of a frame", cause="torn output")
            steps.append(int(header[1]))
            tables.append(values)
    return np.array(steps, dtype=np.int64), tables


def read_final(path: Path) -> tuple[int, Floats]:
    """Return step and (N, 3) positions (µm) of a dump with columns id x y z, sorted by id."""
    steps, tables = read_dump(path)
    return int(steps[-1]), tables[-1][:, 1:4]


def read_result(path: Path) -> dict[str, float]:
    """Return the numbers that the script printed, by name."""
    pairs = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {name: float(value) for name, value in pairs}

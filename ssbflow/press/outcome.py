"""What a press left in its folder: the packing at rest, the way there, the contacts."""

from pathlib import Path

import numpy as np

from ssbflow.errors import PressError
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press import files
from ssbflow.press.dumps import read_dump, read_final
from ssbflow.press.pressed import Contacts, Trajectory
from ssbflow.press.process import log_tail


def read_final_packing(folder: Path, loose: Packing) -> tuple[int, Packing]:
    """Return the last step and the packing at rest, all particles of the loose one.

    Raises
    ------
    PressError
        A particle was lost, burst or buried: the press has failed, whatever LAMMPS says.
    """
    step, position = read_final(folder / files.FINAL)
    _check_whole(loose, position, folder)
    return step, Packing(position, loose.radius_um, loose.species, loose.edge_um)


def _check_whole(packing: Packing, position: Floats, folder: Path) -> None:
    if len(position) != len(packing):
        lost = len(packing) - len(position)
        raise PressError(f"{lost} particles were lost", cause="lost atoms", log_tail=log_tail(folder))
    if not np.isfinite(position).all() or (position[:, 2] < 0).any():
        raise PressError(
            "particles went through the floor or to infinity", cause="lost atoms", log_tail=log_tail(folder)
        )


def _wrapped(position: Floats, edge_um: tuple[float, float]) -> Floats:
    """Bring particles that left through a periodic side since LAMMPS last sorted them back into the box."""
    return np.column_stack([position[:, 0] % edge_um[0], position[:, 1] % edge_um[1], position[:, 2]])


def read_trajectory(folder: Path, final_step: int, pressed: Packing, frames: int) -> Trajectory:
    """Choose frames equally spaced in the compaction's progress (mean height), the last one being the final state."""
    steps, tables = read_dump(folder / files.FRAMES)
    steps, final = steps[steps < final_step], pressed.position_um
    positions = [_wrapped(table[:, 1:4], pressed.edge_um) for table in tables[: len(steps)]]
    mean_height = np.array([position[:, 2].mean() for position in positions])
    wanted = np.linspace(mean_height.max(), final[:, 2].mean(), frames)[:-1]
    # mean height falls with time but for the last tremor; the running minimum makes it monotonic
    progress = -np.minimum.accumulate(mean_height)
    chosen = np.unique(np.minimum(np.searchsorted(progress, -wanted), len(positions) - 1))
    return Trajectory(
        step=np.append(steps[chosen], final_step),
        position_um=np.stack([*(positions[index] for index in chosen), final]),
    )


def read_contacts(folder: Path, packing: Packing) -> Contacts:
    """Return the contacts at rest, in the order of their particles."""
    table = read_dump(folder / files.CONTACTS)[1][-1]
    first, second = (table[:, column].astype(np.int64) - 1 for column in (0, 1))
    order = np.lexsort((table[:, 2], np.maximum(first, second), np.minimum(first, second)))
    first, second, table = first[order], second[order], table[order]
    overlap = packing.radius_um[first] + packing.radius_um[second] - table[:, 2]
    return Contacts(np.minimum(first, second), np.maximum(first, second), overlap, table[:, 3])

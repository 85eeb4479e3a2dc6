"""What a press left in its folder: the packing at rest, the way there, the contacts."""

from pathlib import Path

import numpy as np

from ssbflow.errors import PressError
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press import names
from ssbflow.press.dumps import read_dump
from ssbflow.press.pressed import Contacts, Trajectory
from ssbflow.press.process import log_tail


def read_packing_at_rest(path: Path, loose: Packing) -> Packing:
    """Return the packing of a dump with columns id x y z, all particles of the loose one, sorted by id.

    Raises
    ------
    PressError
        A particle was lost, burst or buried: the press has failed, whatever LAMMPS says.
    """
    position = read_dump(path)[:, 1:4]
    if len(position) != len(loose):
        raise _lost(f"{len(loose) - len(position)} particles were lost", path.parent)
    if not np.isfinite(position).all() or (position[:, 2] < 0).any():
        raise _lost("particles went through the floor or to infinity", path.parent)
    return Packing(position, loose.radius_um, loose.species, loose.edge_um)


def _lost(message: str, folder: Path) -> PressError:
    return PressError(message, cause="lost atoms", log_tail=log_tail(folder))


def read_trajectory(folder: Path, final_step: int, pressed: Packing, frames: int) -> Trajectory:
    """Choose frames equally spaced in the compaction's progress (mean height), the last one being the final state.

    Only the chosen ones are read.
    """
    steps, mean_height = _progress(folder, final_step)
    wanted = np.linspace(mean_height.max(), pressed.position_um[:, 2].mean(), frames)[:-1]
    # mean height falls with time but for the last tremor; the running minimum makes it monotonic
    progress = -np.minimum.accumulate(mean_height)
    chosen = np.unique(np.minimum(np.searchsorted(progress, -wanted), len(steps) - 1))
    positions = [_wrapped(read_dump(folder / names.frame(step))[:, 1:4], pressed.edge_um) for step in steps[chosen]]
    return Trajectory(
        step=np.append(steps[chosen], final_step), position_um=np.stack([*positions, pressed.position_um])
    )


def _progress(folder: Path, final_step: int) -> tuple[Floats, Floats]:
    """Return steps and mean heights (µm) of the frames that were written; a resumed press tells some steps twice."""
    table = np.loadtxt(folder / names.PROGRESS, ndmin=2)
    heights = {int(step): height for step, height in table if step < final_step}
    steps = np.array([step for step in sorted(heights) if (folder / names.frame(step)).exists()])
    return steps, np.array([heights[step] for step in steps])


def _wrapped(position: Floats, edge_um: tuple[float, float]) -> Floats:
    """Bring particles that left through a periodic side since LAMMPS last sorted them back into the box."""
    return np.column_stack([position[:, 0] % edge_um[0], position[:, 1] % edge_um[1], position[:, 2]])


def read_contacts(folder: Path, packing: Packing) -> Contacts:
    """Return the contacts at rest, in the order of their particles."""
    table = read_dump(folder / names.CONTACTS)
    first, second = (table[:, column].astype(np.int64) - 1 for column in (0, 1))
    order = np.lexsort((table[:, 2], np.maximum(first, second), np.minimum(first, second)))
    first, second, table = first[order], second[order], table[order]
    overlap = packing.radius_um[first] + packing.radius_um[second] - table[:, 2]
    return Contacts(np.minimum(first, second), np.maximum(first, second), overlap, table[:, 3])

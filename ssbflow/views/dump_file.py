"""LAMMPS dumps of a case, as OVITO reads them: the way of the press, frame by frame."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ssbflow.packing.packing import SPECIES
from ssbflow.store.layout import Store
from ssbflow.store.opening import open_case

NAMES = {False: ("x", "y", "z"), True: ("xs", "ys", "zs")}


def export_dump(store: str | Path, case_id: str, folder: str | Path, *, normalised: bool = False) -> Path:
    """Write the trajectory of a case as a LAMMPS dump, its last frame in full precision.

    Parameters
    ----------
    store : path
    case_id : str
        Of a case that has been pressed.
    folder : path
        Made if missing.
    normalised : bool
        Coordinates from 0 to 1 over the box (``xs ys zs``), the form of US 2025/0265390 A1, instead of µm.

    Returns
    -------
    Path
        ``press.dump``: id, type (1 EAM, 2 SE), species, position and radius (µm) of each particle.

    Raises
    ------
    StoreError
        The store has no such case file.
    """
    path = Path(folder) / "press.dump"
    with open_case(Store(Path(store)).root, case_id) as case:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as file:
            for step, position in _frames(case):
                _write_frame(file, case, step, position, normalised=normalised)
    return path


def _frames(case: xr.Dataset) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield time step and centres (N, 3) of each frame; the last one from the final state, which is kept to the bit."""
    steps = case["step"].values.tolist()
    position = case["position"].values
    yield from zip(steps[:-1], position[:-1], strict=True)
    yield steps[-1], case["final_position"].values


def _write_frame(file: TextIO, case: xr.Dataset, step: int, position: NDArray[np.float64], *, normalised: bool) -> None:
    radius = case["radius"].values
    edges = np.array([case.attrs["edge_x_um"], case.attrs["edge_y_um"], (position[:, 2] + radius).max()])
    position = np.column_stack([position[:, :2] % edges[:2], position[:, 2]])  # x and y are periodic
    shown = position / edges if normalised else position
    file.write(f"ITEM: TIMESTEP\n{step}\nITEM: NUMBER OF ATOMS\n{len(radius)}\nITEM: BOX BOUNDS pp pp ff\n")
    file.writelines(f"0 {edge!r}\n" for edge in edges.tolist())
    file.write(f"ITEM: ATOMS id type element {' '.join(NAMES[normalised])} radius\n")
    species = case["species"].values
    rows = zip(case["id"].values.tolist(), species.tolist(), shown.tolist(), radius.tolist(), strict=True)
    file.writelines(
        f"{number} {kind + 1} {SPECIES[kind]} {x!r} {y!r} {z!r} {size!r}\n" for number, kind, (x, y, z), size in rows
    )

"""Exports of cases for other programs."""

from pathlib import Path

import numpy as np

from ssbflow.errors import SelectionError
from ssbflow.flow.simulate import case_materials, pack_case
from ssbflow.inputs.case import Case
from ssbflow.press.press import press_files
from ssbflow.store.grid import grids
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import stored_sweeps


def export_lammps(store: str | Path, case_id: str, folder: str | Path) -> Path:
    """Write the two files of a case's press, to be run by hand with any LAMMPS: ``lmp -in press.in``.

    Parameters
    ----------
    store : path
    case_id : str
        Of any case that a sweep of the store asked for, computed or not.
    folder : path
        Made if missing.

    Raises
    ------
    SelectionError
        No sweep of the store asked for this case.
    """
    case = find_case(Store(Path(store)), case_id)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    _, files = press_files(pack_case(case), case_materials(case), case.design.protocol, case.design.composition)
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8")
    return target


def find_case(store: Store, case_id: str) -> Case:
    """Return the case of this id from the sweeps of a store.

    Raises
    ------
    SelectionError
        No sweep asked for it.
    """
    for grid in grids(stored_sweeps(store)).values():
        ids = grid.case_ids()
        if case_id in ids:
            return next(grid.cases(np.array([ids.index(case_id)])))
    raise SelectionError(f"no sweep of {store.root} asked for case {case_id!r}; take a case_id from the cube")

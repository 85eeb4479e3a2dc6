"""A pressed packing for ParaView: particles as points, contacts as lines, with what is known of each."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Mask, Packing
from ssbflow.press.pressed import Contacts
from ssbflow.store.case_zip import read_contacts, read_packing
from ssbflow.store.layout import Store
from ssbflow.structure.sample import Sample
from ssbflow.views.space import load_pyvista


def export_vtk(store: str | Path, case_id: str, folder: str | Path) -> Path:
    """Write the pressed packing of a case as ``packing.vtu``.

    Points carry ``radius`` (µm), ``species`` (1 EAM, 2 SE) and ``connected``: SE that reaches the floor, EAM that
    touches such SE (1) or not (0). Lines carry ``overlap`` (µm) and ``normal_force`` (nN); those through the sides of
    the periodic box, which would cross all of it, are left out. Glyphs scaled by ``radius`` show spheres.

    Parameters
    ----------
    store : path
    case_id : str
        Of a case that has been pressed.
    folder : path
        Made if missing.

    Raises
    ------
    InputError
        PyVista is not installed.
    StoreError
        The store has no such case file.
    """
    pyvista = load_pyvista("vtk files")
    path = Store(Path(store)).case_zip(case_id)
    packing, contacts = read_packing(path), read_contacts(path)
    target = Path(folder) / "packing.vtu"
    target.parent.mkdir(parents=True, exist_ok=True)
    _grid(pyvista, packing, contacts).save(target)
    return target


def _grid(pyvista: Any, packing: Packing, contacts: Contacts) -> Any:
    """Return points and lines, with their values; those of one kind are NaN for the other."""
    ends = np.column_stack([contacts.first, contacts.second])
    straight = _does_not_cross(packing, ends)
    lines, number = ends[straight], len(packing)
    vertices = np.column_stack([np.ones(number, dtype=np.int64), np.arange(number)])
    segments = np.column_stack([np.full(len(lines), 2), lines])
    kinds = np.repeat([pyvista.CellType.VERTEX, pyvista.CellType.LINE], [number, len(lines)]).astype(np.uint8)
    grid = pyvista.UnstructuredGrid(np.concatenate([vertices.ravel(), segments.ravel()]), kinds, packing.position_um)
    grid.point_data["radius"] = packing.radius_um
    grid.point_data["species"] = np.where(packing.is_eam, 1, 2).astype(np.int8)
    grid.point_data["connected"] = _connected(packing).astype(np.int8)
    no_contact = np.full(number, np.nan)
    grid.cell_data["overlap"] = np.concatenate([no_contact, contacts.overlap_um[straight]])
    grid.cell_data["normal_force"] = np.concatenate([no_contact, contacts.normal_force_nn[straight]])
    return grid


def _does_not_cross(packing: Packing, ends: NDArray[np.int64]) -> Mask:
    """Return which contacts are no longer between the two centres than half of the box."""
    first, second = packing.position_um[ends.T]
    return np.asarray((np.abs(second - first)[:, :2] <= np.array(packing.edge_um) / 2).all(axis=1))


def _connected(packing: Packing) -> Mask:
    """Return which particles take part; those above the height do not."""
    sample = Sample(packing, Analysis(), None, np.random.default_rng(0))
    connected = np.zeros(len(packing), dtype=bool)
    connected[np.flatnonzero(packing.inside)] = sample.se_from_floor | sample.eam_active
    return connected

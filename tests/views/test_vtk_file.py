from pathlib import Path

import numpy as np
import pytest
import pyvista

import ssbflow
from ssbflow.inputs.case import Case
from ssbflow.views.vtk_file import export_vtk


@pytest.mark.lammps
def test_paraview_sees_particles_and_contacts(tiny_store: Path, tiny_case: Case, tmp_path: Path) -> None:
    grid = pyvista.read(export_vtk(tiny_store, tiny_case.case_id, tmp_path / "new"))
    with ssbflow.open_case(tiny_store, tiny_case.case_id) as case:
        np.testing.assert_allclose(grid.points, case["final_position"].values, rtol=1e-12)
        np.testing.assert_array_equal(grid.point_data["radius"], case["radius"].values)
        np.testing.assert_array_equal(grid.point_data["species"], case["species"].values + 1)
        first, second = case["contact_first"].values, case["contact_second"].values
        position, forces = case["final_position"].values, case["contact_normal_force"].values
    kept = (np.abs(position[first] - position[second])[:, :2] <= 4).all(axis=1)
    assert 0 < kept.sum() < len(kept)
    assert grid.n_cells == len(position) + kept.sum()
    lines = grid.celltypes == pyvista.CellType.LINE
    np.testing.assert_array_equal(grid.cell_data["normal_force"][lines], forces[kept])
    assert np.isnan(grid.cell_data["normal_force"][~lines]).all()
    assert grid.get_cell(len(position)).point_ids == [first[kept][0], second[kept][0]]


@pytest.mark.lammps
def test_who_is_connected_gives_the_utilization(tiny_store: Path, tiny_case: Case, tmp_path: Path) -> None:
    grid = pyvista.read(export_vtk(tiny_store, tiny_case.case_id, tmp_path))
    eam, volume = grid.point_data["species"] == 1, grid.point_data["radius"] ** 3
    utilization = volume[eam & (grid.point_data["connected"] == 1)].sum() / volume[eam].sum()
    cube = ssbflow.open_cube(tiny_store)
    assert utilization == pytest.approx(cube["utilization"].sel(seed=tiny_case.seed).values.item())

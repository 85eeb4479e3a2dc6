import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ssbflow
from ssbflow.inputs.case import Case
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import CELLS_PER_CHUNK, DIMS, VARIABLES, _chunk_shape, build_cube, read_cube_cells
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store


def test_cells_without_records_are_pending_and_cells_never_asked_for_say_so(tiny_sweep: Sweep, tmp_path: Path) -> None:
    weights = {"eam": 50, "se": 50}
    other = tiny_sweep.compositions[0].replace(label="other", weight_percent=weights)
    sweeps = [tiny_sweep, tiny_sweep.replace(compositions=(other,), seeds=(7,))]
    cube = build_cube(read_cube_cells(Store(tmp_path), grid_of(*sweeps)))
    assert dict(cube.sizes) == {"composition": 2, "distribution": 1, "seed": 3}
    pending, never = STATUS["pending"], STATUS["not_asked_for"]
    assert cube["status"][:, 0].values.tolist() == [[pending, pending, never], [never, never, pending]]
    assert all(np.isnan(cube[variable.name]).all() for variable in VARIABLES)
    assert (cube["case_id"] == "").values.tolist() == (cube["status"] == never).values.tolist()


@pytest.mark.lammps
def test_a_plain_reader_sees_dims_variables_and_units_without_warnings(tiny_store: Path) -> None:
    code = (
        f"import xarray as xr; d = xr.open_zarr('{tiny_store}/cube.zarr'); print(*d.sizes); print(*d.data_vars);"
        "print(all(v.attrs.get('units') and v.attrs.get('long_name') for v in d.variables.values()));"
        "print(d.status.dtype, d.status.values.ravel().tolist(), d.porosity.dtype)"
    )
    answer = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    dims, names, complete, types = answer.stdout.splitlines()
    assert sorted(dims.split()) == sorted(DIMS)
    assert set(names.split()) == {"status", "case_id", "physics_version", *(variable.name for variable in VARIABLES)}
    assert (complete, types) == ("True", "int8 [1, 1] float64")


@pytest.mark.lammps
def test_the_cube_says_what_it_is(tiny_case: Case, tiny_store: Path) -> None:
    cube = ssbflow.open_cube(tiny_store)
    assert cube.attrs["Conventions"] == "CF-1.11, ACDD-1.3"
    assert "LAMMPS" in cube.attrs["source"]
    assert cube["eam_material"].values.tolist() == ["NCM811"]
    assert cube["eam_wt"].item() == 0.6
    assert cube["size_ratio"].item() == pytest.approx(3 / 1.8)
    # under a platen nothing is cut off: so many whole particles as come nearest to the mass
    largest_mg = np.pi / 6 * 3**3 * tiny_case.design.composition.eam.density_g_cm3 * 1e-9
    np.testing.assert_allclose(cube["areal_mass"], 3.0, rtol=0, atol=largest_mg / (8e-4) ** 2)


@given(st.tuples(*[st.integers(1, 3000)] * 3))
def test_chunks_are_large_enough_and_not_too_large(shape: tuple[int, int, int]) -> None:
    cells = np.prod(_chunk_shape(shape))
    assert cells <= CELLS_PER_CHUNK
    assert cells == np.prod(shape) or cells > CELLS_PER_CHUNK / 4

"""What the store promises to those who have xarray and zarr, and no ssbflow: each in a fresh environment."""

import subprocess
from pathlib import Path

import pytest

from evidence.environments import install, new_environment
from ssbflow.inputs.case import Case
from ssbflow.store.layout import Store

pytestmark = [pytest.mark.lammps, pytest.mark.external]

READ_ALL = """
import importlib.util, os, sys
import xarray as xr
import zarr

assert importlib.util.find_spec("ssbflow") is None
store, case_file = sys.argv[1:]
{code}
for variable in (*cube.variables.values(), *case.variables.values()):
    assert variable.values.shape == variable.shape
dense = cube.where(cube.porosity <= cube.porosity.min())
print(*cube.sizes.values(), int(dense.case_id.notnull().sum()), float(case.radius.max()))
"""
OPEN = {
    "xarray zarr": """
cube = xr.open_zarr(f"{store}/cube.zarr")
case = xr.open_zarr(zarr.storage.ZipStore(case_file, mode="r"))
""",
    "xarray zarr fsspec": """
cube = xr.open_zarr(os.path.realpath(f"{store}/cube.zarr"))
case = xr.open_zarr(f"zip::{case_file}")
""",
    "xarray zarr fsspec dask": """
cube = xr.open_zarr(f"{store}/cubes/small.touching.zarr")
case = xr.open_zarr(f"zip::{case_file}")
assert cube.porosity.chunks and case.position.chunks
""",
}
"""What is installed, and how one opens a cube and a case then."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment, to which packages are added as the tests go on."""
    return new_environment(tmp_path_factory.mktemp("plain") / "venv")


@pytest.mark.parametrize("packages", OPEN)
def test_cube_and_case_are_read_without_warnings(
    programs: Path, tiny_store: Path, tiny_case: Case, tmp_path: Path, packages: str
) -> None:
    install(programs, *packages.split())
    code = READ_ALL.format(code=OPEN[packages])
    case_file = Store(tiny_store).case_zip(tiny_case.case_id)
    answer = subprocess.run(
        [programs / "python", "-W", "error", "-c", code, str(tiny_store), str(case_file)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "1 1 2 1 1.5\n"

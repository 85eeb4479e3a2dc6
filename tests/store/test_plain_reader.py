"""What the store promises to those who have xarray and zarr, and no ssbflow: each in a fresh environment."""

import subprocess
import sys
from pathlib import Path

import pytest

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
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment, to which packages are added as the tests go on."""
    folder = tmp_path_factory.mktemp("plain") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder / "bin" / "python"


@pytest.mark.parametrize("packages", OPEN)
def test_cube_and_case_are_read_without_warnings(
    python: Path, tiny_store: Path, tiny_case: Case, tmp_path: Path, packages: str
) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", *packages.split()]
    subprocess.run(command, check=True, capture_output=True)
    code = READ_ALL.format(code=OPEN[packages])
    answer = subprocess.run(
        [str(python), "-W", "error", "-c", code, str(tiny_store), str(Store(tiny_store).case_zip(tiny_case.case_id))],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "1 1 2 1 1.5\n"

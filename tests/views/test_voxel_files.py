from pathlib import Path

import numpy as np
import pytest
import tifffile
import xarray as xr

import ssbflow
from ssbflow.errors import InputError, StoreError
from ssbflow.inputs.case import Case
from ssbflow.store.case_zip import read_packing
from ssbflow.store.layout import Store
from ssbflow.structure import voxels
from ssbflow.views.voxel_files import export_voxels

pytestmark = pytest.mark.lammps


@pytest.mark.parametrize("chunk", [2**24, 3000])
def test_files_read_with_plain_libraries_hold_the_labels(
    chunk: int, tiny_store: Path, tiny_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voxels, "CHUNK_VOXELS", chunk)
    packing = read_packing(Store(tiny_store).case_zip(tiny_case.case_id))
    labels = ssbflow.voxels(packing, 0.4)
    tiff, zarr = (export_voxels(tiny_store, tiny_case.case_id, tmp_path, 0.4, kind) for kind in ("tiff", "zarr"))
    np.testing.assert_array_equal(tifffile.imread(tiff), labels.values)
    with xr.open_zarr(zarr) as read:
        xr.testing.assert_identical(read["label"].load(), labels.load())


def test_tiff_tells_how_wide_its_voxels_are(tiny_store: Path, tiny_case: Case, tmp_path: Path) -> None:
    with tifffile.TiffFile(export_voxels(tiny_store, tiny_case.case_id, tmp_path, 0.4)) as file:
        assert file.ome_metadata is not None
        assert 'PhysicalSizeX="0.4"' in file.ome_metadata
        assert 'PhysicalSizeXUnit="µm"' in file.ome_metadata


def test_unknown_file_type_and_unknown_case_are_refused(tiny_store: Path, tiny_case: Case, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="tiff or zarr; got 'png'"):
        export_voxels(tiny_store, tiny_case.case_id, tmp_path, 0.4, "png")
    with pytest.raises(StoreError, match="no case file"):
        export_voxels(tiny_store, "ab" * 16, tmp_path, 0.4)

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import zarr

import ssbflow
from ssbflow.errors import StoreError
from ssbflow.flow.simulate import measure_case
from ssbflow.inputs.case import Case
from ssbflow.inputs.identity import identity
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.case_zip import POSITION_STEP_UM, case_dataset, read_packing, write_case_zip, zip_bytes
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, MeasureRecord, read_record

pytestmark = pytest.mark.lammps


def test_the_same_case_simulated_again_gives_the_same_bytes(tiny_store: Path, tiny_case: Case) -> None:
    stored = Store(tiny_store).case_zip(tiny_case.case_id).read_bytes()
    assert zip_bytes(case_dataset(tiny_case, ssbflow.simulate(tiny_case).pressed)) == stored


def test_the_packing_comes_back_to_the_last_bit(tiny_case: Case, tmp_path: Path) -> None:
    pressed = ssbflow.simulate(tiny_case).pressed
    write_case_zip(tmp_path / "case.zarr.zip", tiny_case, pressed)
    packing = read_packing(tmp_path / "case.zarr.zip")
    for name in ("position_um", "radius_um", "species"):
        np.testing.assert_array_equal(getattr(packing, name), getattr(pressed.packing, name))
    assert (packing.edge_um, packing.height_um) == (pressed.packing.edge_um, pressed.packing.height_um)


def test_the_record_holds_hash_and_size_of_the_zip(tiny_store: Path, tiny_case: Case) -> None:
    store = Store(tiny_store)
    record, content = read_record(store.record(tiny_case.case_id), CaseRecord), store.case_zip(tiny_case.case_id)
    assert record is not None
    assert record.zip is not None
    assert record.zip.sha256 == hashlib.sha256(content.read_bytes()).hexdigest()
    assert record.zip.size == content.stat().st_size


def test_all_measures_come_from_the_zip_alone(tiny_store: Path, tiny_case: Case, tiny_sweep: Sweep) -> None:
    store, analysis = Store(tiny_store), tiny_sweep.analysis
    record = read_record(store.measure_record(tiny_case.measure_id(analysis), tiny_case.case_id), MeasureRecord)
    assert record is not None
    again = measure_case(tiny_case, read_packing(store.case_zip(tiny_case.case_id)), analysis)
    assert again == pytest.approx({name: np.nan if value is None else value for name, value in record.values.items()},
                                  rel=0, abs=0, nan_ok=True)  # fmt: skip


def test_the_zip_tells_the_inputs_that_its_name_is_the_hash_of(tiny_store: Path, tiny_case: Case) -> None:
    with ssbflow.open_case(tiny_store, tiny_case.case_id) as case:
        inputs = json.loads(case.attrs["inputs"])
    assert inputs == tiny_case.simulation_inputs()
    assert identity(inputs) == tiny_case.case_id


def test_frames_end_in_the_final_state_and_fall(tiny_store: Path, tiny_case: Case) -> None:
    with ssbflow.open_case(tiny_store, tiny_case.case_id) as case:
        assert dict(case.sizes)["frame"] <= tiny_case.design.protocol.press.frames
        last = case["position"][-1].values
        np.testing.assert_allclose(last, case["final_position"].values, atol=POSITION_STEP_UM)
        assert case["position"][0, :, 2].values.mean() > last[:, 2].mean()
        assert all("units" in variable.attrs for variable in case.data_vars.values())


def test_only_codecs_of_the_specification_are_used(tiny_store: Path, tiny_case: Case) -> None:
    path = Store(tiny_store).case_zip(tiny_case.case_id)
    group = zarr.open_group(zarr.storage.ZipStore(path, mode="r"), mode="r")
    names = {type(codec).__module__ for _, array in group.arrays() for codec in array.metadata.codecs}
    assert all(name.startswith("zarr.codecs.") and "numcodecs" not in name for name in names)


def test_a_plain_reader_opens_a_case_without_warnings(tiny_store: Path, tiny_case: Case) -> None:
    path = Store(tiny_store).case_zip(tiny_case.case_id)
    code = f"import xarray as xr; print(float(xr.open_zarr('zip::{path}').radius.max()))"
    answer = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert float(answer.stdout) == 1.5


def test_a_missing_and_a_damaged_case_are_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no case file"):
        ssbflow.open_case(tmp_path, "ab" * 16)
    path = Store(tmp_path).case_zip("ab" * 16)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK torn")
    with pytest.raises(StoreError, match="damaged"):
        ssbflow.open_case(tmp_path, "ab" * 16)

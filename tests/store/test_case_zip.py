import dataclasses
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
from ssbflow.packing.packing import Packing
from ssbflow.press.pressed import Contacts, Pressed, Trajectory
from ssbflow.store.case_zip import (
    POSITION_STEP_UM,
    case_dataset,
    check_case_zip,
    open_case_zip,
    read_contacts,
    read_packing,
    read_released,
    write_case_zip,
    zip_bytes,
)
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, MeasureRecord, read_record


def hand_made(seed: int = 0, *, released: bool = False) -> Pressed:
    """What a press might leave of thirty particles: two frames, five contacts."""
    generator = np.random.default_rng(seed)
    radius, species = 0.5 + generator.random(30), np.resize(["se", "eam", "se"], 30)
    loose, at_rest, sprung_back = (generator.random((30, 3)) * [8, 8, height] for height in (20, 10, 11))
    return Pressed(
        packing=Packing(at_rest, radius, species, (8.0, 8.0), 9.876543210123456),
        trajectory=Trajectory(np.array([0, 400]), np.stack([loose, at_rest])),
        contacts=Contacts(np.arange(5), np.arange(1, 6), generator.random(5), generator.random(5)),
        pressure_measured_mpa=375.0,
        unbalanced_force=1e-4,
        steps=400,
        released=Packing(sprung_back, radius, species, (8.0, 8.0), 10.123456789012345) if released else None,
    )


def assert_same_packing(found: Packing | None, wanted: Packing | None) -> None:
    """To the last bit."""
    assert found is not None
    assert wanted is not None
    for name in ("position_um", "radius_um", "species"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
    assert (found.edge_um, found.height_um) == (wanted.edge_um, wanted.height_um)


@pytest.mark.lammps
def test_the_same_case_simulated_again_gives_the_same_bytes(tiny_store: Path, tiny_case: Case) -> None:
    stored = Store(tiny_store).case_zip(tiny_case.case_id).read_bytes()
    assert zip_bytes(case_dataset(tiny_case, ssbflow.simulate(tiny_case).pressed)) == stored


@pytest.mark.parametrize("released", [False, True])
def test_the_packing_comes_back_to_the_last_bit(tiny_case: Case, tmp_path: Path, released: bool) -> None:
    pressed = hand_made(released=released)
    write_case_zip(tmp_path / "case.zarr.zip", tiny_case, pressed)
    assert_same_packing(read_packing(tmp_path / "case.zarr.zip"), pressed.packing)


def test_the_unloaded_packing_comes_back_to_the_last_bit(tiny_case: Case, tmp_path: Path) -> None:
    pressed = hand_made(released=True)
    write_case_zip(tmp_path / "case.zarr.zip", tiny_case, pressed)
    assert_same_packing(read_released(tmp_path / "case.zarr.zip"), pressed.released)


def test_a_case_without_release_has_no_unloaded_packing(tiny_case: Case, tmp_path: Path) -> None:
    write_case_zip(tmp_path / "case.zarr.zip", tiny_case, hand_made())
    assert read_released(tmp_path / "case.zarr.zip") is None


def test_an_unloaded_state_says_that_it_is_one_and_changes_nothing_else(tiny_case: Case) -> None:
    loaded, both = (case_dataset(tiny_case, hand_made(released=released)) for released in (False, True))
    assert set(both.variables) - set(loaded.variables) == {"released_position"}
    assert set(both.attrs) - set(loaded.attrs) == {"height_released_um"}
    states = {name: variable.attrs.get("state") for name, variable in both.variables.items()}
    assert {name for name, state in states.items() if state} == {"released_position"}
    assert states["released_position"] == "released"
    assert both.drop_vars("released_position").equals(loaded)


@pytest.mark.parametrize("released", [False, True])
def test_equal_presses_give_equal_bytes_and_others_other_bytes(tiny_case: Case, released: bool) -> None:
    once, again, other = (zip_bytes(case_dataset(tiny_case, hand_made(seed, released=released))) for seed in (1, 1, 2))
    assert once == again
    assert once != other


def test_what_a_run_tells_of_itself_is_left_to_the_record(tiny_case: Case) -> None:
    pressed = hand_made(released=True)
    told = dataclasses.replace(pressed, wall_time_s=12.5, lammps_version="22 Jul 2025", ranks=2, resumed=True)
    assert zip_bytes(case_dataset(tiny_case, told)) == zip_bytes(case_dataset(tiny_case, pressed))


def test_a_case_without_contacts_is_stored(tiny_case: Case, tmp_path: Path) -> None:
    nothing = np.zeros(0)
    contacts = Contacts(nothing.astype(np.int64), nothing.astype(np.int64), nothing, nothing)
    write_case_zip(tmp_path / "case.zarr.zip", tiny_case, dataclasses.replace(hand_made(), contacts=contacts))
    with open_case_zip(tmp_path / "case.zarr.zip") as case:
        assert case.sizes["contact"] == 0
        assert case.sizes["particle"] == 30


@pytest.mark.lammps
def test_the_record_holds_hash_and_size_of_the_zip(tiny_store: Path, tiny_case: Case) -> None:
    store = Store(tiny_store)
    record, content = read_record(store.record(tiny_case.case_id), CaseRecord), store.case_zip(tiny_case.case_id)
    assert record is not None
    assert record.zip is not None
    assert record.zip.sha256 == hashlib.sha256(content.read_bytes()).hexdigest()
    assert record.zip.size == content.stat().st_size


@pytest.mark.lammps
def test_all_measures_come_from_the_zip_alone(tiny_store: Path, tiny_case: Case, tiny_sweep: Sweep) -> None:
    store, analysis = Store(tiny_store), tiny_sweep.analysis
    record = read_record(store.measure_record(tiny_case.measure_id(analysis), tiny_case.case_id), MeasureRecord)
    assert record is not None
    path = store.case_zip(tiny_case.case_id)
    again = measure_case(tiny_case, read_packing(path), read_contacts(path), read_released(path), analysis)
    assert {name: value for name, value in again.items() if np.isfinite(value)} == record.values


@pytest.mark.lammps
def test_the_zip_tells_the_inputs_that_its_name_is_the_hash_of(tiny_store: Path, tiny_case: Case) -> None:
    with ssbflow.open_case(tiny_store, tiny_case.case_id) as case:
        inputs = json.loads(case.attrs["inputs"])
    assert inputs == tiny_case.simulation_inputs()
    assert identity(inputs) == tiny_case.case_id


@pytest.mark.lammps
def test_frames_end_in_the_final_state_and_fall(tiny_store: Path, tiny_case: Case) -> None:
    with ssbflow.open_case(tiny_store, tiny_case.case_id) as case:
        assert dict(case.sizes)["frame"] <= tiny_case.design.protocol.press.frames
        last = case["position"][-1].values
        np.testing.assert_allclose(last, case["final_position"].values, atol=POSITION_STEP_UM)
        assert case["position"][0, :, 2].values.mean() > last[:, 2].mean()
        assert all("units" in variable.attrs for variable in case.data_vars.values())


@pytest.mark.lammps
def test_only_codecs_of_the_specification_are_used(tiny_store: Path, tiny_case: Case) -> None:
    path = Store(tiny_store).case_zip(tiny_case.case_id)
    group = zarr.open_group(zarr.storage.ZipStore(path, mode="r"), mode="r")
    names = {type(codec).__module__ for _, array in group.arrays() for codec in array.metadata.codecs}
    assert all(name.startswith("zarr.codecs.") and "numcodecs" not in name for name in names)


@pytest.mark.lammps
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


def test_a_case_file_with_other_bytes_than_were_written_is_refused(tiny_case: Case, tmp_path: Path) -> None:
    path = tmp_path / "case.zarr.zip"
    stored = write_case_zip(path, tiny_case, hand_made())
    check_case_zip(path, stored)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreError, match=rf"damaged: {stored.size - 1} bytes.*its record says {stored.size}"):
        check_case_zip(path, stored)
    path.unlink()
    with pytest.raises(StoreError, match="is missing"):
        check_case_zip(path, stored)

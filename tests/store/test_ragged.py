import pickle
import shutil
import time
from pathlib import Path
from typing import Any

import dask
import numpy as np
import pytest
import xarray as xr
from distributed import Client, LocalCluster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import ssbflow
from ssbflow.errors import InputError, SelectionError, StoreError
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.press.pressed import Contacts, Pressed, Trajectory
from ssbflow.store.case_zip import open_case_zip, write_case_zip
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import DIMS
from ssbflow.store.layout import Store
from ssbflow.store.ragged import open_cases

SHAPE = (2, 2, 2)
PARTICLES, CONTACTS, FRAMES = [3, 5, 4, 6, 3, 7, 8, 5], [2, 0, 1, 4, 0, 3, 2, 2], [4, 3, 5, 4, 3, 4, 4, 6]


def hand_made(at: int) -> Pressed:
    """What a press might leave of some particles."""
    generator, particles, contacts = np.random.default_rng(at), PARTICLES[at], CONTACTS[at]
    frames = generator.random((FRAMES[at], particles, 3)) * 8
    species = np.resize(["se", "eam"], particles)
    return Pressed(
        packing=Packing(frames[-1], 0.5 + generator.random(particles), species, (8.0, 8.0), 9.0),
        trajectory=Trajectory(np.arange(FRAMES[at]), frames),
        contacts=Contacts(
            generator.integers(0, particles, contacts),
            generator.integers(0, particles, contacts),
            generator.random(contacts),
            generator.random(contacts),
        ),
        pressure_measured_mpa=375.0,
        unbalanced_force=1e-4,
        steps=400,
    )


def cube_of(particles: Any, contacts: Any, frames: Any, shape: tuple[int, int, int]) -> xr.Dataset:
    """A cube as plain xarray reads one, all of whose cases ended well."""
    number = int(np.prod(shape))

    def cells(values: Any) -> Any:
        return DIMS, np.reshape(values, shape)

    counts = {"stored_particles": particles, "stored_contacts": contacts, "stored_frames": frames}
    return xr.Dataset(
        {
            "status": cells(np.full(number, STATUS["ok"], dtype=np.int8)),
            "case_id": cells(np.array([f"{at:02x}".ljust(32, "0") for at in range(number)], dtype=object)),
            "porosity": cells(np.linspace(0.1, 0.3, number)),
            **{name: cells(np.array(values, dtype=float)) for name, values in counts.items()},
        },
        coords={
            "composition": [f"c{at}" for at in range(shape[0])],
            "distribution": [f"d{at}" for at in range(shape[1])],
            "seed": np.arange(shape[2]) + 1,
            "eam_wt": ("composition", np.linspace(0.5, 0.9, shape[0])),
        },
    )


@pytest.fixture(scope="module")
def store(tiny_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight hand-made case files of different sizes."""
    root = tmp_path_factory.mktemp("ragged")
    for at, case_id in enumerate(cube()["case_id"].values.ravel().tolist()):
        write_case_zip(Store(root).case_zip(case_id), tiny_case, hand_made(at))
    return root


def cube() -> xr.Dataset:
    return cube_of(PARTICLES, CONTACTS, FRAMES, SHAPE)


def one_after_another(store: Path, cases: xr.Dataset, name: str, dim: str) -> np.ndarray[Any, Any]:
    """Read the same from the files, as a plain reader would."""
    found = []
    for case_id in cases["case_id"].values:
        with open_case_zip(Store(store).case_zip(case_id)) as case:
            found.append(case[name].values)
    return np.concatenate(found, axis=1 if name == "position" else 0)


@pytest.mark.parametrize(
    ("content", "dim", "arrays_", "sizes"),
    [
        (
            "final",
            "particle",
            {"position": "final_position", **{name: name for name in ("radius", "species", "id")}},
            PARTICLES,
        ),
        (
            "contacts",
            "contact",
            {name: name for name in ("contact_first", "contact_second", "contact_overlap", "contact_normal_force")},
            CONTACTS,
        ),
    ],
)
def test_cases_lie_one_after_another_with_every_bit(
    store: Path, content: str, dim: str, arrays_: dict[str, str], sizes: list[int]
) -> None:
    cases = open_cases(cube(), store, content)
    assert set(cases.data_vars) == {*arrays_, "row_size"}
    for name, in_file in arrays_.items():
        expected = one_after_another(store, cases, in_file, dim)
        assert (cases[name].dtype, cases[name].shape) == (expected.dtype, expected.shape)
        np.testing.assert_array_equal(cases[name].values, expected)
        assert {"units", "long_name"} <= set(cases[name].attrs)
    assert cases["row_size"].values.tolist() == sizes
    assert cases["row_size"].attrs["sample_dimension"] == dim
    assert cases["case_index"].values.tolist() == np.repeat(np.arange(len(sizes)), sizes).tolist()
    assert cases["case_index"].attrs["instance_dimension"] == "case"


@pytest.mark.parametrize("frames", [[0, -1], [-2], [2, 0, 1], [-3, 2]])
def test_frames_of_trajectories_are_those_that_were_asked_for(store: Path, frames: list[int]) -> None:
    cases = open_cases(cube(), store, "trajectory", frames=frames)
    assert cases["position"].dims == ("frame", "particle", "axis")
    assert cases["frame"].values.tolist() == frames
    expected = []
    for case_id in cases["case_id"].values:
        with open_case_zip(Store(store).case_zip(case_id)) as case:
            expected.append(case["position"].values[frames])
    np.testing.assert_array_equal(cases["position"].values, np.concatenate(expected, axis=1))


def test_labels_and_inputs_lie_along_the_cases(store: Path) -> None:
    selected = cube().where(cube()["porosity"] < 0.15)
    cases = open_cases(selected, store)
    assert cases["case_id"].values.tolist() == ["00".ljust(32, "0"), "01".ljust(32, "0")]
    for name, expected in {"composition": ["c0"] * 2, "distribution": ["d0"] * 2, "seed": [1, 2]}.items():
        assert (cases[name].dims, cases[name].values.tolist()) == (("case",), expected)
    assert cases["eam_wt"].values.tolist() == [0.5, 0.5]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=arrays.arrays(np.int8, SHAPE, elements=st.sampled_from(list(STATUS.values()))),
    mask=arrays.arrays(np.bool_, SHAPE),
    order=st.permutations(DIMS),
)
def test_exactly_the_cells_that_are_ok_and_not_masked_are_taken(
    status: np.ndarray[Any, Any], mask: np.ndarray[Any, Any], order: list[str]
) -> None:
    whole = cube().assign(status=(DIMS, status))
    whole["case_id"] = whole["case_id"].where(whole["status"] != STATUS["not_asked_for"], "")
    expected = whole["case_id"].values[mask & (status == STATUS["ok"])].tolist()
    given_ = whole.where(xr.DataArray(mask, dims=DIMS)).transpose(*order)
    if not expected:
        with pytest.raises(SelectionError, match="none of 8 cells"):
            open_cases(given_, "nowhere/at/all")
        return
    cases = open_cases(given_, "nowhere/at/all")
    assert sorted(cases["case_id"].values) == expected
    of_case = dict(zip(whole["case_id"].values.ravel(), PARTICLES, strict=True))
    assert [of_case[case_id] for case_id in cases["case_id"].values] == cases["row_size"].values.tolist()


def test_cuts_of_a_cube_of_whatever_form_are_understood(store: Path) -> None:
    whole = cube()
    one = open_cases(whole.isel(composition=1, distribution=0, seed=1), store)
    assert (one["case_id"].values.tolist(), one["radius"].size) == (["05".ljust(32, "0")], 7)
    assert (one["composition"].values.tolist(), one["seed"].values.tolist()) == (["c1"], [2])
    plane = open_cases(whole.sel(composition="c1"), store)
    assert plane["composition"].values.tolist() == ["c1"] * 4
    stacked = whole.stack(cell=DIMS)
    listed = open_cases(stacked.isel(cell=[6, 1]), store)
    assert listed["row_size"].values.tolist() == [8, 5]
    assert listed["composition"].values.tolist() == ["c1", "c0"]
    chunked = open_cases(whole.chunk(seed=1).set_coords("case_id").where(whole["porosity"] > 0.25), store)
    assert chunked["row_size"].values.tolist() == PARTICLES[6:]


def test_ten_thousand_cases_are_built_at_once_and_without_a_file(tmp_path: Path) -> None:
    generator, shape = np.random.default_rng(0), (100, 10, 10)
    counts = generator.integers([[4000], [14000], [50]], [[6000], [16000], [51]], (3, 10_000))
    whole = cube_of(*counts, shape)
    whole["case_id"] = (DIMS, np.array([f"{at:032x}" for at in range(10_000)], dtype=object).reshape(shape))
    started = time.perf_counter()
    cases = open_cases(whole.where(whole["porosity"] < 1), tmp_path)
    assert time.perf_counter() - started < 5
    assert (cases.sizes["case"], cases.sizes["particle"]) == (10_000, counts[0].sum())
    assert cases["position"].data.npartitions == 10_000
    graph = dict(cases["position"].data.dask)
    assert len(graph) == 10_000
    assert max(len(pickle.dumps(task)) for task in list(graph.values())[:10]) < 500
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError, match="no case file"):
        cases["radius"][:1].compute()


def test_equal_selections_have_equal_names_and_others_other_ones(store: Path) -> None:
    def name(*selection: Any, **options: Any) -> str:
        return open_cases(*selection, **options)["position"].data.name

    assert name(cube(), store) == name(cube(), store)
    others = [
        name(cube(), store),
        name(cube(), store.parent),
        name(cube().isel(seed=[0]), store),
        name(cube(), store, content="trajectory", frames=[0]),
        name(cube(), store, content="trajectory", frames=[1]),
    ]
    assert len(set(others)) == len(others)


def test_workers_of_other_processes_open_the_files_themselves(store: Path) -> None:
    cases = open_cases(cube(), store)
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=":0") as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        distributed = client.compute(cases["position"].data.sum(axis=0)).result()
    np.testing.assert_allclose(distributed, cases["position"].compute(scheduler="threads").sum("particle"))


def test_means_over_cases_are_lazy(store: Path) -> None:
    cases = open_cases(cube(), store)
    grouper = xr.groupers.UniqueGrouper(labels=range(cases.sizes["case"]))
    means = cases["radius"].groupby(case_index=grouper).mean()
    assert dask.is_dask_collection(means)
    expected = [hand_made(at).packing.radius_um.mean() for at in range(8)]
    np.testing.assert_allclose(means.values, expected)
    loaded = cases.load().groupby("case_index").mean()
    np.testing.assert_allclose(loaded["radius"], expected)


def test_a_file_that_is_not_as_large_as_the_cube_says_is_told(store: Path) -> None:
    counts = [*PARTICLES[:-1], PARTICLES[-1] + 1]
    cases = open_cases(cube_of(counts, CONTACTS, FRAMES, SHAPE), store)
    with pytest.raises(StoreError, match=r"case 07.*holds 5 particles, its cube says 6; see: ssbflow check"):
        cases["radius"].compute()


def test_a_cube_of_an_older_store_is_sent_to_migrate(store: Path) -> None:
    with pytest.raises(StoreError, match=rf"lacks stored_particles of 8 of 8 cases.*ssbflow migrate {store}"):
        open_cases(cube().drop_vars("stored_particles"), store)
    some = cube()
    some["stored_frames"][0, 0, 0] = np.nan
    with pytest.raises(StoreError, match=r"lacks stored_frames of 1 of 8 cases.*ssbflow migrate"):
        open_cases(some, store, "trajectory", frames=[0])
    assert open_cases(some, store).sizes["case"] == 8
    assert open_cases(some.isel(seed=[1]), store, "trajectory", frames=[0]).sizes["case"] == 4


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"content": "all"}, "unknown content 'all'; allowed: final, contacts, trajectory"),
        ({"content": "trajectory"}, r"needs frames: .* frames=\[0, -1\]"),
        ({"content": "trajectory", "frames": []}, "needs frames"),
        ({"frames": [0]}, "only a trajectory has frames; content is 'final'"),
        ({"content": "trajectory", "frames": [0, 3, -4]}, r"\[3, -4\] do not exist.*: 01.* has 3; take from -3 to 2"),
    ],
)
def test_wishes_that_cannot_be_are_refused(store: Path, given_: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        open_cases(cube(), store, **given_)


def test_what_is_no_cube_and_a_cube_of_an_unknown_store_are_refused(store: Path) -> None:
    with pytest.raises(InputError, match=r"no status and no case_id.*not what is averaged"):
        open_cases(cube()[["porosity"]].mean("seed"), store)
    with pytest.raises(InputError, match=r"not known which store.*store=STORE"):
        open_cases(cube())


@pytest.mark.lammps
def test_a_cube_that_ssbflow_opened_knows_its_store_whatever_becomes_of_it(
    tiny_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_store.parent)
    opened = ssbflow.open_cube("store")
    monkeypatch.chdir(tmp_path)  # it was a relative path
    whole = ssbflow.open_cases(opened)
    assert whole["row_size"].sum() == opened["stored_particles"].sum()
    for derived in (
        opened.where(opened["porosity"] < 1),
        opened.isel(seed=[0, 1]),
        opened.stack(cell=DIMS),
        opened.load(),
        pickle.loads(pickle.dumps(opened)),
        opened.sortby("seed", ascending=False).sortby("seed"),
    ):
        xr.testing.assert_equal(ssbflow.open_cases(derived), whole)


@pytest.mark.lammps
@pytest.mark.filterwarnings("ignore:Consolidated metadata")
def test_a_copy_on_disk_holds_no_path_of_this_machine(tiny_store: Path, tmp_path: Path) -> None:
    ssbflow.open_cube(tiny_store).to_zarr(tmp_path / "copy.zarr")
    texts = b"".join(path.read_bytes() for path in (tmp_path / "copy.zarr").rglob("zarr.json"))
    assert str(tiny_store).encode() not in texts
    with pytest.raises(InputError, match="not known which store"):
        ssbflow.open_cases(xr.open_zarr(tmp_path / "copy.zarr"))


@pytest.mark.lammps
@pytest.mark.parametrize("path", ["cube.zarr", "cubes/small.touching.zarr", "versions/v000001.zarr"])
def test_a_cube_that_xarray_opened_knows_its_store_until_it_is_changed(tiny_store: Path, path: str) -> None:
    plain = xr.open_zarr(tiny_store / path)
    assert ssbflow.open_cases(plain).sizes["case"] == 2
    dense = plain.where(plain["porosity"] <= plain["porosity"].min())
    assert ssbflow.open_cases(dense, tiny_store).sizes["case"] == 1
    with pytest.raises(InputError, match="not known which store"):
        ssbflow.open_cases(dense)


@pytest.mark.lammps
@pytest.mark.parametrize(
    "options", [{}, {"content": "contacts"}, {"content": "trajectory", "frames": [0, -1]}], ids=str
)
def test_a_store_inside_a_zip_gives_the_same_cases(tiny_store: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    whole = shutil.make_archive(str(tmp_path / "store"), "zip", tiny_store)
    remote = ssbflow.open_cases(ssbflow.open_cube(f"zip::{whole}"), **options)
    xr.testing.assert_equal(remote, ssbflow.open_cases(ssbflow.open_cube(tiny_store), **options))

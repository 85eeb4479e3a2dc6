import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dask
import pytest
import xarray as xr

import ssbflow
from ssbflow.errors import InputError, SelectionError, StoreError
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish

pytestmark = pytest.mark.lammps


@pytest.fixture(scope="module")
def store(tiny_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two versions of its cube: the first, which is tagged, has one case more."""
    root = tmp_path_factory.mktemp("opening") / "store"
    shutil.copytree(tiny_store, root, symlinks=True)
    publish(Store(root), tag="whole")
    next(Store(root).measures.rglob("*.json")).unlink()
    publish(Store(root))
    return root


@pytest.fixture(scope="module")
def zipped(store: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the store inside a zip."""
    archive = shutil.make_archive(str(tmp_path_factory.mktemp("zipped") / "store"), "zip", store)
    return f"zip::{archive}"


class WholeFiles(http.server.SimpleHTTPRequestHandler):
    """Python's own server, which gives only whole files."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class PartsOfFiles(WholeFiles):
    """As all other servers are: whoever asks for a range of bytes gets it."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if "Range" not in self.headers or not path.is_file():
            super().do_GET()
            return
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        content = path.read_bytes()
        part = content[int(first) : int(last) + 1]
        self.send_response(http.HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)


@contextmanager
def serving(store: Path, kind: type[WholeFiles]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(kind, directory=str(store))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def served(store: Path) -> Iterator[str]:
    """The URL of the store over http."""
    with serving(store, PartsOfFiles) as url:
        yield url


@pytest.fixture(params=["folder", "zip", "http"])
def place(request: pytest.FixtureRequest, store: Path) -> str:
    """The store, in whatever way it can be reached."""
    fixtures = {"zip": "zipped", "http": "served"}
    return str(request.getfixturevalue(fixtures[request.param]) if request.param in fixtures else store)


def measured(cube: xr.Dataset) -> int:
    return int(cube["porosity"].notnull().sum())


def test_versions_and_tags_are_found_from_wherever_it_is_read(place: str) -> None:
    assert measured(ssbflow.open_cube(place)) == 1
    assert measured(ssbflow.open_cube(place, "small.touching")) == 1
    for version in (1, "1", "v000001", "v000001.zarr"):
        assert measured(ssbflow.open_cube(place, version=version)) == 2
    assert measured(ssbflow.open_cube(place, version=2)) == 1
    assert measured(ssbflow.open_cube(place, tag="whole")) == 2


def test_what_is_opened_is_the_same_from_wherever_it_is_read(place: str, store: Path) -> None:
    cube = ssbflow.open_cube(place)
    assert all(dask.is_dask_collection(variable) for variable in cube.data_vars.values())
    assert not any(dask.is_dask_collection(coordinate) for coordinate in cube.coords.values())
    xr.testing.assert_identical(cube.load(), ssbflow.open_cube(store).load())
    case_id = cube["case_id"].values.ravel()[0]
    with ssbflow.open_case(place, case_id) as case, ssbflow.open_case(store, case_id) as local:
        xr.testing.assert_identical(case.load(), local.load())


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"version": 7}, r"no version 'v000007(\.zarr)?' in .*; it has v000001(\.zarr)?, v000002"),
        ({"tag": "nightly"}, "no tag 'nightly' in .*; it has whole"),
        ({"cube": "large.other"}, r"no cube 'large\.other' in .*; it has small\.touching"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(place: str, wish: dict[str, str | int], said: str) -> None:
    with pytest.raises(SelectionError, match=said):
        ssbflow.open_cube(place, **wish)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wish",
    [
        {"version": 1, "tag": "whole"},
        {"cube": "small.touching", "version": 1},
        {"cube": "small.touching", "tag": "whole"},
    ],
)
def test_only_one_of_cube_version_and_tag_is_taken(place: str, wish: dict[str, str | int]) -> None:
    with pytest.raises(InputError, match="give one of cube, version and tag"):
        ssbflow.open_cube(place, **wish)  # type: ignore[arg-type]


def test_a_missing_case_and_a_url_of_no_store_are_told(place: str, served: str, store: Path) -> None:
    with pytest.raises(StoreError, match=r"no case file .*look the case_id up in the cube"):
        ssbflow.open_case(place, "ab" * 16)
    for nothing in (f"{served}/versions", f"zip::{store}/current.json", "nosuch://somewhere"):
        with pytest.raises(StoreError, match=r"cannot be read .*is it the URL of a store"):
            ssbflow.open_cube(nothing)


def test_a_catalog_names_stores_cubes_and_tags(
    store: Path, zipped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = tmp_path / "datasets.yaml"
    relative = Path(shutil.copytree(store, tmp_path / "beside", symlinks=True)).name
    catalog.write_text(
        f"newest: {{store: {relative}, description: what a path says is from the catalog's folder}}\n"
        f"kept: {{store: {store}, tag: whole}}\n"
        f"by_cube: {{store: {store}, cube: small.touching}}\n"
        f"far: {{store: '{zipped}', tag: whole}}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("SSBFLOW_DATASETS", str(catalog))
    monkeypatch.chdir("/")
    assert [measured(ssbflow.open_cube(name)) for name in ("newest", "kept", "by_cube", "far")] == [1, 2, 1, 2]
    # what is asked for in the call counts more than what the catalog means
    assert measured(ssbflow.open_cube("kept", version=2)) == 1
    kept = ssbflow.open_cube("far")
    case_id = kept["case_id"].values.ravel()[0]
    with ssbflow.open_case("far", case_id) as case:
        assert case.attrs["case_id"] == case_id
    assert ssbflow.open_cases(kept)["row_size"].sum() == kept["stored_particles"].sum()
    assert ssbflow.open_cases(kept.where(kept["seed"] == 1), store="newest")["radius"].values.min() > 0
    with pytest.raises(SelectionError, match=r"no folder 'nightly' here.*the catalog has newest, kept, by_cube, far"):
        ssbflow.open_cube("nightly")


def test_a_folder_goes_before_a_name_in_the_catalog(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(store.parent)
    assert measured(ssbflow.open_cube("store")) == 1
    with pytest.raises(StoreError, match="no published cube"):
        ssbflow.open_cube(store.parent)


def test_cases_are_read_over_http(served: str, store: Path) -> None:
    remote = ssbflow.open_cases(ssbflow.open_cube(served, tag="whole"), content="trajectory", frames=[-1])
    local = ssbflow.open_cases(ssbflow.open_cube(store, tag="whole"), content="trajectory", frames=[-1])
    xr.testing.assert_equal(remote, local)


def test_a_server_that_gives_only_whole_files_serves_cubes_and_says_why_no_cases(store: Path) -> None:
    with serving(store, WholeFiles) as url:
        cube = ssbflow.open_cube(url)
        assert measured(cube) == 1
        with pytest.raises(StoreError, match=r"cases/.* cannot be read .*range requests"):
            ssbflow.open_case(url, cube["case_id"].values.ravel()[0])


def test_versions_in_one_graph_are_not_taken_for_one_another(store: Path) -> None:
    older, newer = (ssbflow.open_cube(store, version=number)["porosity"] for number in (1, 2))
    assert older.data.name != newer.data.name
    assert older.data.name == ssbflow.open_cube(store, version=1)["porosity"].data.name
    both = dask.compute(older.notnull().sum(), newer.notnull().sum())
    assert [int(count) for count in both] == [2, 1]

"""Case files: one Zarr in a zip for each case, the same bits for the same inputs."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray
from zarr.codecs import BloscCodec, TransposeCodec
from zarr.storage import ZipStore

from ssbflow.errors import StoreError
from ssbflow.inputs.case import Case
from ssbflow.inputs.identity import canonical_json
from ssbflow.packing.packing import SPECIES, Packing
from ssbflow.press.pressed import Contacts, Pressed
from ssbflow.store.durable import write_durably
from ssbflow.store.records import StoredFile, storable
from ssbflow.store.zarr_files import zarr_files

POSITION_STEP_UM = 1e-4  # of the trajectory; the final state is kept to the last bit
FRAMES_PER_CHUNK = 10
PARTICLES_PER_CHUNK = 16_384
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold


class CaseArray(NamedTuple):
    """An array of a case file, as it is stored; `attributes` are what readers see."""

    dims: tuple[str, ...]
    dtype: str
    attributes: dict[str, Any]


ARRAYS = {
    "position": CaseArray(
        ("frame", "particle", "axis"),
        "int32",
        {"units": "um", "long_name": "centres during the press", "scale_factor": POSITION_STEP_UM},
    ),
    "step": CaseArray(("frame",), "int64", {"units": "1", "long_name": "time step of the frame"}),
    "final_position": CaseArray(
        ("particle", "axis"), "float64", {"units": "um", "long_name": "centres at the end of the press"}
    ),
    "radius": CaseArray(("particle",), "float64", {"units": "um", "long_name": "radius"}),
    "species": CaseArray(
        ("particle",),
        "int8",
        {
            "units": "1",
            "long_name": "species",
            "flag_values": np.arange(len(SPECIES), dtype=np.int8),
            "flag_meanings": " ".join(SPECIES),
        },
    ),
    "id": CaseArray(("particle",), "int64", {"units": "1", "long_name": "LAMMPS atom id"}),
    "contact_first": CaseArray(("contact",), "int64", {"units": "1", "long_name": "index of the first particle"}),
    "contact_second": CaseArray(("contact",), "int64", {"units": "1", "long_name": "index of the second particle"}),
    "contact_overlap": CaseArray(("contact",), "float64", {"units": "um", "long_name": "sum of radii minus distance"}),
    "contact_normal_force": CaseArray(
        ("contact",), "float64", {"units": "nN", "long_name": "normal force, repulsive positive"}
    ),
    "released_position": CaseArray(
        ("particle", "axis"), "float64", {"units": "um", "long_name": "centres after unloading", "state": "released"}
    ),
}
"""All that a case file can hold; the last one only where the protocol has a release."""


def case_dataset(case: Case, pressed: Pressed) -> xr.Dataset:
    """Return all that is kept of a pressed case; whatever depends on the run alone is left to the record."""
    packing, contacts, trajectory = pressed.packing, pressed.contacts, pressed.trajectory
    values: dict[str, NDArray[Any]] = {
        "position": np.rint(trajectory.position_um / POSITION_STEP_UM),
        "step": trajectory.step,
        "final_position": packing.position_um,
        "radius": packing.radius_um,
        "species": np.select([packing.species == name for name in SPECIES], range(len(SPECIES))),
        "id": np.arange(1, len(packing) + 1),
        "contact_first": contacts.first,
        "contact_second": contacts.second,
        "contact_overlap": contacts.overlap_um,
        "contact_normal_force": contacts.normal_force_nn,
        **({"released_position": pressed.released.position_um} if pressed.released else {}),
    }
    variables = {
        name: (ARRAYS[name].dims, of_name.astype(ARRAYS[name].dtype), dict(ARRAYS[name].attributes))
        for name, of_name in values.items()
    }
    attributes = {
        "Conventions": "CF-1.11",
        "title": "ssbflow case",
        "case_id": case.case_id,
        "inputs": canonical_json(case.simulation_inputs()),
        "values": canonical_json(_lasting(pressed.values())),
        "edge_x_um": packing.edge_um[0],
        "edge_y_um": packing.edge_um[1],
        "height_um": packing.height_um,
        **({"height_released_um": pressed.released.height_um} if pressed.released else {}),
    }
    axis = xr.Variable("axis", np.array(["x", "y", "z"], dtype=object), {"long_name": "axis"})
    return xr.Dataset(variables, coords={"axis": axis}, attrs=attributes)


def _lasting(values: dict[str, float]) -> dict[str, float | None]:
    """Return the numbers of a press that the same inputs give again: with them a lost record can be made anew."""
    return storable({name: value for name, value in values.items() if name != "wall_time"})


def zip_bytes(dataset: xr.Dataset) -> bytes:
    """Return a case's Zarr as a zip: stored, in fixed order, with fixed times, so that equal data give equal bytes."""
    content = zarr_files(dataset, _encoding(dataset))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(content):
            archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), content[name].to_bytes())
    return buffer.getvalue()


def write_case_zip(path: Path, case: Case, pressed: Pressed) -> StoredFile:
    """Write a case file durably; return what a check will compare it with."""
    content = zip_bytes(case_dataset(case, pressed))
    write_durably(path, content)
    return _stored_file(content)


def check_case_zip(path: Path, stored: StoredFile) -> None:
    """Refuse a case file that is not the one that was written.

    Raises
    ------
    StoreError
        There is no such file, or its content is another.
    """
    try:
        found = _stored_file(path.read_bytes())
    except FileNotFoundError as error:
        raise StoreError(f"case file {path} is missing; see: ssbflow check STORE --repair") from error
    if found != stored:
        raise StoreError(
            f"{path} is damaged: {found.size} bytes, sha256 {found.sha256[:8]}…, its record says {stored.size}, "
            f"{stored.sha256[:8]}…; see: ssbflow check STORE --repair"
        )


def _stored_file(content: bytes) -> StoredFile:
    return StoredFile(sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def open_case_zip(path: Path) -> xr.Dataset:
    """Open a case file lazily, without dask: it is small, and tasks would take longer than what they read.

    Raises
    ------
    StoreError
        There is no such file, or it is no whole zip.
    """
    with _told_of(path):
        dataset: xr.Dataset = xr.open_zarr(ZipStore(path, mode="r"), chunks=None, consolidated=True, zarr_format=3)
        return dataset


def read_case_array(path: Path, name: str, frames: Sequence[int] | None = None) -> NDArray[Any]:
    """Return one array of a case file, in its units; much faster than opening all of it.

    Parameters
    ----------
    path : Path
    name : str
        As in `ARRAYS`.
    frames : sequence of int, optional
        Of ``position``; negative ones count from the end. All if left out.

    Raises
    ------
    StoreError
        There is no such file, or it is no whole zip.
    """
    with _told_of(path):
        zipped = ZipStore(path, mode="r")  # opened by what follows
        array = zarr.open_array(zipped, path=name, mode="r")
        with closing(zipped):
            stored = array[:] if frames is None else array.oindex[np.array(frames) % array.shape[0]]
    scale = ARRAYS[name].attributes.get("scale_factor")
    return np.asarray(stored if scale is None else stored * scale)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Turn what zips and Zarr raise into an error that says what to do."""
    try:
        yield
    except FileNotFoundError as error:
        raise StoreError(f"no case file {path}; run the sweep, or look the case_id up in the cube") from error
    except (zipfile.BadZipFile, ValueError, KeyError) as error:
        raise StoreError(f"{path} is damaged ({error}); see: ssbflow check STORE --repair") from error


def read_packing(path: Path) -> Packing:
    """Return the pressed packing of a case file, to the last bit."""
    with open_case_zip(path) as dataset:
        return packing_of(dataset)


def read_contacts(path: Path) -> Contacts:
    """Return the contacts of a case file with their forces, as the press left them."""
    with open_case_zip(path) as dataset:
        return Contacts(
            dataset["contact_first"].values,
            dataset["contact_second"].values,
            dataset["contact_overlap"].values,
            dataset["contact_normal_force"].values,
        )


def read_released(path: Path) -> Packing | None:
    """Return the unloaded packing of a case file, to the last bit; none where the protocol has no release."""
    with open_case_zip(path) as dataset:
        if "released_position" not in dataset:
            return None
        return packing_of(dataset, "released_position", "height_released_um")


def packing_of(dataset: xr.Dataset, position: str = "final_position", height: str = "height_um") -> Packing:
    """Return a packing of an opened case; the pressed one unless arrays are named."""
    return Packing(
        dataset[position].values,
        dataset["radius"].values,
        np.array(SPECIES)[dataset["species"].values],
        (dataset.attrs["edge_x_um"], dataset.attrs["edge_y_um"]),
        dataset.attrs[height],
    )


def _encoding(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    sizes = dataset.sizes
    compressor = BloscCodec(cname="zstd", clevel=3, shuffle="bitshuffle")
    encoding: dict[str, dict[str, Any]] = {
        str(name): {"compressors": [compressor], "chunks": tuple(max(1, size) for size in variable.shape)}
        for name, variable in dataset.data_vars.items()
    }
    encoding["position"] |= {
        "chunks": (min(FRAMES_PER_CHUNK, sizes["frame"]), min(sizes["particle"], PARTICLES_PER_CHUNK), 3),
        # coordinates of one axis lie together, particle by particle through time: they compress best so
        "filters": [TransposeCodec(order=(2, 1, 0))],
    }
    return encoding

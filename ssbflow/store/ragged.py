"""Many cases as one lazy dataset: a CF contiguous ragged array, built without opening one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import dask.array as da
import numpy as np
import xarray as xr
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph
from numpy.typing import NDArray

from ssbflow.errors import InputError, StoreError
from ssbflow.store.case_zip import ARRAYS, read_case_array
from ssbflow.store.datasets import is_url
from ssbflow.store.layout import Store
from ssbflow.store.remote import open_remote_case
from ssbflow.store.selected import check_names_cases, selected_cases
from ssbflow.store.whereabouts import store_of


class Content(NamedTuple):
    """What of the cases is wanted: `arrays` maps names to those in the case file.

    They lie along `dim`, and the cube variable `counted_by` says how long each case is.
    """

    dim: str
    counted_by: str
    arrays: dict[str, str]


OF_PARTICLES = {name: name for name in ("radius", "species", "id")}
CONTENTS = {
    "final": Content("particle", "stored_particles", {"position": "final_position", **OF_PARTICLES}),
    "contacts": Content("contact", "stored_contacts", {name: name for name in ARRAYS if name.startswith("contact_")}),
    "trajectory": Content("particle", "stored_particles", {"position": "position", **OF_PARTICLES}),
}
LENGTHS = {"axis": 3}


def open_cases(
    cube: xr.Dataset,
    store: str | Path | None = None,
    content: str = "final",
    frames: Sequence[int] | None = None,
) -> xr.Dataset:
    """Open all cases that are selected of a cube as one lazy dataset, case after case.

    No case file is opened before something is computed; then each block opens its own, in whatever process it is.

    Parameters
    ----------
    cube : xarray.Dataset
        A cube, or what was selected of it: ``cube.where(cube.porosity < 0.15)``. Cells that are masked, or have no case
        that ended well, are left out.
    store : path or str, optional
        Where the cases lie: needed for a cube that was opened with xarray alone and changed since.
    content : str
        ``"final"``: position (particle, axis) in um, radius (um), species, id.
        ``"contacts"``: contact_first and contact_second (indices within their case), contact_overlap (um),
        contact_normal_force (nN).
        ``"trajectory"``: as final, but position is (frame, particle, axis).
    frames : sequence of int, optional
        Of the trajectory, which every case must have; negative ones count from the end.

    Returns
    -------
    xarray.Dataset
        Dims ``particle`` or ``contact``, and ``case``. ``row_size`` (case) says how many rows each case has,
        ``case_index`` which case each row belongs to; ``case_id`` and the labels of the cube lie along ``case``. Lazy
        means over the cases: ``cases.radius.groupby(case_index=UniqueGrouper(labels=range(cases.sizes["case"])))``,
        with the grouper from ``xarray.groupers``.

    Raises
    ------
    InputError
        The dataset names no cases; its store is not known; no such content; frames that some case lacks.
    SelectionError
        No case is selected.
    StoreError
        The cube does not say how large its cases are. When computed: a case file is missing, or not so large.
    """
    wanted = _content(content, frames)
    check_names_cases(cube)
    place = store_of(cube, store)
    counts = [wanted.counted_by, *(["stored_frames"] if frames is not None else [])]
    cases = selected_cases(cube, [name for name in counts if name in cube])
    _check_counted(cases, counts, place)
    if frames is not None:
        _check_frames(cases, frames)
    sizes = cases[wanted.counted_by].values.astype(np.int64)
    blocks = _Blocks(wanted.dim, cases["case_id"].values.tolist(), sizes.tolist())
    about_size = {"units": "1", "long_name": f"{wanted.dim}s of the case", "sample_dimension": wanted.dim}
    about_index = {"units": "1", "long_name": "index of the case", "instance_dimension": "case"}
    variables: dict[str, Any] = {"row_size": ("case", sizes, about_size)}
    for name, stored in wanted.arrays.items():
        read = _Read(place, stored, wanted.dim, tuple(frames) if frames and stored == "position" else None)
        variables[name] = (ARRAYS[stored].dims, blocks.array(name, read), _attributes(stored))
    coordinates: dict[Any, Any] = dict(cases.set_coords("case_id").coords)
    coordinates["case_index"] = (wanted.dim, blocks.indices(), about_index)
    if "position" in variables:
        coordinates["axis"] = ("axis", ["x", "y", "z"], {"long_name": "axis"})
    if frames is not None:
        coordinates["frame"] = ("frame", list(frames), {"units": "1", "long_name": "index of the frame in its case"})
    about = {"Conventions": "CF-1.11", "title": "ssbflow cases", "content": content}
    return xr.Dataset(variables, coordinates, about)


@dataclass(frozen=True)
class _Read:
    """Reads an array of one case, wherever it is called; `frames` are those of a trajectory."""

    store: str
    array: str
    dim: str
    frames: tuple[int, ...] | None

    def __call__(self, case_id: str, size: int) -> NDArray[Any]:
        values = self._values(case_id)
        found = values.shape[ARRAYS[self.array].dims.index(self.dim)]
        if found != size:
            raise StoreError(
                f"case {case_id} of {self.store} holds {found} {self.dim}s, its cube says {size}; see: ssbflow check "
                f"{self.store}"
            )
        return values

    def _values(self, case_id: str) -> NDArray[Any]:
        if not is_url(self.store):
            return read_case_array(Store(Path(self.store)).case_zip(case_id), self.array, self.frames)
        with open_remote_case(self.store, case_id) as case:
            array = case[self.array] if self.frames is None else case[self.array].isel(frame=list(self.frames))
            # in a task already: its worker shall not ask the scheduler for more
            return np.asarray(array.compute(scheduler="synchronous").values)


@dataclass(frozen=True)
class _Blocks:
    """Dask arrays with one block for each case, their graphs written down as they are.

    A task holds its case's id and size, and one reader that all share: neither the client nor a worker ever handles
    more than what is computed.
    """

    dim: str
    case_ids: list[str]
    sizes: list[int]

    def array(self, name: str, read: _Read) -> da.Array:
        """Return an array of all cases, one after another."""
        stored = ARRAYS[read.array]
        lengths = {**LENGTHS, "frame": len(read.frames or ())}
        chunks = tuple(tuple(self.sizes) if dim == self.dim else (lengths[dim],) for dim in stored.dims)
        token = f"{name}-{tokenize(read, self.case_ids, self.sizes)}"
        graph: dict[Any, Any] = {
            (token, *(at if dim == self.dim else 0 for dim in stored.dims)): (read, case_id, size)
            for at, (case_id, size) in enumerate(zip(self.case_ids, self.sizes, strict=True))
        }
        dtype = np.float64 if "scale_factor" in stored.attributes else np.dtype(stored.dtype)
        return da.Array(HighLevelGraph.from_collections(token, graph), token, chunks, dtype=dtype)

    def indices(self) -> da.Array:
        """Return the index of the case that each row belongs to."""
        token = f"case_index-{tokenize(self.sizes)}"
        graph: dict[Any, Any] = {(token, at): (np.full, size, at) for at, size in enumerate(self.sizes)}
        return da.Array(HighLevelGraph.from_collections(token, graph), token, (tuple(self.sizes),), dtype=np.int64)


def _content(content: str, frames: Sequence[int] | None) -> Content:
    if content not in CONTENTS:
        raise InputError(f"unknown content {content!r}; allowed: {', '.join(CONTENTS)}")
    if content == "trajectory" and not frames:
        raise InputError("a trajectory needs frames: a list of indices, e.g. frames=[0, -1]")
    if content != "trajectory" and frames is not None:
        raise InputError(f"only a trajectory has frames; content is {content!r}")
    return CONTENTS[content]


def _check_counted(cases: xr.Dataset, counts: Sequence[str], store: str) -> None:
    """Refuse cases of which the cube does not say how large they are."""
    lacking = {name: int(cases[name].isnull().sum()) if name in cases else cases.sizes["case"] for name in counts}
    told = [f"{name} of {number}" for name, number in lacking.items() if number]
    if told:
        raise StoreError(
            f"the cube lacks {' and '.join(told)} of {cases.sizes['case']} cases, which an older ssbflow simulated; "
            f"bring their store up to date with: ssbflow migrate {store}; then open the cube again"
        )


def _check_frames(cases: xr.Dataset, frames: Sequence[int]) -> None:
    fewest = int(cases["stored_frames"].argmin("case"))
    number = int(cases["stored_frames"][fewest])
    beyond = [frame for frame in frames if not -number <= frame < number]
    if beyond:
        raise InputError(
            f"frames {beyond} do not exist in every case: {cases['case_id'].values[fewest]} has {number}; take from "
            f"{-number} to {number - 1}"
        )


def _attributes(stored: str) -> dict[str, Any]:
    return {name: value for name, value in ARRAYS[stored].attributes.items() if name != "scale_factor"}

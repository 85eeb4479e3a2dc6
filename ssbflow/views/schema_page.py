"""The page that says what lies where in a store, from the code that puts it there."""

import inspect
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from pydantic import BaseModel

from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.reading import load_sweep
from ssbflow.packing.packing import SPECIES, Packing
from ssbflow.press.pressed import Contacts, Pressed, Trajectory
from ssbflow.store.case_zip import ARRAYS, FRAMES_PER_CHUNK, PARTICLES_PER_CHUNK, case_dataset
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import CELLS_PER_CHUNK, VARIABLES, build_cube, cube_encoding, read_cube_cells
from ssbflow.store.current import Current, Version
from ssbflow.store.flat import GROUPS
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import SCHEMA_VERSION, Store
from ssbflow.store.records import CaseRecord, Failure, MeasureRecord, StoredFile
from ssbflow.store.sweeps import Description, StoredSweep
from ssbflow.store.versions import CHUNK_KEYS, KEEP_S, KEEP_VERSIONS
from ssbflow.views.schema_text import (
    ATTRIBUTES_OF_CASES,
    ATTRIBUTES_OF_CUBES,
    CASE_TABLE,
    FILES_IN,
    HEAD,
    QUERIES,
    READING,
)

NAMES = {"case_id": "kk…", "measure_id": "MEASURE_ID", "name": "PROTOCOL.ANALYSIS", "version": "vNNNNNN.zarr"}
"""What stands for the arguments of paths."""


def schema_markdown() -> str:
    """Return the page of the documentation."""
    sections = {
        "The tree": _tree(),
        "Reading": READING.format(keep_versions=KEEP_VERSIONS, keep_h=f"{KEEP_S / 3600:g}", before=len(CHUNK_KEYS) - 1),
        "The cube": _cube(),
        "`cases.parquet`": _case_table() + QUERIES,
        "The case file": _case_file(),
        "Records and the ledger": _records(),
        "`store.json`": _model(Description) + _model(StoredSweep),
        "`current.json`": _model(Current) + _model(Version),
    }
    return HEAD.format(version=SCHEMA_VERSION) + "".join(f"\n## {title}\n\n{text}" for title, text in sections.items())


def _tree() -> str:
    root = Path("STORE")
    lines = sorted(f"{path.relative_to(root)}\t{meaning}" for path, meaning in _paths(Store(root)))
    width = max(len(line.split("\t")[0]) for line in lines) + 2
    return "```\nSTORE/\n" + "".join(f"  {line.expandtabs(width)}\n" for line in lines) + "```\n"


def _paths(store: Store) -> Iterator[tuple[Path, str]]:
    """Yield every path that a store has, and what lies there; of folders, the files in them."""
    for name, member in vars(Store).items():
        if name.startswith("_") or not (isinstance(member, property) or inspect.isfunction(member)):
            continue
        meaning = str(inspect.getdoc(member)).splitlines()[0].removesuffix(".")
        if isinstance(member, property):
            path: Path = getattr(store, name)
            yield path / FILES_IN.get(name, ""), meaning
        else:
            arguments = list(inspect.signature(member).parameters)[1:]
            yield member(store, *(NAMES[argument] for argument in arguments)), meaning


def _cube() -> str:
    cube = _empty_cube()
    encoding = cube_encoding(cube)
    coordinates = _table(
        ("coordinate", "dims", "type", "unit", "meaning"), (_row(name, c) for name, c in cube.coords.items())
    )
    states = [name for name in cube.data_vars if name not in {variable.name for variable in VARIABLES}]
    variables = _table(
        ("variable", "type", "fill", "unit", "meaning"),
        (
            (f"`{name}`", _kind(cube[name]), encoding[str(name)].get("fill_value", '`""`'), *_meaning(cube[name].attrs))
            for name in states
        ),
    )
    flags = ", ".join(f"{value} `{name}`" for name, value in STATUS.items())
    return (
        "Dims `composition`, `distribution`, `seed`; one cube for each pair of protocol and analysis.\n\n"
        f"{coordinates}\n{variables}\nThe flags of `status` (CF's `flag_values`, `flag_meanings`): {flags}. `case_id` "
        'is empty where no sweep asked for a case (`missing_value = ""`: xarray reads NaN there). All other '
        "[variables](variables.md) are float64 with NaN as fill, NaN wherever there is no number; each has `units`, "
        "`long_name` and, where it depends on criteria, a `comment` that states them.\n\n"
        f"Chunks: one for each variable up to {CELLS_PER_CHUNK} cells, then chunks of about so many; no shards; "
        f"metadata consolidated.\n\n{_attributes(cube, ATTRIBUTES_OF_CUBES)}"
    )


def _case_file() -> str:
    arrays = _table(
        ("array", "dims", "stored as", "unit", "meaning"),
        (
            (f"`{name}`", ", ".join(array.dims), _stored_as(array.dtype, array.attributes), *_meaning(array.attributes))
            for name, array in ARRAYS.items()
        ),
    )
    flags = ", ".join(f"{value} {name}" for value, name in enumerate(SPECIES))
    return (
        "A Zarr in a zip, nothing compressed but the chunks; the same inputs give the same bytes. Whatever depends on "
        f"the run alone (host, times, versions, ranks) stands in the record.\n\n{arrays}\n"
        f"Species: {flags}. `released_position` is there where the protocol has a release. Chunks of `position`: "
        f"({FRAMES_PER_CHUNK}, {PARTICLES_PER_CHUNK}, 3) at most; every other array is one chunk. Many cases at once: "
        f"`ssbflow.open_cases`.\n\n{_attributes(_tiny_case(), ATTRIBUTES_OF_CASES)}"
    )


def _records() -> str:
    groups = ", ".join(f"`{group}.NAME`" for group in GROUPS)
    return (
        "JSON, sealed: `seal` is a hash of all the rest. What is null may be left out. A record never changes; that of "
        "a later attempt N lies beside the first as `CASE_ID.N.json`, and the largest `attempt` counts.\n\n"
        + _model(CaseRecord) + _model(MeasureRecord) + _model(Failure) + _model(StoredFile)
        + "The ledger has a row for each record that was moved there, and loses no bit of it: the columns are the "
        f"fields above, groups flattened to {groups}. Inputs are JSON texts, values float64. `measure_id` is null in "
        "rows of simulations. Segments never change; where two have the same row, the larger `attempt` counts.\n"
    )  # fmt: skip


def _case_table() -> str:
    columns = _table(("column", "meaning"), ((f"`{name}`", meaning) for name, meaning in CASE_TABLE.items()))
    return (
        "One row for each case that has an outcome, in every cube that it belongs to, as `ssbflow publish STORE` last "
        f"found them.\n\n{columns}"
    )


def _empty_cube() -> xr.Dataset:
    """Return the cube of a sweep of which nothing has been computed."""
    sweep = load_sweep(catalog_folder() / "sweeps" / "quickstart.yaml")
    with tempfile.TemporaryDirectory() as nothing:
        return build_cube(read_cube_cells(Store(Path(nothing)), grid_of(sweep)))


def _tiny_case() -> xr.Dataset:
    """Return what a case file would hold of two particles."""
    position = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 3.0]])
    packing = Packing(position, [1.0, 1.0], ["se", "eam"], edge_um=(4.0, 4.0))
    one = np.zeros(1)
    pressed = Pressed(
        packing=packing,
        trajectory=Trajectory(np.zeros(1, np.int64), position[np.newaxis]),
        contacts=Contacts(one.astype(np.int64), one.astype(np.int64), one, one),
        pressure_measured_mpa=0.0,
        unbalanced_force=0.0,
        steps=0,
        released=packing,
    )
    case = next(load_sweep(catalog_folder() / "sweeps" / "quickstart.yaml").cases())
    return case_dataset(case, pressed)


def _model(model: type[BaseModel]) -> str:
    fields = "".join(f"- `{name}`: `{_type_name(field.annotation)}`\n" for name, field in model.model_fields.items())
    about = " ".join(str(inspect.getdoc(model)).replace("``", "`").split())
    return f"**{model.__name__}.** {about}\n\n{fields}\n"


def _type_name(annotation: Any) -> str:
    name = annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else annotation
    return re.sub(r"[\w.]+\.(?=\w)", "", str(name)).replace("'", '"')


def _attributes(dataset: xr.Dataset, meanings: Mapping[str, str]) -> str:
    return _table(("attribute", "what it says"), ((f"`{name}`", meanings[str(name)]) for name in dataset.attrs))


def _row(name: Any, array: xr.DataArray) -> tuple[str, ...]:
    return f"`{name}`", ", ".join(map(str, array.dims)), _kind(array), *_meaning(array.attrs)


def _kind(array: xr.DataArray) -> str:
    return "string" if array.dtype.kind in "OT" else str(array.dtype)


def _meaning(attributes: Mapping[str, Any]) -> tuple[str, str]:
    return attributes["units"], attributes["long_name"]


def _stored_as(dtype: str, attributes: Mapping[str, Any]) -> str:
    return f"{dtype}, scale {attributes['scale_factor']:g}" if "scale_factor" in attributes else dtype


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)

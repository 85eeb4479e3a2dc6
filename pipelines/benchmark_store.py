"""The store's part of the benchmark: synthetic records, real publishing and reading, a fresh process for each figure.

python pipelines/benchmark.py cubes                  publish, open and query cubes of 1e3, 1e5 and 1e6 cells
python pipelines/benchmark.py first-publish          1e5 cases whose records lie as files, then from the ledger
python pipelines/benchmark.py case-file              what a worker writes, and reading it back
python pipelines/benchmark.py many-cases             10 000 cases as one lazy array
"""

import multiprocessing
import os
import resource
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import typer
import xarray as xr
from rich.console import Console
from rich.table import Table

import ssbflow
from ssbflow.flow.simulate import pack_case, press_case
from ssbflow.inputs.case import Case, measure_inputs
from ssbflow.inputs.identity import MEASURE_VERSION, PHYSICS_VERSION
from ssbflow.inputs.sweep import Sweep
from ssbflow.press import pressed
from ssbflow.press.pressed import Pressed
from ssbflow.store.case_zip import write_case_zip
from ssbflow.store.flat import WORDS
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store
from ssbflow.store.ledger import SMALL_ROWS, write_segment
from ssbflow.store.publish import publish
from ssbflow.store.records import CaseRecord, MeasureRecord, write_record
from ssbflow.store.sealed import sealed
from ssbflow.store.sweeps import cube_names, register_sweep, stored_sweeps
from ssbflow.structure import measures
from ssbflow.variable import Variable

EXAMPLE = Path(__file__).parents[1] / "catalogs" / "sweeps" / "example_1.yaml"
SHAPES = {
    "1e3": (10, 10, 10),
    "1e5": (10, 10, 1000),
    "1e6": (10, 10, 10_000),
    "1e6, one seed": (1000, 1000, 1),
}
PROVENANCE = {"host": "node", "ended": "2026-01-01T00:00:00+00:00", "lammps_version": "29 Aug 2024"}
MANY = 10_000

console = Console(width=160)


def cubes() -> None:
    """Publish, open and query synthetic cubes; a first publish, one with new records, one with the table of cases."""
    columns = ("cells", "publish, s", "again, s", "all + cases.parquet, s", "memory, GB", "open, s", "query, s", "MB")
    table = Table(*columns, title="One cube from the ledger")
    for name, shape in SHAPES.items():
        with scratch_store() as root:
            in_fresh_process(fill, root, shape)
            first_s, again_s, memory_gb = in_fresh_process(publish_twice, root)
            all_s, all_memory_gb = in_fresh_process(publish_all, root)
            open_s, query_s = in_fresh_process(open_and_query, root)
            size = sum(path.stat().st_size for path in (root / "versions" / "v000001.zarr").rglob("*")) / 1e6
        memory = f"{memory_gb:.2f} / {all_memory_gb:.2f}"
        row = (f"{first_s:.2f}", f"{again_s:.2f}", f"{all_s:.2f}", memory, f"{open_s:.3f}", f"{query_s:.3f}")
        table.add_row(name, *row, f"{size:.0f}")
        console.print(name, *row)  # at once: the largest take a minute
    console.print(table)


def first_publish(cases: Annotated[int, typer.Option(help="How many.")] = 100_000) -> None:
    """Publish from record files, which moves them to the ledger; then from there."""
    with scratch_store() as root:
        in_fresh_process(write_loose, root, (10, 10, cases // 100))
        first_s, again_s, memory_gb = in_fresh_process(publish_twice, root)
        fresh_s, _, _ = in_fresh_process(publish_twice, root)
    console.print(
        f"{cases} cases, {2 * cases} record files: first publish and compaction {first_s:.1f} s, with one case more "
        f"{again_s:.2f} s, in a new process {fresh_s:.2f} s, memory {memory_gb:.2f} GB"
    )


def case_file() -> None:
    """Press a case for real, write it and read it as workers and analysts do; sizes beside raw float32."""
    columns = (
        "particles × frames",
        "zip + records, ms",
        "MB",
        "raw, MB",
        "positions smaller",
        "last frame, ms",
        "path, ms",
    )
    table = Table(*columns, title="Case files, medians of five")
    for edge_um, frames in ((63, 20), (122, 50)):
        with scratch_store() as root:
            particles, *figures = in_fresh_process(write_and_read, root, edge_um, frames)
        table.add_row(f"{particles} × {frames}", *figures)
    console.print(table)


def many_cases() -> None:
    """Build one lazy array of many cases, of which no file is there."""
    with scratch_store() as root:
        in_fresh_process(fill, root, (10, 10, MANY // 100))
        in_fresh_process(publish_twice, root)
        seconds = in_fresh_process(build_ragged, root)
    console.print(f"{MANY} cases as one lazy ragged array: {seconds:.2f} s")


def fill(root: Path, shape: tuple[int, int, int]) -> None:
    """Register a sweep and write an outcome of every case into the ledger, with random numbers."""
    store, sweep = Store(root), synthetic_sweep(shape)
    register_sweep(store, sweep)
    grid, generator = grid_of(sweep), np.random.default_rng(1)
    ids = grid.case_ids()
    for start in range(0, len(ids), SMALL_ROWS):
        some = ids[start : start + SMALL_ROWS]
        write_segment(store, synthetic_rows(some, None, pressed.VARIABLES, generator))
        write_segment(store, synthetic_rows(some, grid.measure_ids[0], measures.VARIABLES, generator))


def synthetic_sweep(shape: tuple[int, int, int]) -> Sweep:
    example = ssbflow.load_sweep(EXAMPLE)
    composition, distribution = example.compositions[0], example.distributions[0]
    sizes = {"kind": "tabulated", "basis": "number", "weight": [1]}
    return example.replace(
        name="synthetic",
        compositions=tuple(
            composition.replace(label=f"c{at}", weight_percent={"eam": share, "se": 100 - share})
            for at, share in enumerate(np.linspace(50, 90, shape[0]).tolist())
        ),
        distributions=tuple(
            distribution.replace(label=f"d{at}", eam={**sizes, "diameter_um": [4 + 1e-3 * at]})
            for at in range(shape[1])
        ),
        seeds=tuple(range(shape[2])),
    )


def synthetic_rows(
    ids: list[str], measure_id: str | None, variables: tuple[Variable, ...], generator: np.random.Generator
) -> pa.Table:
    def words(text: str | None) -> pa.Array:
        return pa.array([text] * len(ids), WORDS)

    version = ("inputs.measure_version", MEASURE_VERSION) if measure_id else ("inputs.physics_version", PHYSICS_VERSION)
    numbers = {f"values.{variable.name}": generator.random(len(ids)) for variable in variables}
    if "values.stored_particles" in numbers:
        numbers["values.stored_particles"] = np.full(len(ids), 5000.0)
    return pa.table(
        {
            "case_id": ids,
            "measure_id": words(measure_id),
            "status": words("ok"),
            "attempt": pa.array(np.ones(len(ids)), pa.int32()),
            "seal": pa.array(["0" * 16] * len(ids)),
            version[0]: words(str(version[1])),
            **numbers,
            **{f"provenance.{name}": words(value) for name, value in PROVENANCE.items()},
        }
    )


def write_loose(root: Path, shape: tuple[int, int, int]) -> None:
    """Write the records of every case as files, sealed, waiting for the disk at the end only."""
    store, sweep, generator = Store(root), synthetic_sweep(shape), np.random.default_rng(1)
    register_sweep(store, sweep)
    for case in sweep.cases():
        for path, record in synthetic_records(store, case, sweep, generator):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(sealed(record.model_dump(mode="json")))
    os.sync()  # workers wait for it, record by record: a publisher does not


def synthetic_records(
    store: Store, case: Case, sweep: Sweep, generator: np.random.Generator
) -> Iterator[tuple[Path, CaseRecord | MeasureRecord]]:
    about: dict[str, Any] = {"case_id": case.case_id, "status": "ok", "attempt": 1, "provenance": PROVENANCE}

    def values(variables: tuple[Variable, ...]) -> dict[str, float]:
        return dict(zip((item.name for item in variables), generator.random(len(variables)).tolist(), strict=True))

    inputs, measure_id = case.simulation_inputs(), case.measure_id(sweep.analysis)
    yield store.record(case.case_id), CaseRecord(**about, inputs=inputs, values=values(pressed.VARIABLES))
    inputs = measure_inputs(case.design.composition, sweep.analysis)
    measured = MeasureRecord(**about, measure_id=measure_id, inputs=inputs, values=values(measures.VARIABLES))
    yield store.measure_record(measure_id, case.case_id), measured


def publish_twice(root: Path) -> tuple[float, float, float]:
    """Publish the cube, then again with one more failure, as a running sweep does; imports not counted."""
    store = Store(root)
    warm_up()
    cube = cube_names(store)[0]
    first_s = timed(lambda: publish(store, (cube,), cases=False))
    sweep = stored_sweeps(store)[0]
    case = next(sweep.cases())
    attempt = 2 + int(time.time())
    write_record(
        store.record(case.case_id),
        CaseRecord(case_id=case.case_id, status="failed", attempt=attempt, inputs=case.simulation_inputs()),
    )
    again_s = timed(lambda: publish(store, (cube,), cases=False))
    return first_s, again_s, peak_memory_gb()


def warm_up() -> None:
    """Publish and open a cube of one case: what is imported on the way is imported then."""
    with scratch_store() as root:
        fill(root, (1, 1, 1))
        publish(Store(root))
        ssbflow.open_cube(root)


def publish_all(root: Path) -> tuple[float, float]:
    shutil.rmtree(root / "versions")
    (root / "current.json").unlink()
    warm_up()
    return timed(lambda: publish(Store(root))), peak_memory_gb()


def open_and_query(root: Path) -> tuple[float, float]:
    """Open as analysts do; imports not counted."""
    warm_up()
    open_s = timed(lambda: ssbflow.open_cube(root))
    cube = ssbflow.open_cube(root)

    def query() -> xr.DataArray:
        return cube.tortuosity_geodesic_median.where(cube.porosity < 0.15).median("seed").compute()

    query()
    return open_s, timed(query)


def write_and_read(root: Path, edge_um: float, frames: int) -> tuple[int, str, str, str, str, str, str]:
    store, sweep, generator = Store(root), ssbflow.load_sweep(EXAMPLE), np.random.default_rng(1)
    protocol = sweep.protocol
    box = protocol.box.replace(edge_um=edge_um, spaces_per_edge=None)
    wide = sweep.replace(protocol=protocol.replace(box=box, press=protocol.press.replace(frames=frames, ranks=2)))
    case = next(wide.cases())
    made = press_case(case, pack_case(case))
    written = [timed(lambda: write_as_worker(store, case, wide, made, generator)) for _ in range(6)]
    last = [timed(lambda: read_frame(root, case.case_id)) for _ in range(6)]
    path = [timed(lambda: read_path(root, case.case_id)) for _ in range(6)]
    file = store.case_zip(case.case_id)
    with zipfile.ZipFile(file) as archive:
        positions = sum(item.file_size for item in archive.infolist() if item.filename.startswith("position/c"))
    raw = made.trajectory.position_um.size * 4
    return (
        len(made.packing),
        f"{1e3 * np.median(written[1:]):.0f}",
        f"{file.stat().st_size / 1e6:.1f}",
        f"{raw / 1e6:.1f}",
        f"{raw / positions:.2f}",
        f"{1e3 * np.median(last[1:]):.1f}",
        f"{1e3 * np.median(path[1:]):.1f}",
    )


def write_as_worker(store: Store, case: Case, sweep: Sweep, made: Pressed, generator: np.random.Generator) -> None:
    write_case_zip(store.case_zip(case.case_id), case, made)
    for path, record in synthetic_records(store, case, sweep, generator):
        write_record(path, record)


def read_frame(root: Path, case_id: str) -> None:
    with ssbflow.open_case(root, case_id) as case:
        case["position"][-1].compute()


def read_path(root: Path, case_id: str) -> None:
    with ssbflow.open_case(root, case_id) as case:
        case["position"][:, 17].compute()


def build_ragged(root: Path) -> float:
    cube = ssbflow.open_cube(root)
    return timed(lambda: ssbflow.open_cases(cube.where(cube.porosity < 2)))


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def peak_memory_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def in_fresh_process(work: Callable[..., Any], *about: object) -> Any:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *about).result()


@contextmanager
def scratch_store() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / "store"


COMMANDS = (cubes, first_publish, case_file, many_cases)

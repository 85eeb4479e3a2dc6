"""The verdict after a trial: nothing that was acknowledged is missing anywhere, and little is left lying about."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import ssbflow
from ssbflow.store import ledger
from ssbflow.store.cube import VARIABLES
from ssbflow.store.current import Current
from ssbflow.store.flat import is_whole
from ssbflow.store.layout import Store
from ssbflow.store.loose import measure_folders, record_files
from ssbflow.store.outcomes import case_record, measure_record
from ssbflow.store.sealed import unsealed
from ssbflow.store.sweeps import stored_sweeps
from ssbflow.store.versions import tree_digest
from torture_parts.judging import Seen, faults, ok_cells
from torture_parts.publishing import SMALL_SEGMENTS
from torture_parts.synthetic import expected, measure_attempts, simulation_attempts
from torture_parts.trial import Trial

LOOKED_UP = 500  # of the acknowledged cases, one by one


def judge(trial: Trial) -> None:
    """Write down what is wrong with the store when all is done."""
    for fault in (*_in_the_cube(trial), *_in_the_table(trial), *_one_by_one(trial), *_on_disk(trial)):
        trial.violate("verdict", fault)


def leftovers(trial: Trial) -> dict[str, int]:
    """Return how many files kills left, by kind: nobody reads them."""
    names = [path.name for path in trial.folder.joinpath("disk").rglob(".*")]
    kinds = {"partial": ".partial", "clock": ".clock.", "writable": ".writable.", "tmp": ".tmp-", "old": ".old-"}
    return {kind: sum(mark in name for name in names) for kind, mark in kinds.items()}


def _in_the_cube(trial: Trial) -> Iterator[str]:
    with ssbflow.open_cube(trial.store.root) as cube:
        seen: Seen = {str(name): variable.values for name, variable in cube.variables.items()}
    yield from faults(seen)
    found = ok_cells(seen)
    labels = {
        (case.design.composition.label, case.design.distribution.label, case.seed): case.case_id
        for sweep in stored_sweeps(trial.store)
        for case in sweep.cases()
    }
    if found != labels:
        yield f"{len(labels)} cells were asked for, {len(found)} ended well; not the same"
    missing = set(trial.acknowledged()) - set(found.values())
    if missing:
        yield f"{len(missing)} acknowledged cases are not in the cube: {min(missing)}"


def _in_the_table(trial: Trial) -> Iterator[str]:
    table = pd.read_parquet(trial.store.case_table).set_index("case_id")
    if not table.index.is_unique:
        yield "cases.parquet has a case twice"
    missing = set(trial.acknowledged()) - set(table.index[table["status"] == "ok"])
    if missing:
        yield f"{len(missing)} acknowledged cases are not ok in cases.parquet: {min(missing)}"
    for variable in VARIABLES:
        if not np.array_equal(table[variable.name], expected(list(table.index), variable.name), equal_nan=True):
            yield f"{variable.name} in cases.parquet is not what it must be"


def _one_by_one(trial: Trial) -> Iterator[str]:
    acknowledged = sorted(trial.acknowledged())
    sweep = stored_sweeps(trial.store)[0]
    measure_id = next(sweep.cases()).measure_id(sweep.analysis)
    for case_id in acknowledged[:: max(1, len(acknowledged) // LOOKED_UP)]:
        records = case_record(trial.store, case_id), measure_record(trial.store, measure_id, case_id)
        attempts = simulation_attempts(case_id), measure_attempts(case_id)
        for record, attempt in zip(records, attempts, strict=True):
            if record is None or (record.status, record.attempt) != ("ok", attempt):
                yield f"{case_id} looked up is {record}, must be attempt {attempt}"


def _on_disk(trial: Trial) -> Iterator[str]:
    store = trial.store
    current = Current.read(store)
    yield from _other_than_listed(store, current)
    for path in record_files([store.records, *measure_folders(store)]):
        unsealed(path.read_bytes(), path)
    segments = ledger.segments(store)
    for path in segments:
        if not all(is_whole(row) for row in ledger.read_segment(path).to_pylist()):
            yield f"{path.name} has rows that are not what was sealed"
    if len(segments) > SMALL_SEGMENTS + 2:
        yield f"{len(segments)} segments"
    if leftovers(trial)["tmp"] + leftovers(trial)["old"]:
        yield "half a version is left"


def _other_than_listed(store: Store, current: Current) -> Iterator[str]:
    listed = {store.ledger / name: digest for name, digest in current.ledger.items()}
    found = {path: ledger.file_digest(path) for path in ledger.segments(store)}
    if found != listed:
        yield f"current.json lists segments {_names(listed)}, there are {_names(found)}"
    versions = {path.name for path in store.versions.glob("v*.zarr")}
    if versions != set(current.versions):
        yield f"current.json lists versions {sorted(current.versions)}, there are {sorted(versions)}"
    parities = {store.parity(name): version.parity for name, version in current.versions.items()}
    if {path: ledger.file_digest(path) for path in store.versions.glob("*.parity")} != parities:
        yield "the parities are not those that current.json lists"
    for name, version in current.versions.items():
        if tree_digest(store.versions / name, version.chunk_keys) != version.sha256:
            yield f"{name} is not what current.json says"
    if current.cases != ledger.file_digest(store.case_table):
        yield "cases.parquet is not what current.json says"
    for tag, name in current.tags.items():
        if os.path.realpath(store.tags / f"{tag}.zarr") != os.path.realpath(store.versions / name):
            yield f"tag {tag} is not what current.json says"


def _names(paths: Iterable[Path]) -> list[str]:
    return sorted(path.name for path in paths)

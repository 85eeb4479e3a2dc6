"""What a case file tells of itself: whose it is, and the record that it was written with."""

import hashlib
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from ssbflow.errors import StoreError
from ssbflow.inputs.identity import identity
from ssbflow.store.check_records import case_id_of
from ssbflow.store.records import CaseRecord, StoredFile
from ssbflow.store.source import git_commit, ssbflow_version

METADATA = "zarr.json"
UNREADABLE = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error)
"""What reading a damaged zip may raise."""


def zip_inputs(path: Path) -> dict[str, Any]:
    """Return the simulation's inputs of a case file.

    Raises
    ------
    StoreError
        It cannot be read, or it is of another case than its name says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _inputs(_attributes(archive), path)
    except UNREADABLE as error:
        raise _not_whole(path, error) from error


def zip_sizes(path: Path) -> dict[str, float]:
    """Return how much a case file holds, by the names of the cube.

    Raises
    ------
    StoreError
        It cannot be read.
    """
    arrays = {"stored_particles": "radius", "stored_contacts": "contact_first", "stored_frames": "step"}
    try:
        with zipfile.ZipFile(path) as archive:
            shapes = {name: json.loads(archive.read(f"{of}/{METADATA}"))["shape"] for name, of in arrays.items()}
    except UNREADABLE as error:
        raise _not_whole(path, error) from error
    return {name: float(shape[0]) for name, shape in shapes.items()}


def record_from_zip(path: Path, attempt: int) -> CaseRecord:
    """Return the record of a case file that is whole: all but what depended on the run.

    Raises
    ------
    StoreError
        It is not whole, is of another case than its name says, or is of an older ssbflow, which kept no numbers in it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            attributes = _attributes(archive)
            inputs, values = _inputs(attributes, path), json.loads(attributes["values"])
            broken = archive.testzip()
        content = path.read_bytes()
    except UNREADABLE as error:
        raise _not_whole(path, error) from error
    if broken:
        raise StoreError(f"{path} is not whole: {broken} is damaged")
    return CaseRecord(
        case_id=case_id_of(path),
        status="ok",
        attempt=attempt,
        inputs=inputs,
        values=values,
        provenance={"rebuilt": True, "ssbflow_version": ssbflow_version(), "git_commit": git_commit()},
        zip=StoredFile(sha256=hashlib.sha256(content).hexdigest(), size=len(content)),
    )


def _attributes(archive: zipfile.ZipFile) -> dict[str, Any]:
    attributes: dict[str, Any] = json.loads(archive.read(METADATA))["attributes"]
    return attributes


def _inputs(attributes: dict[str, Any], path: Path) -> dict[str, Any]:
    inputs: dict[str, Any] = json.loads(attributes["inputs"])
    if not identity(inputs) == attributes["case_id"] == case_id_of(path):
        raise ValueError("its inputs are those of another case")
    return inputs


def _not_whole(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path} is not whole: {error}")

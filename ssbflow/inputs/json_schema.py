"""JSON schemas of the files that people write: what editors complete and check them by."""

from functools import cache
from typing import Annotated, Any

from pydantic import Discriminator, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from ssbflow.errors import InputError
from ssbflow.inputs.cell import Cell
from ssbflow.inputs.cluster import PbsCluster, SlurmCluster
from ssbflow.inputs.material import Material
from ssbflow.inputs.night import Night
from ssbflow.inputs.search import Search
from ssbflow.inputs.sweep import Sweep

FILES: dict[str, Any] = {
    "sweep": Sweep,
    "search": Search,
    "cluster": Annotated[PbsCluster | SlurmCluster, Discriminator("kind")],
    "night": Night,
    "materials": dict[str, Material],
    "cells": dict[str, Cell],
}
"""Kind of file → what it says."""

NAMED_BY_THEIR_KEY = (Material, Cell)


def json_schema(kind: str) -> dict[str, Any]:
    """Return the schema of a kind of file, as of JSON Schema 2020-12.

    Parameters
    ----------
    kind : str
        One of `FILES`.

    Raises
    ------
    InputError
        It is none of them.
    """
    if kind not in FILES:
        raise InputError(f"{kind!r} is no kind of file; allowed: {', '.join(FILES)}")
    return _generated(kind)


@cache
def _generated(kind: str) -> dict[str, Any]:
    schema = TypeAdapter(FILES[kind]).json_schema()
    for model in NAMED_BY_THEIR_KEY:
        definition = schema.get("$defs", {}).get(model.__name__, {})
        if "name" in definition.get("required", []):
            definition["required"].remove("name")
    return {"$schema": GenerateJsonSchema.schema_dialect, "title": f"ssbflow {kind} file", **schema}

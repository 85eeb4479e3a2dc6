import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ssbflow.errors import InputError
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.json_schema import FILES, json_schema
from ssbflow.inputs.yaml_file import read_yaml

ROOT = catalog_folder().parent
SWEEPS = sorted((catalog_folder() / "sweeps").glob("*.yaml"))
SEARCHES = sorted((catalog_folder() / "searches").glob("*.yaml"))
OTHERS = [
    ("cluster", ROOT / "deploy" / "pbs.yaml"),
    ("cluster", ROOT / "deploy" / "slurm.yaml"),
    ("night", ROOT / "deploy" / "nightly.yaml"),
    ("materials", catalog_folder() / "materials.yaml"),
    ("cells", catalog_folder() / "cells.yaml"),
]


def complaints(kind: str, content: Any) -> list[str]:
    validator = Draft202012Validator(json_schema(kind))
    return [error.message for error in validator.iter_errors(json.loads(json.dumps(content)))]


@pytest.mark.parametrize("kind", FILES)
def test_schemas_are_valid_and_published_as_they_are(kind: str) -> None:
    Draft202012Validator.check_schema(json_schema(kind))
    published = ROOT / "docs" / "schemas" / f"{kind}.json"
    assert json.loads(published.read_text()) == json_schema(kind), f"ssbflow schema {kind} > docs/schemas/{kind}.json"


@pytest.mark.parametrize(
    ("kind", "path"),
    [*(("sweep", path) for path in SWEEPS), *(("search", path) for path in SEARCHES), *OTHERS],
    ids=lambda value: value.name if isinstance(value, Path) else None,
)
def test_files_of_the_repository_are_accepted(kind: str, path: Path) -> None:
    assert complaints(kind, read_yaml(path)) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"compositoins": []}, "compositoins"),
        ({"seeds": {"first": 1, "cuont": 3}}, "cuont"),
        ({"seeds": "all"}, "all"),
        ({"protocol": {"label": "small", "box": {"edge_um": 8}}}, "edge_um"),
        ({"protocol": {"label": "small", "box": {"edge_um": -8, "areal_mass_mg_cm2": 3}}}, "-8"),
    ],
)
def test_what_is_wrong_is_seen_in_the_editor(change: dict[str, Any], complaint: str) -> None:
    sweep = read_yaml(catalog_folder() / "sweeps" / "quickstart.yaml")
    assert complaint in str(complaints("sweep", {**sweep, **change}))


@pytest.mark.parametrize(("given", "right"), [({"like": "NCM811"}, True), ({"density_g_cm3": 4.7}, True), ({}, False)])
def test_material_says_its_density_or_what_it_is_like(given: dict[str, Any], right: bool) -> None:
    assert (complaints("materials", {"mine": given}) == []) == right


def test_no_such_kind() -> None:
    with pytest.raises(InputError, match="'sweeps' is no kind of file; allowed: sweep, search"):
        json_schema("sweeps")

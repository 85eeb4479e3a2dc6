import re
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import ssbflow
from ssbflow.cli import app
from ssbflow.store.cube import VARIABLES
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish
from ssbflow.views.schema_page import schema_markdown
from ssbflow.views.schema_text import CASE_TABLE, QUERIES

PAGE = Path(__file__).parents[2] / "docs" / "schema.md"
WILD = {
    "PROTOCOL.ANALYSIS": "[^/]+",
    "MEASURE_ID": "[0-9a-f]{32}",
    "NAME-HASH": "[^/]+",
    "TAG": "[^/]+",
    "NNNNNN": "[0-9]{6}",
    "kk…": "[0-9a-f]{32}",
    "kk": "[0-9a-f]{2}",
}
"""What stands for what in the tree."""


@pytest.fixture
def published(tiny_store: Path, tmp_path: Path) -> Path:
    """A store with everything in it: a tag, a ledger beside loose records, the table of cases."""
    store = Store(tmp_path / "store")
    shutil.copytree(tiny_store, store.root, symlinks=True)
    publish(store, tag="kept", compact_from=1)
    return store.root


def test_page_of_the_documentation_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == schema_markdown(), "write it: ssbflow schema > docs/schema.md"


def test_command_prints_the_page() -> None:
    printed = CliRunner().invoke(app, ["schema"])
    assert (printed.exit_code, printed.output) == (0, schema_markdown())


@pytest.mark.lammps
@pytest.mark.parametrize("kept", [True, False])
def test_whatever_a_store_holds_is_in_the_tree(tiny_store: Path, published: Path, kept: bool) -> None:
    store = published if kept else tiny_store
    tree = schema_markdown().split("```")[1]
    known = [_pattern(line.split()[0]) for line in tree.splitlines() if line.startswith("  ")]
    found = {_outermost(path.relative_to(store)) for path in store.rglob("*") if path.is_symlink() or path.is_file()}
    assert len(found) > 8
    assert not {path for path in found if not any(re.fullmatch(pattern, path) for pattern in known)}


def _pattern(line: str) -> str:
    names = "|".join(map(re.escape, WILD))
    parts = re.split(f"({names})", line)
    return "".join(WILD.get(part, re.escape(part)) for part in parts)


def _outermost(path: Path) -> str:
    """A Zarr is one thing, whatever lies in it."""
    return str(next((parent for parent in path.parents if parent.suffix == ".zarr"), path))


@pytest.mark.lammps
def test_attributes_and_columns_are_those_of_a_real_store(published: Path) -> None:
    page = schema_markdown()
    cube = ssbflow.open_cube(published)
    with ssbflow.open_case(published, cube["case_id"].values.ravel()[0]) as case:
        names = [*cube.attrs, *cube.coords, *case.attrs, *case.data_vars]
    assert not [name for name in names if f"| `{name}` |" not in page]
    columns = pq.read_schema(published / "cases.parquet").names
    assert columns == [*list(CASE_TABLE)[:-1], *(variable.name for variable in VARIABLES)]


@pytest.mark.lammps
def test_queries_of_the_page_work(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(published.parent)
    code = QUERIES.split("```python\n")[1].split("```")[0].replace("STORE", "store").replace("< 0.15", "< 0.9")
    found: dict[str, pd.DataFrame] = {}
    exec(code, found)
    assert found["dense"]["status"].tolist() == ["ok", "ok"]
    assert found["failed"].empty

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from store_oracles import measurement, simulation, write

import ssbflow
from ssbflow.inputs.identity import PHYSICS_VERSION
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.cube import VARIABLES
from ssbflow.store.current import Current
from ssbflow.store.layout import Store
from ssbflow.store.ledger import file_digest
from ssbflow.store.publish import publish
from ssbflow.store.sweeps import register_sweep


@pytest.fixture
def sweep(tiny_sweep: Sweep) -> Sweep:
    return tiny_sweep.replace(seeds=(1, 2, 5, 9))


@pytest.fixture
def store(sweep: Sweep, tmp_path: Path) -> Store:
    """Of a grid two cases that ended and two pending; beside them cases of a search, and one of old physics."""
    store, (done, failed, *_) = Store(tmp_path), sweep.cases()
    register_sweep(store, sweep)
    write(store, simulation(done, steps=1), measurement(done, sweep.analysis, porosity=0.1))
    write(store, simulation(failed, "failed"))
    searched, broken = sweep.replace(seeds=(70, 71)).cases()
    write(store, simulation(searched, steps=7), measurement(searched, sweep.analysis, porosity=0.7))
    write(store, simulation(broken, "failed", attempt=2))
    write(store, simulation(done, steps=3, physics=PHYSICS_VERSION - 1))
    return store


@pytest.fixture(params=[1, 1000], ids=["ledger", "files"])
def table(request: pytest.FixtureRequest, store: Store) -> pd.DataFrame:
    publish(store, compact_from=request.param)
    publish(store)
    return pd.read_parquet(store.case_table)


def test_rows_of_the_grid_say_what_the_cube_says(store: Store, table: pd.DataFrame) -> None:
    cube = ssbflow.open_cube(store.root).load()
    inside = table[table["cube"] == "small.touching"]
    assert len(inside) == int((cube["status"] > 0).sum()) == 2
    for row in inside.to_dict("records"):
        where = {name: row[name] for name in ("composition", "distribution", "seed")}
        cell = cube.sel(where)
        assert cell["case_id"].item() == row["case_id"]
        assert cell["physics_version"].item() == row["physics_version"] == PHYSICS_VERSION
        assert {1: "ok", 2: "failed"}[cell["status"].item()] == row["status"]
        for variable in VARIABLES:
            np.testing.assert_array_equal(cell[variable.name].item(), row[variable.name])


def test_how_cases_failed_is_told(table: pd.DataFrame) -> None:
    failed = table[table["status"] == "failed"]
    assert failed["seed"].tolist() == [2, 71]
    assert failed["failure_cause"].tolist() == ["not settled"] * 2
    assert failed["failure_message"].tolist() == ["it moves on"] * 2
    assert failed["porosity"].isna().all()


def test_cases_in_no_grid_follow_without_labels(sweep: Sweep, table: pd.DataFrame) -> None:
    outside = table[table["cube"].isna()].set_index("case_id")
    assert outside[["composition", "distribution"]].isna().all(axis=None)
    searched, broken = (case.case_id for case in sweep.replace(seeds=(70, 71)).cases())
    old = simulation(next(sweep.cases()), physics=PHYSICS_VERSION - 1).case_id
    assert set(outside.index) == {searched, broken, old}
    assert outside.loc[[searched, broken, old], "seed"].tolist() == [70, 71, 1]
    assert outside.loc[searched, ["status", "steps", "porosity"]].tolist() == ["ok", 7, 0.7]
    assert outside.loc[old, ["status", "steps", "physics_version"]].tolist() == ["ok", 3, PHYSICS_VERSION - 1]
    assert outside.loc[broken, "status"] == "failed"


def test_a_case_measured_in_two_ways_has_a_row_for_each(store: Store, sweep: Sweep) -> None:
    other = sweep.analysis.replace(label="overlapping", overlap_criterion=1.03)
    register_sweep(store, sweep.replace(analysis=other))
    case = next(sweep.cases())
    write(store, measurement(case, other, porosity=0.15))
    publish(store)
    rows = pd.read_parquet(store.case_table).query("case_id == @case.case_id")
    assert rows["cube"].tolist() == ["small.touching", "small.overlapping"]
    assert rows["porosity"].tolist() == [0.1, 0.15]
    assert rows["measure_id"].tolist() == [case.measure_id(sweep.analysis), case.measure_id(other)]


def test_an_empty_store_has_an_empty_table_with_all_columns(sweep: Sweep, tmp_path: Path) -> None:
    store = Store(tmp_path)
    register_sweep(store, sweep)
    publish(store)
    table = pd.read_parquet(store.case_table)
    assert len(table) == 0
    assert {variable.name for variable in VARIABLES} < set(table.columns)


@pytest.mark.usefixtures("table")
def test_current_json_tells_its_hash(store: Store) -> None:
    assert Current.read(store).cases == file_digest(store.case_table)
    assert pq.read_schema(store.case_table).field("porosity").type == "double"

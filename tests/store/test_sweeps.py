import json
from pathlib import Path

import pytest

from ssbflow.errors import InputError, StoreError
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import register_sweep, stored_sweeps


def test_a_sweep_comes_back_as_it_was_registered(tiny_sweep: Sweep, tmp_path: Path) -> None:
    register_sweep(Store(tmp_path), tiny_sweep)
    (stored,) = stored_sweeps(Store(tmp_path))
    assert stored == tiny_sweep
    assert [case.case_id for case in stored.cases()] == [case.case_id for case in tiny_sweep.cases()]


def test_the_same_sweep_twice_is_one_and_a_grown_one_is_another(tiny_sweep: Sweep, tmp_path: Path) -> None:
    for sweep in (tiny_sweep, tiny_sweep, tiny_sweep.replace(seeds=(1, 2, 3))):
        register_sweep(Store(tmp_path), sweep)
    assert [sweep.seeds for sweep in stored_sweeps(Store(tmp_path))] == [(1, 2), (1, 2, 3)]


def test_a_label_that_means_something_else_is_refused_with_both_meanings(tiny_sweep: Sweep, tmp_path: Path) -> None:
    register_sweep(Store(tmp_path), tiny_sweep)
    press = tiny_sweep.protocol.press.model_copy(update={"pressure_mpa": 100.0})
    other = tiny_sweep.replace(protocol=tiny_sweep.protocol.model_copy(update={"press": press}))
    with pytest.raises(InputError, match=r"protocol 'small'.*pressure_mpa = 375.*pressure_mpa = 100"):
        register_sweep(Store(tmp_path), other)
    assert stored_sweeps(Store(tmp_path)) == [tiny_sweep]


def test_another_schema_version_is_refused(tiny_sweep: Sweep, tmp_path: Path) -> None:
    store = Store(tmp_path)
    register_sweep(store, tiny_sweep)
    description = json.loads(store.description.read_text())
    store.description.write_text(json.dumps(description | {"schema_version": 99}))
    with pytest.raises(StoreError, match="schema version 99"):
        stored_sweeps(store)


def test_no_store_and_a_file_in_its_place_are_named(tiny_sweep: Sweep, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no store"):
        stored_sweeps(Store(tmp_path / "nothing"))
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="is a file; give a folder"):
        register_sweep(Store(tmp_path / "file" / "store"), tiny_sweep)

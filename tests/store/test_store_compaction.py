from pathlib import Path

import numpy as np
import pytest
from store_oracles import measurement, simulation, write

from ssbflow.inputs.sweep import Sweep
from ssbflow.store.compaction import compact
from ssbflow.store.cube import read_cube_cells
from ssbflow.store.flat import is_whole
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store
from ssbflow.store.ledger import read_segment, segments
from ssbflow.store.loose import measure_folders, read_loose, record_files
from ssbflow.store.outcomes import case_record, measure_record


def files(store: Store) -> list[Path]:
    return list(record_files([store.records, *measure_folders(store)]))


def filled(root: Path, sweep: Sweep) -> Store:
    store = Store(root)
    for number, case in enumerate(sweep.cases()):
        write(store, simulation(case, steps=number), measurement(case, sweep.analysis, porosity=number / 10))
    return store


def numbers(store: Store, sweep: Sweep) -> list[list[float]]:
    cells = read_cube_cells(store, grid_of(sweep))
    return [cells.values(name).tolist() for name in ("steps", "porosity")]


def test_records_move_to_the_ledger_and_say_there_what_they_said(tiny_sweep: Sweep, tmp_path: Path) -> None:
    store = filled(tmp_path, tiny_sweep)
    before = numbers(store, tiny_sweep)
    assert compact(store) == 4
    assert files(store) == []
    assert numbers(store, tiny_sweep) == before == [[0, 1], [0, 0.1]]
    assert all(is_whole(row) for row in read_segment(*segments(store)).to_pylist())
    for number, case in enumerate(tiny_sweep.cases()):
        measure_id = case.measure_id(tiny_sweep.analysis)
        found = case_record(store, case.case_id), measure_record(store, measure_id, case.case_id)
        assert [record and record.status for record in found] == ["ok", "ok"]
        assert found[0] is not None
        assert found[0] == simulation(case).model_copy(update={"values": {"steps": number}})  # without its nulls


def test_compacting_nothing_does_nothing(tmp_path: Path) -> None:
    assert compact(Store(tmp_path)) == 0
    assert segments(Store(tmp_path)) == []


def test_a_record_written_after_the_others_were_read_stays_for_the_next_time(tiny_sweep: Sweep, tmp_path: Path) -> None:
    store, (case, other) = Store(tmp_path), tiny_sweep.cases()
    write(store, simulation(case, "failed"))
    loose = read_loose([store.records])
    write(store, simulation(case, attempt=2, steps=7), simulation(other, steps=8))
    assert compact(store, loose) == 1
    assert sorted(path.name for path in files(store)) == sorted([f"{case.case_id}.2.json", f"{other.case_id}.json"])
    for _ in range(2):
        found = [case_record(store, one.case_id) for one in (case, other)]
        assert [one and (one.attempt, one.values["steps"]) for one in found] == [(2, 7), (1, 8)]
        compact(store)
    assert files(store) == []


def test_who_is_killed_between_the_segment_and_the_files_leaves_records_twice_that_count_once(
    tiny_sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(tmp_path, tiny_sweep)
    before, unlink = numbers(store, tiny_sweep), Path.unlink
    spared = sorted(files(store))[:3]  # fewer files than are removed side by side: all others go

    def killed(path: Path, missing_ok: bool = False) -> None:
        if path in spared:
            raise KeyboardInterrupt
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            compact(store)
    assert (len(files(store)), len(segments(store))) == (3, 1)
    for left in (3, 0):
        cells = read_cube_cells(store, grid_of(tiny_sweep))
        assert numbers(store, tiny_sweep) == before
        assert (np.unique(cells.simulation_row[cells.simulation_row >= 0]).size, len(files(store))) == (2, left)
        compact(store)


def test_the_latest_attempt_counts_wherever_the_attempts_lie(tiny_sweep: Sweep, tmp_path: Path) -> None:
    store, case = Store(tmp_path), next(tiny_sweep.cases())
    write(store, simulation(case, attempt=2, steps=2))
    compact(store)
    write(store, simulation(case, attempt=1, steps=1))  # of a worker that was thought lost
    record = case_record(store, case.case_id)
    assert record is not None
    assert record.attempt == 2
    assert numbers(store, tiny_sweep)[0][0] == 2
    compact(store)
    assert numbers(store, tiny_sweep)[0][0] == 2


def test_a_damaged_record_stays_where_it_is(tiny_sweep: Sweep, tmp_path: Path) -> None:
    store = filled(tmp_path, tiny_sweep)
    damaged = files(store)[0]
    damaged.write_bytes(damaged.read_bytes()[:-3])
    assert compact(store) == 3
    assert files(store) == [damaged]

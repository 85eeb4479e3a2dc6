"""What is known of cases: their records, wherever they lie."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ssbflow.store.flat import joined, record
from ssbflow.store.keys import KeyIndex, Keys, row_keys
from ssbflow.store.layout import Store
from ssbflow.store.ledger import Wanted, find_in_ledger, latest_first, read_ledger, simulations
from ssbflow.store.loose import LooseRecords
from ssbflow.store.records import AnyRecord, CaseRecord, MeasureRecord, read_record, record_from

KEY_COLUMNS = ("case_id", "measure_id", "status", "attempt")


class Outcomes:
    """What is known of many simulations, or measurements, column by column.

    Parameters
    ----------
    rows : pyarrow.Table
        As `flat.row` makes them; of several attempts at one, the first row counts.
    """

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows
        self.index = KeyIndex(row_keys(rows))

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def find(self, keys: Keys) -> NDArray[np.int64]:
        """Return the row of each key; −1 where there is none."""
        return self.index.find(keys)

    def floats(self, column: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return numbers of a column at some rows; NaN where it is null, or missing, or the row is −1."""
        if column not in self.rows.column_names:
            return np.full(len(rows), np.nan)
        if not len(self):
            return np.full(len(rows), np.nan)
        found: NDArray[np.float64] = self.rows[column].to_numpy()[rows].astype(np.float64, copy=False)
        found[rows < 0] = np.nan
        return found

    def texts(self, column: str, rows: NDArray[np.int64]) -> pa.Array:
        """Return texts of a column at some rows; null where the row is −1 or the column is missing."""
        if column not in self.rows.column_names:
            return pa.nulls(len(rows), pa.string())
        taken = self.rows[column].take(pa.array(rows, mask=rows < 0)).cast(pa.string())
        return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken


def known_outcomes(store: Store, loose: LooseRecords, columns: Sequence[str], wanted: Wanted = simulations) -> Outcomes:
    """Return what is known of all simulations, or of some measurements.

    Parameters
    ----------
    store : Store
    loose : LooseRecords
        Read before the ledger is, so that no record is missed on its way there.
    columns : sequence of str
        Beside those that say what a row is of.
    wanted : callable
        As `ledger.read_ledger`.
    """
    names = [*dict.fromkeys((*KEY_COLUMNS, *columns))]
    mine = loose.rows.select([name for name in names if name in loose.rows.column_names])
    mine = mine.filter(wanted(mine["measure_id"]))
    return Outcomes(latest_first(joined([mine, *read_ledger(store, names, wanted)])))


def case_record(store: Store, case_id: str) -> CaseRecord | None:
    """Return the latest record of a simulation; None where there is none that is whole."""
    return _latest(store, store.record(case_id), CaseRecord, case_id, None)


def measure_record(store: Store, measure_id: str, case_id: str) -> MeasureRecord | None:
    """Return the latest record of a measurement; None where there is none that is whole."""
    return _latest(store, store.measure_record(measure_id, case_id), MeasureRecord, case_id, measure_id)


def _latest(store: Store, path: Path, kind: type[AnyRecord], case_id: str, measure_id: str | None) -> AnyRecord | None:
    loose = read_record(path, kind)  # before the ledger, where it may be by now
    row: dict[str, Any] | None = find_in_ledger(store, case_id, measure_id)
    stored = record_from(record(row), kind, store.ledger) if row else None
    return max((one for one in (stored, loose) if one), key=lambda one: one.attempt, default=None)

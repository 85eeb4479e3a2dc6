"""What is known of cases: their records, wherever they lie."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ssbflow.store.flat import joined, record
from ssbflow.store.layout import Store
from ssbflow.store.ledger import SIMULATIONS, find_in_ledger, latest_attempts, read_ledger, row_keys
from ssbflow.store.loose import LooseRecords
from ssbflow.store.records import AnyRecord, CaseRecord, MeasureRecord, read_record, record_from

KEY_COLUMNS = ("case_id", "measure_id", "status", "attempt")


class Outcomes:
    """The latest attempt at each of many simulations, or measurements, column by column.

    Parameters
    ----------
    rows : pyarrow.Table
        One row for each, as `flat.row` makes them.
    """

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows
        self.keys = row_keys(rows)

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def find(self, keys: pa.Array) -> NDArray[np.int64]:
        """Return the row of each key (measure id, or zeros, and case id); −1 where there is none."""
        if not len(self):
            return np.full(len(keys), -1, dtype=np.int64)
        rows: NDArray[np.int32] = pc.fill_null(pc.index_in(keys, value_set=self.keys), -1).to_numpy()
        return rows.astype(np.int64)

    def floats(self, column: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return numbers of a column at some rows; NaN where it is null, or missing, or the row is −1."""
        if column not in self.rows.column_names:
            return np.full(len(rows), np.nan)
        numbers = np.append(self.rows[column].to_numpy(), np.nan)
        found: NDArray[np.float64] = numbers[rows].astype(np.float64)
        return found

    def texts(self, column: str, rows: NDArray[np.int64]) -> pa.Array:
        """Return texts of a column at some rows; null where the row is −1 or the column is missing."""
        if column not in self.rows.column_names:
            return pa.nulls(len(rows), pa.string())
        taken = self.rows[column].take(pa.array(rows, mask=rows < 0))
        return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken


def known_outcomes(
    store: Store, loose: LooseRecords, columns: Sequence[str], wanted: pc.Expression = SIMULATIONS
) -> Outcomes:
    """Return what is known of all simulations, or of some measurements.

    Parameters
    ----------
    store : Store
    loose : LooseRecords
        Read before the ledger is, so that no record is missed on its way there.
    columns : sequence of str
        Beside those that say what a row is of.
    wanted : pyarrow.compute.Expression
        `ledger.SIMULATIONS`, `ledger.MEASUREMENTS` or `measured_as`.
    """
    names = [*dict.fromkeys((*KEY_COLUMNS, *columns))]
    mine = loose.rows.filter(wanted)
    mine = mine.select([name for name in names if name in mine.column_names])
    return Outcomes(latest_attempts(joined([mine, *read_ledger(store, names, wanted)])))


def measured_as(measure_ids: Sequence[str]) -> pc.Expression:
    """Return the wish for the measurements of some identities."""
    return pc.field("measure_id").isin(list(measure_ids))


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

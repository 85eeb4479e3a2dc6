"""What came of the cases of a cube: counts, times, and why some failed."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ssbflow.store.cells import STATUS, Cells
from ssbflow.store.outcomes import Outcomes
from ssbflow.views.report.model import Cause, Indices, Ran

STARTED, ENDED, RANKS = "provenance.started", "provenance.ended", "provenance.ranks"
PROGRAMS = ("provenance.ssbflow_version", "provenance.git_commit", "provenance.lammps_version")
FAILURE = ("failure.phase", "failure.cause", "failure.message", "failure.log_tail")
OF_SIMULATIONS = (STARTED, ENDED, RANKS, *PROGRAMS, *FAILURE)
OF_MEASURES = (STARTED, ENDED, *PROGRAMS, *FAILURE)


def ran(cells: Cells) -> Ran:
    """Return counts and times of cells."""
    ok, failed, pending = (int((cells.status == STATUS[state]).sum()) for state in ("ok", "failed", "pending"))
    times = pd.concat([_times(cells.simulations, cells.simulation_row), _times(cells.measures, cells.measure_row)])
    if times.empty:
        return Ran(ok, failed, pending)
    hours = (times["ended"] - times["started"]).dt.total_seconds() / 3600 * times["ranks"]
    return Ran(
        ok,
        failed,
        pending,
        started=times["started"].min().to_pydatetime(),
        ended=times["ended"].max().to_pydatetime(),
        core_hours=float(hours.sum()),
    )


def causes(cells: Cells) -> tuple[tuple[Cause, ...], Indices]:
    """Return why cells failed, the most frequent first; and of each cell the index of its cause, −1 for none."""
    of_cell = np.full(len(cells.status), -1, dtype=np.int64)
    failed = np.flatnonzero(cells.status == STATUS["failed"])
    told = {name.partition(".")[2]: cells.texts(name).take(pa.array(failed)).to_pylist() for name in FAILURE}
    table = pd.DataFrame(told, dtype=object).fillna("")
    groups = table.groupby(["phase", "cause"], sort=False)
    counts = groups.size().sort_values(ascending=False, kind="stable")
    found = []
    for index, (phase, cause) in enumerate(counts.index):
        rows = groups.indices[phase, cause]
        of_cell[failed[rows]] = index
        first = table.iloc[rows[0]]
        found.append(Cause(phase, cause, len(rows), first["message"], first["log_tail"]))
    return tuple(found), of_cell


def programs(cells: Cells) -> dict[str, str]:
    """Return which programs made the records of cells, a line for each kind."""
    names = ("ssbflow", "commits of ssbflow", "LAMMPS")
    told = {}
    for name, column in zip(names, PROGRAMS, strict=True):
        both = pa.concat_arrays(
            [cells.simulations.texts(column, cells.simulation_row), cells.measures.texts(column, cells.measure_row)]
        )
        told[name] = ", ".join(sorted(filter(None, pc.unique(both).to_pylist()))) or "not told"
    return told


def _times(outcomes: Outcomes, rows: Indices) -> pd.DataFrame:
    """Return when each record began and ended, and on how many cores; a row for each that tells."""
    kept = np.unique(rows[rows >= 0])
    begun, ended = (pd.Series(outcomes.texts(name, kept).to_pylist(), dtype=object) for name in (STARTED, ENDED))
    table = pd.DataFrame(
        {
            "started": pd.to_datetime(begun, utc=True, format="ISO8601"),
            "ended": pd.to_datetime(ended, utc=True, format="ISO8601"),
            "ranks": pd.Series(outcomes.floats(RANKS, kept)).fillna(1.0),  # of failed ones and measures none is noted
        }
    )
    return table.dropna()

"""The judge of what a reader sees: every number must be the one that it can only be, and nothing goes back."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ssbflow.inputs.identity import PHYSICS_VERSION
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import VARIABLES
from torture_parts.synthetic import SIMULATED, SPECIMEN, expected, simulation_attempts

Values = NDArray[Any]
Seen = dict[str, Values]
"""Variables and labels of a cube, loaded."""


def faults(seen: Seen) -> list[str]:
    """Return what is wrong with a cube: torn cells, numbers that are not those of the case, states that cannot be."""
    status, ids = seen["status"].ravel(), [one if isinstance(one, str) else "" for one in seen["case_id"].ravel()]
    asked = status != STATUS["not_asked_for"]
    found = [] if (np.array([bool(one) for one in ids]) == asked).all() else ["case ids where none was asked for"]
    ids = [one if there else "0" * 32 for one, there in zip(ids, asked, strict=True)]
    simulated = ~np.isnan(seen[SPECIMEN].ravel())
    known = {"status": status, "simulated": simulated, "asked": asked}
    found += [f"{name} cannot be so" for name, good in _states(known, seen, ids).items() if not good.all()]
    for variable in VARIABLES:
        stands = simulated if variable.name in SIMULATED else status == STATUS["ok"]
        wanted = np.where(stands, expected(ids, variable.name), np.nan)
        got = seen[variable.name].ravel()
        wrong = np.flatnonzero(~((got == wanted) | (np.isnan(got) & np.isnan(wanted))))
        if len(wrong):
            at = wrong[0]
            found.append(f"{variable.name} of {len(wrong)} cells, {ids[at]}: {got[at]!r}, must be {wanted[at]!r}")
    return found


def equal(one: Values, other: Values) -> bool:
    """Return whether two readings of a variable are the same; what is missing is NaN, among texts too."""
    missing = one != one  # noqa: PLR0124  (true of NaN alone, in arrays of objects as well)
    return bool(np.array_equal(missing, other != other) and np.array_equal(one[~missing], other[~missing]))  # noqa: PLR0124


def _states(known: dict[str, Values], seen: Seen, ids: list[str]) -> dict[str, Values]:
    """Return, cell by cell, whether what is said of it goes together."""
    status, simulated, asked = known["status"], known["simulated"], known["asked"]
    of_simulation = np.array([simulation_attempts(case_id) > 1 for case_id in ids])  # is what failed
    ended = np.isin(status, [STATUS["ok"], STATUS["failed"]])
    return {
        "status": np.isin(status, list(STATUS.values())),
        "ok without a simulation": simulated | (status != STATUS["ok"]),
        "failed": (simulated != of_simulation) | (status != STATUS["failed"]),
        "simulated but not asked for": asked | ~simulated,
        "physics_version": seen["physics_version"].ravel() == np.where(ended, PHYSICS_VERSION, 0),
    }


@dataclass
class History:
    """What one reader has seen; later openings may only add to it."""

    cells: dict[tuple[str, str, int], str] = field(default_factory=dict)

    def faults(self, seen: Seen) -> list[str]:
        """Return what was there before and is there no more."""
        now = ok_cells(seen)
        lost = [label for label, case_id in self.cells.items() if now.get(label) != case_id]
        self.cells |= now
        return [f"{len(lost)} cells went back, {lost[0]}"] if lost else []


def ok_cells(seen: Seen) -> dict[tuple[str, str, int], str]:
    """Return the case id of every cell that ended well, by its labels."""
    compositions, distributions, seeds = (seen[name].tolist() for name in ("composition", "distribution", "seed"))
    return {
        (compositions[i], distributions[j], seeds[k]): str(seen["case_id"][i, j, k])
        for i, j, k in np.argwhere(seen["status"] == STATUS["ok"]).tolist()
    }

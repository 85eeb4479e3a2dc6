"""The regression set: numbers of twelve small cases, so that a change of the physics is seen, and must be owned up to.

Where LAMMPS and arithmetic are those that the set was made with, numbers are the same to the last bits. Elsewhere each
case takes another way to a like packing, and only means over the cases can be compared.
"""

import json
import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from evidence.regression_cases import regression_cases
from ssbflow.flow.simulate import simulate
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.identity import MEASURE_VERSION, PHYSICS_VERSION
from ssbflow.press.lmp import find_lmp

STORED = Path(__file__).parents[2] / "tests" / "validation" / "regression.json"
REWRITE = "python pipelines/regression_set.py"
OF_THE_PRESS = ("steps", "height", "pressure_measured")
MEASURED = (
    "porosity",
    "porosity_sphere_sum",
    "porosity_released",
    "coordination_mechanical",
    "coordination_se_se",
    "coordination_se_eam",
    "coordination_eam_eam",
    "utilization",
    "tortuosity_geodesic_median",
    "tortuosity_factor_ionic",
    "tortuosity_factor_electronic",
)
METRICS = (*OF_THE_PRESS, *MEASURED)
SAME = 1e-9  # relative
MOST_ERRORS = 3.0
FLOOR = 0.01  # of the mean: a smaller difference is none that matters, however sure

Metrics = dict[str, float | None]
"""Metric → value; None where there is none, as a tortuosity where nothing spans."""


@dataclass(frozen=True)
class RegressionSet:
    """Numbers of the cases, and what they were made with.

    Parameters
    ----------
    physics_version, measure_version : int
    environment : dict
        What else the last bits depend on.
    identities : dict
        Case → its case_id and measure_id: equal ones promise equal numbers.
    metrics : dict
        Case → metric → value.
    """

    physics_version: int
    measure_version: int
    environment: dict[str, str]
    identities: dict[str, list[str]]
    metrics: dict[str, Metrics]

    @classmethod
    def computed(cls) -> "RegressionSet":
        """Simulate the cases here and now."""
        cases, analysis = regression_cases(), Analysis()
        return cls(
            PHYSICS_VERSION,
            MEASURE_VERSION,
            environment(),
            {name: [case.case_id, case.measure_id(analysis)] for name, case in cases.items()},
            {name: chosen(simulate(case, analysis).values) for name, case in cases.items()},
        )

    @classmethod
    def read(cls, path: Path = STORED) -> "RegressionSet":
        """Return a stored set."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path = STORED) -> None:
        """Store the set, every number in full."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def values(self, metric: str) -> np.ndarray:
        """Return one metric of all cases, NaN where a case has none."""
        return np.array([case[metric] for case in self.metrics.values()], dtype=float)


def environment() -> dict[str, str]:
    """Return what the last bits depend on besides the inputs and this program."""
    return {"lammps": find_lmp().version, "machine": platform.machine(), "arithmetic": arithmetic()}


def arithmetic() -> str:
    """Hash transcendental functions as numpy, scipy and the C library compute them: last bits differ by processor."""
    x = np.linspace(0.01, 0.99, 20_011)  # one in thousands differs
    numbers = [np.exp(x), np.log(x), x**1.7, ndtri(x), [math.pow(value, 1.7) + math.sin(value) for value in x.tolist()]]
    return sha256(np.array(numbers).tobytes()).hexdigest()[:16]


def chosen(values: Mapping[str, float]) -> Metrics:
    """Return the metrics of a case, as JSON can hold them."""
    numbers = {name: values.get(name, math.nan) for name in METRICS}
    return {name: value if math.isfinite(value) else None for name, value in numbers.items()}


@dataclass(frozen=True)
class Change:
    """One number of one case that is another than the stored one."""

    case: str
    metric: str
    stored: float | None
    now: float | None

    @property
    def share(self) -> float:
        """By which part of itself it changed; infinite where it is there in one of both only."""
        return self.now / self.stored - 1 if self.now and self.stored else math.inf

    def __str__(self) -> str:
        return f"{self.metric} of '{self.case}': stored {self.stored!r}, now {self.now!r}"


def changes(stored: RegressionSet, now: RegressionSet) -> list[Change]:
    """Compare all numbers of the cases that both have."""
    return [
        Change(case, metric, before, now.metrics[case][metric])
        for case in sorted(stored.metrics.keys() & now.metrics.keys())
        for metric, before in stored.metrics[case].items()
        if not same(before, now.metrics[case][metric])
    ]


def same(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    return math.isclose(before, after, rel_tol=SAME)


@dataclass(frozen=True)
class Shift:
    """By how much the mean of a metric over the cases differs, `other` less `stored`, in the same cases.

    Parameters
    ----------
    metric : str
    stored, other : float
        Means over the cases that have the metric in both.
    error : float
        Standard error of the mean difference.
    """

    metric: str
    stored: float
    other: float
    error: float

    @property
    def in_errors(self) -> float:
        """The difference in its standard errors; 0 where there is none."""
        return (self.other - self.stored) / self.error if self.error else 0.0

    @property
    def matters(self) -> bool:
        """Whether it is beyond chance and beyond the floor."""
        difference = abs(self.other - self.stored)
        return difference > max(MOST_ERRORS * self.error, FLOOR * abs(self.stored))

    def __str__(self) -> str:
        return (
            f"{self.metric}: mean over the cases {self.stored:.6g} stored, {self.other:.6g} now, "
            f"{self.in_errors:+.1f} standard errors"
        )


def shifts(stored: RegressionSet, other: RegressionSet) -> list[Shift]:
    """Compare the means of all metrics."""
    return [shift(metric, stored.values(metric), other.values(metric)) for metric in METRICS]


def shift(metric: str, stored: np.ndarray, other: np.ndarray) -> Shift:
    paired = np.isfinite(stored) & np.isfinite(other)
    difference = (other - stored)[paired]
    error = float(difference.std(ddof=1) / np.sqrt(len(difference)))
    return Shift(metric, float(stored[paired].mean()), float(other[paired].mean()), error)


def objections(stored: RegressionSet, now: RegressionSet) -> list[Change] | list[Shift]:
    """Return what forbids to take `now` for `stored`: other numbers under the same identity.

    In another environment other numbers are to be expected; only means that differ are objected to.
    """
    if stored.environment != now.environment:
        return [found for found in shifts(stored, now) if found.matters and promised_for_all(stored, now, found.metric)]
    return [change for change in changes(stored, now) if promised(stored, now, change.case, change.metric)]


def promised_for_all(stored: RegressionSet, now: RegressionSet, metric: str) -> bool:
    """Return whether the metric's mean over the cases is promised to be the same."""
    return all(promised(stored, now, case, metric) for case in stored.metrics.keys() & now.metrics.keys())


def promised(stored: RegressionSet, now: RegressionSet, case: str, metric: str) -> bool:
    """Return whether equal identities promise that this number is the same: the case's and, if measured, both."""
    count = 1 if metric in OF_THE_PRESS else 2
    return stored.identities[case][:count] == now.identities[case][:count]

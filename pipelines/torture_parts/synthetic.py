"""Cases that nobody simulates: every number is a function of case and attempt, so that any reader can judge it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ssbflow.inputs.reading import sweep_from
from ssbflow.inputs.sweep import Sweep
from ssbflow.packing.packing import Packing
from ssbflow.press import pressed
from ssbflow.press.pressed import Contacts, Pressed, Trajectory
from ssbflow.store.cube import VARIABLES
from ssbflow.structure import measures

SEEDS_PER_STEP = 25
SIMULATED = tuple(variable.name for variable in pressed.VARIABLES)
MEASURED = tuple(variable.name for variable in measures.VARIABLES)
NEVER = "height_released"  # of these presses: a variable without a single number in all versions
SPECIMEN = "steps"  # every simulation has it: where it stands, all others of the simulation must
NUMBER = {variable.name: index for index, variable in enumerate(VARIABLES)}
LACKING = 7  # a number of every so many cases does not exist, another of each
PER_ATTEMPT = 1_000.0

DISTRIBUTIONS = [
    {
        "label": label,
        "eam": {"kind": "tabulated", "basis": "number", "diameter_um": [3], "weight": [1]},
        "se": {"kind": "tabulated", "basis": "number", "diameter_um": [1.8, largest], "weight": [2, 1]},
    }
    for label, largest in (("fine", 2.2), ("coarse", 2.4))
]


def sweep_of(step: int) -> Sweep:
    """Return what a store is asked for at each step beyond the steps before: seeds and compositions by turns."""
    compositions, blocks = 2 + step // 2, 1 + (step + 1) // 2
    new = range(compositions) if step % 2 or not step else [compositions - 1]
    first = (blocks - 1) * SEEDS_PER_STEP if step % 2 else 0
    return sweep_from(
        {
            "name": f"torture_{step}",
            "compositions": [_composition(number) for number in new],
            "distributions": DISTRIBUTIONS,
            "seeds": {"first": first, "count": SEEDS_PER_STEP},
            "protocol": {
                "label": "none",
                "box": {"edge_um": 8, "areal_mass_mg_cm2": 3, "eam_volume_tolerance": 0.03},
                "press": {"pressure_mpa": 375, "frames": 5},
            },
            "analysis": {"label": "none"},
        }
    )


def hand_made(seed: int) -> Pressed:
    """Return what a press might leave of six particles."""
    position = np.random.default_rng(seed).random((6, 3))
    return Pressed(
        packing=Packing(position, np.full(6, 0.5), ["eam", "se"] * 3, (8.0, 8.0), 1.0),
        trajectory=Trajectory(np.array([0]), position[None]),
        contacts=Contacts(np.arange(2), np.arange(1, 3), np.full(2, 0.1), np.full(2, 1.0)),
        pressure_measured_mpa=375.0,
        unbalanced_force=1e-4,
        steps=400,
    )


def simulation_attempts(case_id: str) -> int:
    """Return at which attempt the simulation of a case comes out well."""
    return 2 if int(case_id[10], 16) < 3 else 1


def measure_attempts(case_id: str) -> int:
    """Return at which attempt the measurement of a case comes out well."""
    return 2 if 3 <= int(case_id[10], 16) < 6 else 1


def stored_values(case_id: str, names: tuple[str, ...], attempt: int) -> dict[str, float | None]:
    """Return the values of a record."""
    found = {name: float(numbers([case_id], name, np.array([attempt]))[0]) for name in names}
    return {name: None if np.isnan(value) else value for name, value in found.items()}


def expected(case_ids: list[str], name: str) -> NDArray[np.float64]:
    """Return what a variable must be, once all has come out well; NaN where it does not exist."""
    attempts_of = simulation_attempts if name in SIMULATED else measure_attempts
    return numbers(case_ids, name, np.array([attempts_of(case_id) for case_id in case_ids], dtype=np.int64))


def numbers(case_ids: list[str], name: str, attempts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a variable of some cases after some attempts: no two of them alike."""
    words = np.array([int(case_id[:8], 16) for case_id in case_ids], dtype=np.int64)
    values = words / 2.0**32 + NUMBER[name] + PER_ATTEMPT * attempts
    lacks = ((words + NUMBER[name]) % LACKING == 0) & (name != SPECIMEN) | (name == NEVER)
    return np.where(lacks, np.nan, values)


def _composition(number: int) -> dict[str, Any]:
    eam = 40 + number / 4
    return {
        "label": f"CAM{number}",
        "weight_percent": {"eam": eam, "se": 100 - eam},
        "eam": "NCM811",
        "se": "LPSCl",
    }

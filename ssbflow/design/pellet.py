"""A measured pellet simulated with softer or stiffer spheres, several seeds at a time."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import xarray as xr
from distributed import Client

from ssbflow.errors import CalibrationError
from ssbflow.flow.batch import RunSummary
from ssbflow.flow.events import Callback
from ssbflow.flow.runner import run
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.inputs.experiment import Experiment
from ssbflow.inputs.identity import identity
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.cells import STATUS
from ssbflow.store.opening import open_cube

State = Literal["loaded", "released"]
"""Of a pellet: under the pressure of the press, or after the release."""

VARIABLE_OF: dict[State, str] = {"loaded": "porosity", "released": "porosity_released"}
FEWEST_SEEDS = 2  # of one there is no error
HASH_DIGITS = 8


@dataclass(frozen=True)
class Mean:
    """A mean over seeds and its standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.4f} ± {self.error:.4f}"


@dataclass(frozen=True)
class Trial:
    """A pellet pressed with one stiffness.

    Parameters
    ----------
    stiffness_scale : float
    porosity : dict
        State → mean over the seeds that ended well; ``released`` only where the protocol has a release.
    seeds_ok, seeds_failed : int
    """

    stiffness_scale: float
    porosity: dict[State, Mean]
    seeds_ok: int
    seeds_failed: int


@dataclass(frozen=True)
class Pellet:
    """Presses an experiment's pellet into a store; what is there already is not simulated again.

    Parameters
    ----------
    experiment : Experiment
    store : path
    seeds : tuple of int
        The same at each scale, so that scales differ by stiffness alone.
    client : distributed.Client or None
    callbacks : tuple of Callback
    """

    experiment: Experiment
    store: str | Path
    seeds: tuple[int, ...]
    client: Client | None = None
    callbacks: tuple[Callback, ...] = ()

    def pressed(self, stiffness_scale: float) -> Trial:
        """Simulate at a scale, and read the porosities.

        Raises
        ------
        CalibrationError
            Too few seeds ended well.
        InputError, StoreError, LammpsNotFoundError
            As `ssbflow.run`.
        """
        sweep = self.sweep(stiffness_scale)
        summary = run(sweep, self.store, self.client, callbacks=self.callbacks)
        self._check_enough(summary, sweep)
        return _trial(stiffness_scale, self._read(summary.cube), summary)

    def sweep(self, stiffness_scale: float) -> Sweep:
        """Return the simulations of a scale, under labels that mean nothing else in any store."""
        protocol = self.experiment.protocol
        press = protocol.press.replace(stiffness_scale=stiffness_scale)
        scale = f"x{stiffness_scale:g}".replace(".", "p")
        label = f"{self.experiment.name}-{scale}-{self._hash}"
        pellet = f"{self.experiment.name}-{self._hash}"
        return Sweep(
            name=label,
            description=f"{self.experiment.title}, moduli times {stiffness_scale:g}",
            compositions=(self.experiment.composition.replace(label=pellet),),
            distributions=(self.experiment.distribution.replace(label=pellet),),
            seeds=self.seeds,
            protocol=protocol.replace(label=label, press=press),
        )

    @cached_property
    def _hash(self) -> str:
        """Of what the pellet is: two experiments of one name get different labels where they differ."""
        any_case = Case(design=self.experiment.design, seed=0)
        return identity([any_case.case_id, any_case.measure_id(Analysis())])[:HASH_DIGITS]

    def _read(self, cube: str) -> xr.Dataset:
        """Return the porosities of the seeds that ended well."""
        cells = open_cube(self.store, cube)[["status", *VARIABLE_OF.values()]]
        asked = cells.isel(composition=0, distribution=0).sel(seed=list(self.seeds)).load()
        return asked.isel(seed=(asked["status"] == STATUS["ok"]).to_numpy())

    def _check_enough(self, summary: RunSummary, sweep: Sweep) -> None:
        if summary.ok >= FEWEST_SEEDS:
            return
        causes = {outcome.failure.message for outcome in summary.failures if outcome.failure}
        raise CalibrationError(
            f"{sweep.name}: {summary.ok} of {summary.total} cases ended well, {FEWEST_SEEDS} are needed "
            f"({'; '.join(sorted(causes))}); again: ssbflow retry {self.store}, or give more seeds"
        )


def _trial(stiffness_scale: float, ended_well: xr.Dataset, summary: RunSummary) -> Trial:
    porosity = {
        state: _mean(ended_well[name]) for state, name in VARIABLE_OF.items() if ended_well[name].notnull().any()
    }
    return Trial(stiffness_scale, porosity, summary.ok, summary.failed)


def _mean(values: xr.DataArray) -> Mean:
    found = values.to_numpy()
    return Mean(float(found.mean()), float(found.std(ddof=1) / np.sqrt(len(found))))

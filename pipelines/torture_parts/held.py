"""One version held open over a whole trial, while retention lets go of everything that nobody holds."""

import gc
from pathlib import Path

import numpy as np

import ssbflow
from ssbflow.store.current import Current
from torture_parts.judging import Seen, equal, faults
from torture_parts.publishing import publish_once
from torture_parts.reading import LABELS
from torture_parts.trial import Trial

ROLE = "reader held"


class HeldVersion:
    """A pinned cube, lazy, and what it said at first.

    Parameters
    ----------
    trial : Trial
        Something has been published.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.path = Path(trial.store.default_cube.resolve())
        self.cube = ssbflow.open_cube(trial.store.root)
        self.names = [*map(str, self.cube.data_vars), *LABELS]
        self.first = self._read()

    def judge(self) -> None:
        """Read it again, let go, and see that it stayed for as long as it was held and no longer."""
        now = self._read()
        for fault in faults(now):
            self.trial.violate(ROLE, fault)
        for name in self.names:
            if not equal(now[name], self.first[name]):
                self.trial.violate(ROLE, f"{name} is not what it was")
        self._expect_versions({self.path.name})
        del self.cube
        gc.collect()
        publish_once(self.trial)
        self._expect_versions(set())

    def _expect_versions(self, held: set[str]) -> None:
        current = Current.read(self.trial.store)
        wanted = {*current.cubes.values(), *current.tags.values(), *held}
        there = {path.name for path in self.trial.store.versions.glob("v*.zarr")}
        if there != wanted:
            self.trial.violate(ROLE, f"versions {sorted(there)}, should be {sorted(wanted)}")

    def _read(self) -> Seen:
        return {name: np.array(self.cube[name].values) for name in self.names}

"""Runs that add seeds only where they are needed: what `ssbflow run` does with --race and --until."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ssbflow.cli.program import console
from ssbflow.errors import InputError

if TYPE_CHECKING:
    from distributed import Client

    from ssbflow.flow.batch import RunSummary
    from ssbflow.flow.events import Callback
    from ssbflow.inputs.sweep import Sweep


@dataclass(frozen=True)
class Wishes:
    """What was said on the command line."""

    until: str | None
    race: bool
    maximize: str | None
    minimize: str | None
    where: str | None
    within: float | None
    cell: str | None

    def check(self) -> None:
        """Refuse options that do not go together.

        Raises
        ------
        InputError
        """
        if self.race and self.until is not None:
            raise InputError("give --race or --until, not both")
        of_races = {"maximize": self.maximize, "minimize": self.minimize, "where": self.where, "within": self.within}
        given = [f"--{name}" for name, value in of_races.items() if value is not None]
        if given and not self.race:
            raise InputError(f"{' and '.join(given)} says how to decide a race; add --race")
        if self.cell is not None and not (self.race or self.until):
            raise InputError("--cell goes with --race or --until: it says what energies are of")

    def run(self, sweep: "Sweep", store: Path) -> "Callable[..., RunSummary] | None":
        """Return the run that was wished for, which tells its result; none if it is a plain one."""
        if self.race:
            return self._race(sweep, store)
        return None if self.until is None else self._until(sweep, store, self.until)

    def _race(self, sweep: "Sweep", store: Path) -> "Callable[..., RunSummary]":
        def race(client: "Client | None", callbacks: "Iterable[Callback]") -> "RunSummary":
            from ssbflow.design.race import race as decide
            from ssbflow.inputs.cell import load_cell
            from ssbflow.views.race_table import race_table

            found = decide(
                sweep, store, client, maximize=self.maximize, minimize=self.minimize, where=self.where,
                within=self.within or 0.0, cell=load_cell(self.cell) if self.cell else None, callbacks=callbacks,
            )  # fmt: skip
            console.print(race_table(found))
            return found.summary

        return race

    def _until(self, sweep: "Sweep", store: Path, until: str) -> "Callable[..., RunSummary]":
        def run(client: "Client | None", callbacks: "Iterable[Callback]") -> "RunSummary":
            from ssbflow.design.until import run_until
            from ssbflow.inputs.cell import load_cell

            cell = load_cell(self.cell) if self.cell else None
            found = run_until(sweep, store, until, client, cell=cell, callbacks=callbacks)
            console.print(str(found), soft_wrap=True, markup=False)
            if found.unfulfilled:
                console.print(f"not fulfilled with all seeds: {', '.join(found.unfulfilled)}", soft_wrap=True)
            return found.summary

        return run

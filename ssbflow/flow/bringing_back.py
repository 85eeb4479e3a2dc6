"""Bringing cases back: what a repair found missing is made from case files, simulated, or measured again."""

from collections.abc import Iterable, Iterator

import numpy as np
from dask.delayed import delayed as lazily
from distributed import Client

from ssbflow.errors import StoreError
from ssbflow.flow.batch import Batch, CaseTask, compute
from ssbflow.flow.case_task import measure_stored, simulate_again
from ssbflow.flow.events import Callback
from ssbflow.flow.standing import standing
from ssbflow.flow.todo import Todo
from ssbflow.inputs.case import Case
from ssbflow.press.ranks import check_machine
from ssbflow.store.check_cases import zip_problem
from ssbflow.store.findings import Finding, Kind
from ssbflow.store.grid import Grid, cube_grid
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record, measure_record
from ssbflow.store.records import write_record
from ssbflow.store.sweeps import cube_names
from ssbflow.store.zip_record import record_from_zip

LOST = "cannot be computed again: no sweep of the store asks for it, or it is of an older version"


class BringingBack:
    """Computes what a repair has to do.

    Parameters
    ----------
    store : Store
    token : str
        Of this repair; it keeps its tasks apart from those of others in Dask.
    client : distributed.Client or None
    callbacks : iterable of Callback
    """

    def __init__(self, store: Store, token: str, client: Client | None, callbacks: Iterable[Callback]) -> None:
        self.store, self.token, self.client, self.callbacks = store, token, client, tuple(callbacks)

    def do(self, todo: Todo) -> list[Finding]:
        """Compute it, and return what cannot be computed any more.

        Raises
        ------
        LammpsNotFoundError
            Simulations are needed, and there is no LAMMPS where they would run.
        """
        grids = [cube_grid(self.store, name) for name in cube_names(self.store)]
        missing = {case_id for case_id in todo.simulations if not self._stands(case_id) and not self.rebuild(case_id)}
        self._simulate(grids, missing)
        for grid in grids:
            self._measure(grid, todo)
        return [*self._lost_simulations(todo), *self._lost_measurements(todo)]

    def rebuild(self, case_id: str) -> bool:
        """Make a simulation's record from its case file; return whether that is whole and tells enough."""
        before = case_record(self.store, case_id)
        try:
            record = record_from_zip(self.store.case_zip(case_id), before.attempt + 1 if before else 1)
        except StoreError:
            return False
        write_record(self.store.record(case_id), record)
        return True

    def _stands(self, case_id: str) -> bool:
        """Return whether a simulation has its record and its case file."""
        record = case_record(self.store, case_id)
        return bool(record and record.zip and not zip_problem(self.store.case_zip(case_id), record.zip))

    def _simulate(self, grids: list[Grid], missing: set[str]) -> None:
        for grid in grids:
            cases = [case for case in _cases(grid, missing) if case.case_id in missing]
            missing = missing - {case.case_id for case in cases}
            if cases:
                self._check_machine(cases[0])
                self._compute(grid, [self._task("simulate", simulate_again, case, self.store) for case in cases])

    def _measure(self, grid: Grid, todo: Todo) -> None:
        simulated, measured = set(todo.simulations), set(todo.measurements)
        wanted = simulated | {case_id for _, case_id in measured}
        cases = [
            case
            for case in _cases(grid, wanted)
            if case.case_id in simulated or (case.measure_id(grid.analysis), case.case_id) in measured
        ]
        if todo.all_measurements:
            cases += grid.cases(standing(self.store, grid).to_measure)
        tasks = [
            self._task(
                "measure",
                measure_stored,
                case,
                grid.analysis,
                self.store,
                retry=True,
                again=self._is_new(case, simulated),
            )
            for case in {case.case_id: case for case in cases}.values()
            if case_record(self.store, case.case_id)
        ]
        if tasks:
            self._compute(grid, tasks)

    def _is_new(self, case: Case, simulated: set[str]) -> bool:
        """Return whether a case was simulated anew: by another LAMMPS, maybe, so that its numbers may be others."""
        record = case_record(self.store, case.case_id)
        return case.case_id in simulated and record is not None and not record.provenance.get("rebuilt")

    def _task(self, what: str, function: object, case: Case, *about: object, **options: object) -> CaseTask:
        key = f"{what}-again-{case.case_id}-{self.token}"
        return CaseTask(case.case_id, lazily(function)(case, *about, **options, dask_key_name=key))

    def _compute(self, grid: Grid, tasks: list[CaseTask]) -> None:
        compute(Batch(f"repair of {grid.name}", self.store, grid.name, [], tasks), self.client, self.callbacks)

    def _check_machine(self, case: Case) -> None:
        press = case.design.protocol.press
        if self.client is None:
            check_machine(press)
        else:
            self.client.submit(check_machine, press, pure=False).result()

    def _lost_simulations(self, todo: Todo) -> Iterator[Finding]:
        for case_id in todo.simulations:
            record = case_record(self.store, case_id)
            if record is None or (record.status == "ok" and not self._stands(case_id)):
                yield Finding(self.store.record(case_id), Kind.LOST, LOST, case_id)

    def _lost_measurements(self, todo: Todo) -> Iterator[Finding]:
        for measure_id, case_id in todo.measurements:
            record = case_record(self.store, case_id)
            if record and record.status == "ok" and measure_record(self.store, measure_id, case_id) is None:
                yield Finding(self.store.measure_record(measure_id, case_id), Kind.LOST, LOST, case_id, measure_id)


def _cases(grid: Grid, case_ids: set[str]) -> Iterator[Case]:
    """Yield the cases of a grid that are among some."""
    if case_ids:
        yield from grid.cases(np.flatnonzero(np.isin(grid.case_ids(), sorted(case_ids))))

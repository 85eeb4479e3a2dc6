"""Twelve small cases give the numbers that they gave: whatever changes them changes the physics, and has to say so."""

from dataclasses import replace

import pytest

from evidence.regression import REWRITE, RegressionSet, changes, objections, shifts
from evidence.regression_cases import regression_cases
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.identity import MEASURE_VERSION, PHYSICS_VERSION

CHANGED = (
    "the physics changed: raise PHYSICS_VERSION (or MEASURE_VERSION, if only what is measured changed) in "
    f"ssbflow/inputs/identity.py and write the set anew with `{REWRITE}`"
)
STALE = f"write the set anew with `{REWRITE}`"


@pytest.fixture(scope="module")
def stored() -> RegressionSet:
    return RegressionSet.read()


def test_set_was_written_with_the_versions_of_the_code(stored: RegressionSet) -> None:
    versions = (stored.physics_version, stored.measure_version)
    assert versions == (PHYSICS_VERSION, MEASURE_VERSION), f"the set is of other versions: {STALE}"


def test_set_was_written_with_the_inputs_of_its_cases(stored: RegressionSet) -> None:
    cases = regression_cases().items()
    identities = {name: [case.case_id, case.measure_id(Analysis())] for name, case in cases}
    assert stored.identities == identities, f"the inputs of the cases changed, by a default perhaps: {STALE}"


@pytest.mark.lammps
def test_numbers_are_the_stored_ones(stored: RegressionSet) -> None:
    now = RegressionSet.computed()
    found = changes(stored, now)
    if now.environment != stored.environment:  # another LAMMPS or processor: other ways to like packings
        found = [shift for shift in shifts(stored, now) if shift.matters]
    assert not found, "\n".join([CHANGED, *map(str, found)])


def with_porosity_times(factor: float, given: RegressionSet) -> RegressionSet:
    metrics = {name: {**case, "porosity": factor * case["porosity"]} for name, case in given.metrics.items()}
    return replace(given, metrics=metrics)


def of_other_measures(given: RegressionSet) -> RegressionSet:
    return replace(given, identities={name: [case, "another"] for name, (case, _) in given.identities.items()})


def test_other_numbers_are_written_under_another_identity_only(stored: RegressionSet) -> None:
    other = with_porosity_times(1.001, stored)
    assert len(objections(stored, other)) == len(stored.metrics)
    assert "porosity of 'platen': stored" in "\n".join(map(str, objections(stored, other)))
    assert not objections(stored, of_other_measures(other))


def test_numbers_of_the_press_are_not_excused_by_other_measures(stored: RegressionSet) -> None:
    heights = {name: {**case, "height": 1.001 * case["height"]} for name, case in stored.metrics.items()}
    assert objections(stored, of_other_measures(replace(stored, metrics=heights)))


def test_means_decide_in_another_environment(stored: RegressionSet) -> None:
    elsewhere = replace(stored, environment={**stored.environment, "lammps": "another"})
    assert not objections(stored, with_porosity_times(1.001, elsewhere))
    assert [shift.metric for shift in objections(stored, with_porosity_times(1.1, elsewhere))] == ["porosity"]
    assert not objections(stored, of_other_measures(with_porosity_times(1.1, elsewhere)))

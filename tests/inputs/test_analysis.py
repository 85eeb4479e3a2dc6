from typing import Any

import pytest
from pydantic import ValidationError

from ssbflow.errors import InputError
from ssbflow.inputs.analysis import Analysis


def test_published_criteria_are_the_defaults() -> None:
    assert (Analysis().overlap_criterion, Analysis().surface_cutoff_um, Analysis().path_pairs) == (1.0, 1.0, 1000)


@pytest.mark.parametrize(
    ("field", "value"),
    [("overlap_criterion", 0.5), ("overlap_criterion", 102), ("surface_cutoff_um", -1), ("path_pairs", 0)],
)
def test_impossible_criterion_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValidationError, match=rf"{field}\n.*(greater|less) than"):
        Analysis.model_validate({field: value})


def test_numbers_depend_on_every_criterion_and_not_on_the_label() -> None:
    assert set(Analysis(label="a").measure_inputs()) == set(Analysis.model_fields) - {"label"}


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"overlap_criterion": 1.02}, "overlap_criterion-1p02"),
        ({"surface_cutoff_um": 1e-7, "bulk_resistance": False}, "surface_cutoff_um-1e-07+bulk_resistance-no"),
        ({"contact_radius": "hertz"}, "contact_radius-hertz"),
        ({}, "published"),
    ],
)
def test_a_changed_analysis_is_named_by_its_changes(changes: dict[str, Any], label: str) -> None:
    before = Analysis(label="published", path_pairs=10)
    assert before.changed(**changes) == before.replace(label=label, **changes)
    assert before.changed("mine", **changes) == before.replace(label="mine", **changes)


def test_many_changes_still_make_a_label() -> None:
    changes = {"surface_cutoff_um": 0.123456789, "contact_radius": "hertz", "bulk_resistance": False}
    labels = {Analysis().changed(overlap_criterion=c, **changes).label for c in (1.01, 1.02)}
    assert len(labels) == 2
    assert all(label.startswith("analysis-") for label in labels)


def test_a_change_that_is_impossible_is_named_before_its_label() -> None:
    with pytest.raises(InputError, match=r"contact_radius.*'geometric' or 'hertz'; got 'r\.m\.s\.'"):
        Analysis().changed(contact_radius="r.m.s.")
    with pytest.raises(InputError, match=r"label.*got '1\.02'"):
        Analysis().changed("1.02", overlap_criterion=1.02)

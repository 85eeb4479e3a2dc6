import pytest
from pydantic import ValidationError

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

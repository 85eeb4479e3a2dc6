import pytest

from ssbflow.errors import InputError
from ssbflow.inputs.case import Case
from ssbflow.inputs.knobs import turned


def test_weights_and_diameters_become_what_was_asked_for(tiny_case: Case) -> None:
    design = tiny_case.design
    values = {"se_d50_um": 3.6, "carbon_wt_percent": 3.0, "eam_wt_percent": 71.25}
    composition, distribution = turned(design.composition, design.distribution, values)
    weights = composition.weight_percent
    assert (weights.eam, weights.carbon, weights.binder) == (71.25, 3, 1)
    assert weights.se == pytest.approx(100 - 71.25 - 3 - 1)
    assert distribution.se.diameter_um == pytest.approx((3.6, 4.8))  # the D50 was 1.8
    assert distribution.eam == design.distribution.eam
    assert (composition.label, distribution.label) == ("CAM60-eam71.25-carbon3", "fine-se3.6")


def test_labels_do_not_depend_on_the_order_of_values(tiny_case: Case) -> None:
    given = tiny_case.design.composition, tiny_case.design.distribution
    values = {"eam_wt_percent": 70.0, "carbon_wt_percent": 2.0, "eam_d50_um": 2.5}
    assert turned(*given, values) == turned(*given, dict(reversed(values.items())))


def test_no_knob_no_change(tiny_case: Case) -> None:
    assert turned(tiny_case.design.composition, tiny_case.design.distribution, {}) == (
        tiny_case.design.composition,
        tiny_case.design.distribution,
    )


def test_more_than_all_is_refused(tiny_case: Case) -> None:
    with pytest.raises(InputError, match="se"):
        turned(tiny_case.design.composition, tiny_case.design.distribution, {"eam_wt_percent": 99.5})

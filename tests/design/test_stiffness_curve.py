import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssbflow.design.stiffness_curve import StiffnessCurve

SCALES = (1.0, 0.5, 0.25, 0.125)


def line(scale: float) -> float:
    return 0.3 + 0.1 * float(np.log(scale))


@given(scale=st.floats(0.125, 1))
def test_a_line_in_the_logarithm_is_met_exactly(scale: float) -> None:
    curve = StiffnessCurve(SCALES, [line(scale) for scale in SCALES])
    assert curve.scale_at(line(scale)) == pytest.approx(scale)
    assert curve.slope(scale) == pytest.approx(0.1)
    assert curve.scale_error(scale, 0.001) == pytest.approx(0.01 * scale)


def test_ends_are_points_and_beyond_them_is_nothing() -> None:
    curve = StiffnessCurve((0.25, 1.0), (0.1, 0.2))
    assert curve.scale_at(0.1) == pytest.approx(0.25)
    assert curve.scale_at(0.2) == pytest.approx(1)
    assert curve.scale_at(0.0999) is None
    assert curve.scale_at(0.2001) is None


def test_a_bent_curve_is_met_at_its_points_and_rises_between() -> None:
    porosities = [scale**0.5 / 4 for scale in SCALES]
    curve = StiffnessCurve(SCALES, porosities)
    assert [curve.scale_at(porosity) for porosity in porosities] == pytest.approx(list(SCALES))
    between = [curve.scale_at(porosity) or 0 for porosity in np.linspace(porosities[-1], porosities[0], 50)]
    assert np.all(np.diff(between) > 0)
    assert curve.scale_at(0.6**0.5 / 4) == pytest.approx(0.6, rel=0.02)


def test_neighbours_that_fall_by_chance_are_averaged() -> None:
    curve = StiffnessCurve((0.25, 0.5, 0.51, 1.0), (0.1, 0.152, 0.148, 0.2))
    assert curve.scale_at(0.15) == pytest.approx(0.505, abs=0.0051)
    assert curve.slope(0.505) == pytest.approx(0.05 / np.log(2), rel=0.2)  # not the steep fall between the two


def test_a_flat_curve_tells_nothing_about_the_scale() -> None:
    assert StiffnessCurve((0.5, 1.0), (0.2, 0.2)).scale_error(0.7, 0.001) == float("inf")

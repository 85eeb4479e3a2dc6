import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssbflow.design.deviations import ALL_ALIKE, moderated


def test_equal_variances_are_pooled() -> None:
    values = np.random.default_rng(0).normal(0, 2, (400, 3))
    found = moderated(values)
    assert found.std == pytest.approx(np.full(400, 2), rel=0.15)
    assert found.freedom.min() > 20  # of 2 of their own


def test_usual_variance_and_its_freedom_are_found() -> None:
    """Variances drawn as the method supposes: an inverse chi-squared distribution of 6 degrees of freedom."""
    generator = np.random.default_rng(1)
    stds = np.sqrt(6 * 4 / generator.chisquare(6, 20_000))
    values = generator.normal(0, stds[:, np.newaxis], (20_000, 4))
    found = moderated(values)
    assert found.freedom[0] - 3 == pytest.approx(6, rel=0.1)
    own = values.var(axis=1, ddof=1)
    usual = (found.std**2 * found.freedom - 3 * own) / (found.freedom - 3)
    assert usual == pytest.approx(np.full(20_000, 4), rel=0.05)
    assert np.mean((found.std - stds) ** 2) < np.mean((np.sqrt(own) - stds) ** 2)


@given(st.floats(1e-3, 1e3), st.integers(0, 100))
def test_deviations_scale_with_the_values(scale: float, seed: int) -> None:
    values = np.random.default_rng(seed).normal(0, 1, (6, 4))
    one, other = moderated(values), moderated(5 + scale * values)
    assert other.std == pytest.approx(scale * one.std, rel=1e-5)
    assert other.freedom == pytest.approx(one.freedom, rel=1e-3)


def test_missing_values_and_single_seeds() -> None:
    values = np.random.default_rng(0).normal(0, 1, (5, 4))
    values[0, 1:], values[1] = np.nan, np.nan
    found = moderated(values)
    assert np.isfinite(found.std).all()
    assert found.std[0] == found.std[1]


def test_values_without_noise_have_no_deviation() -> None:
    assert moderated(np.ones((2, 3))).std.tolist() == [0, 0]
    assert moderated(np.ones((2, 3))).freedom.tolist() == [ALL_ALIKE] * 2


def test_of_single_seeds_alone_no_deviation_is_known() -> None:
    assert np.isnan(moderated(np.array([[1.0, np.nan], [2.0, np.nan]])).std).all()

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ssbflow.design.uncertainty import chances
from ssbflow.errors import SelectionError


def asked(means: list[float], stds: list[float], seeds: list[int], maximize: bool = True) -> pd.DataFrame:
    return chances(
        *map(pd.Series, (means, stds, seeds)), np.random.default_rng(0), maximize=maximize, draws=100_000
    )  # fmt: skip


def test_two_designs_agree_with_the_integral() -> None:
    """P(a > b) and E[max - a] for Student deviates, by quadrature."""
    means, errors = np.array([1.0, 0.7]), np.array([0.2, 0.3]) / np.sqrt(5)
    at = np.linspace(-4, 6, 200_001)
    density = stats.t.pdf((at - means[0]) / errors[0], 4) / errors[0]
    expected = np.trapezoid(density * stats.t.cdf((at - means[1]) / errors[1], 4), at)
    found = asked([1.0, 0.7], [0.2, 0.3], [5, 5])
    assert found["probability_best"].iloc[0] == pytest.approx(expected, abs=0.005)
    assert found["probability_best"].sum() == pytest.approx(1)
    gap = found["expected_regret"]
    assert gap.iloc[1] - gap.iloc[0] == pytest.approx(0.3, abs=0.005)


def test_equal_designs_share_the_chance() -> None:
    assert asked([1, 1, 1, 1], [1, 1, 1, 1], [4, 4, 4, 4])["probability_best"].tolist() == pytest.approx(
        [0.25] * 4, abs=0.01
    )


def test_minimizing_mirrors_maximizing() -> None:
    up, down = asked([1, 2], [1, 1], [4, 4]), asked([-1, -2], [1, 1], [4, 4], maximize=False)
    assert up["probability_best"].tolist() == pytest.approx(down["probability_best"].tolist(), abs=0.01)


def test_one_seed_borrows_the_deviation_of_the_others() -> None:
    found = asked([1.0, 0.0], [np.nan, 1e-6], [1, 9])
    assert found["probability_best"].tolist() == [1, 0]


def test_two_seeds_take_the_pooled_deviation() -> None:
    """Student's distribution of one degree of freedom has no mean: a regret by it would grow with the draws."""
    found = asked([1.0, 0.0, 0.0], [1e-9, 1e-3, 1e-3], [2, 2, 2])
    assert found["probability_best"].iloc[0] == pytest.approx(1, abs=1e-3)
    assert found["expected_regret"].iloc[0] == pytest.approx(0, abs=1e-4)


def test_single_seeds_alone_say_nothing() -> None:
    with pytest.raises(SelectionError, match="too few seeds"):
        asked([1.0, 2.0], [np.nan, np.nan], [1, 1])


def test_same_generator_same_chances() -> None:
    pd.testing.assert_frame_equal(asked([1, 2], [1, 1], [4, 4]), asked([1, 2], [1, 1], [4, 4]))

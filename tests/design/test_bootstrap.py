import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from ssbflow.design.bootstrap import bootstrap_interval


def bca(values: np.ndarray, confidence: float, entropy: int, resamples: int) -> tuple[float, float]:
    """The same step by step, for one design."""
    known = values[~np.isnan(values)]
    n = len(known)
    counts = np.random.default_rng([entropy, n]).multinomial(n, [1 / n] * n, size=resamples)
    means = np.array([np.repeat(known - known.mean(), count).mean() for count in counts])
    z0 = stats.norm.ppf((np.mean(means < -1e-9) + np.mean(means <= 1e-9)) / 2)
    left_out = np.array([np.delete(known, at).mean() for at in range(n)])
    away = left_out.mean() - left_out
    a = np.sum(away**3) / (6 * np.sum(away**2) ** 1.5)
    ends = []
    for level in ((1 - confidence) / 2, (1 + confidence) / 2):
        z = z0 + stats.norm.ppf(level)
        ends.append(known.mean() + np.quantile(means, stats.norm.cdf(z0 + z / (1 - a * z))))
    return ends[0], ends[1]


@given(
    values=arrays(float, (2, 3, 6), elements=st.integers(-50, 50) | st.just(float("nan"))),
    confidence=st.sampled_from([0.5, 0.9, 0.95]),
)
@settings(deadline=None, max_examples=15)
def test_intervals_are_those_of_one_design_at_a_time(values: np.ndarray, confidence: float) -> None:
    low, high = bootstrap_interval(values, confidence, 7, resamples=100)
    for at in np.ndindex(2, 3):
        known = values[at][~np.isnan(values[at])]
        if len(known) < 2:
            assert np.isnan([low[at], high[at]]).all()
        elif np.ptp(known) == 0:
            assert (low[at], high[at]) == (known[0], known[0])
        else:
            assert (low[at], high[at]) == pytest.approx(bca(values[at], confidence, 7, 100), rel=1e-6, abs=1e-6)
            assert known.min() <= low[at] <= high[at] <= known.max()


def test_intervals_agree_with_scipy() -> None:
    values = np.random.default_rng(0).exponential(1, 12)
    low, high = bootstrap_interval(values[np.newaxis], 0.95, 1, resamples=20_000)
    expected = stats.bootstrap((values,), np.mean, n_resamples=20_000, rng=np.random.default_rng(2))
    assert (low[0], high[0]) == pytest.approx(expected.confidence_interval, rel=0.03)

"""Example 1 of the published method: its binning, its EAM probability, its force ratio."""

from statistics import NormalDist

import pytest

from ssbflow.inputs.distributions import Lognormal, Normal

EAM = Normal(kind="normal", basis="number", d5_um=3, d50_um=4, d95_um=5, fit="d50_d95")
SE = Lognormal(kind="lognormal", basis="number", d5_um=1, d50_um=3, d95_um=7.8, fit="d50_d95")
EAM_VOLUME = (66 / 4.7) / (66 / 4.7 + 33 / 1.74)


def test_published_eam_probability() -> None:
    eam = EAM_VOLUME / EAM.discrete.mean_volume_um3
    se = (1 - EAM_VOLUME) / SE.discrete.mean_volume_um3
    assert eam / (eam + se) == pytest.approx(0.499, abs=0.002)


def test_published_force_ratio() -> None:
    # Species share the force by volume, so the force on a particle goes with its species' mean volume.
    ratio = SE.discrete.mean_volume_um3 / EAM.discrete.mean_volume_um3
    assert ratio == pytest.approx(1.346, abs=0.001)
    assert ratio == pytest.approx(315_205 / 233_638, rel=0.005)


def test_largest_bin_of_the_electrolyte() -> None:
    log_d99 = NormalDist().inv_cdf(0.99) / NormalDist().inv_cdf(0.95)
    d99, d1 = 3 * 2.6**log_d99, 3 * 2.6**-log_d99
    assert SE.largest_um == pytest.approx(d99 - (d99 - d1) / 20)
    assert SE.largest_um == pytest.approx(11.05, abs=0.005)

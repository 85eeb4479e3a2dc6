"""Spheres of two sizes pack more densely than equal ones, as densely as the model of Farr and Groot says."""

import pytest

from evidence.two_sizes import farr_groot, mixed_packing

RATIO = 2


@pytest.mark.parametrize(
    ("ratio", "large_share", "fraction"), [(1.001, 0.5, 0.6435), (2, 0.7, 0.682), (3, 0.75, 0.729), (10, 0.75, 0.827)]
)
def test_model_gives_its_published_fractions(ratio: float, large_share: float, fraction: float) -> None:
    # Farr and Groot 2009; the first is what its one parameter is fitted to
    assert farr_groot(ratio, large_share) == pytest.approx(fraction, abs=1e-3)


@pytest.mark.lammps
def test_two_sizes_pack_as_the_model_says() -> None:
    mixed = mixed_packing(seed=1, ratio=RATIO, large=150)
    assert mixed.large_share == pytest.approx(0.7, abs=0.05)
    assert 0 < mixed.pressed_fraction - mixed.fraction < 0.02
    # a fifth of the spheres of the long form, and a platen at its default speed; equal ones would give 0.64
    assert mixed.fraction == pytest.approx(farr_groot(RATIO, mixed.large_share), abs=0.02)

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ssbflow.packing.packing import Packing
from ssbflow.press.crop import cropped, mass_below_pg


def random_packing(count: int, seed: int) -> tuple[Packing, NDArray[np.float64]]:
    """Overlapping spheres of two densities, none below the floor."""
    generator = np.random.default_rng(seed)
    radius = 0.3 * 8 ** generator.random(count)
    position = generator.random((count, 3)) * [8, 8, 12]
    position[:, 2] += radius
    is_eam = generator.random(count) < 0.4
    packing = Packing(position, radius, np.where(is_eam, "eam", "se"), (8.0, 8.0))
    return packing, np.where(packing.is_eam, 4.76, 1.74)


def naive_mass_below(packing: Packing, density: NDArray[np.float64], plane: float) -> float:
    """Sphere by sphere: all of it, a segment, or nothing."""
    mass = 0.0
    for z, r, rho in zip(packing.position_um[:, 2], packing.radius_um, density, strict=True):
        if plane >= z + r:
            mass += rho * 4 / 3 * math.pi * r**3
        elif plane > z - r:
            t = (plane - z) / r
            mass += rho * math.pi * r**3 * (2 / 3 + t - t**3 / 3)
    return mass


def bisected_plane(packing: Packing, density: NDArray[np.float64], target: float) -> float:
    low, high = 0.0, float((packing.position_um[:, 2] + packing.radius_um).max())
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if naive_mass_below(packing, density, middle) < target else (low, middle)
    return high


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1), st.floats(0.02, 0.98))
def test_mass_below_the_plane_is_the_target(count: int, seed: int, share: float) -> None:
    packing, density = random_packing(count, seed)
    target = share * naive_mass_below(packing, density, math.inf)
    height = cropped(packing, density, target).height_um
    assert naive_mass_below(packing, density, height) == pytest.approx(target, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(30, 60), st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
def test_plane_is_where_bisection_puts_it(count: int, seed: int, share: float) -> None:
    packing, density = random_packing(count, seed)
    target = share * naive_mass_below(packing, density, math.inf)
    assert cropped(packing, density, target).height_um == pytest.approx(
        bisected_plane(packing, density, target), abs=1e-6
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1), st.floats(1.0000001, 100))
def test_packing_lighter_than_the_target_keeps_its_highest_top(count: int, seed: int, share: float) -> None:
    packing, density = random_packing(count, seed)
    target = share * naive_mass_below(packing, density, math.inf)
    assert cropped(packing, density, target).height_um == max(packing.position_um[:, 2] + packing.radius_um)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1), st.floats(-1, 20))
def test_mass_below_a_plane_is_the_sum_of_segments(count: int, seed: int, plane: float) -> None:
    packing, density = random_packing(count, seed)
    expected = naive_mass_below(packing, density, plane)
    assert mass_below_pg(packing, density, plane) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_half_of_a_sphere_is_cut_at_its_centre() -> None:
    packing = Packing([[4, 4, 3]], [2.0], ["se"], (8.0, 8.0))
    target = 1.74 * 2 / 3 * math.pi * 8
    assert cropped(packing, np.array([1.74]), target).height_um == pytest.approx(3)


def test_crop_changes_nothing_but_the_height() -> None:
    packing, density = random_packing(20, 1)
    result = cropped(packing, density, 0.5 * naive_mass_below(packing, density, math.inf))
    assert result.height_um < packing.height_um
    np.testing.assert_array_equal(result.position_um, packing.position_um)
    np.testing.assert_array_equal(result.radius_um, packing.radius_um)
    assert result.species.tolist() == packing.species.tolist()
    assert result.edge_um == packing.edge_um

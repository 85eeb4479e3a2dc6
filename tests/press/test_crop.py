import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ssbflow.inputs.composition import Composition, WeightPercent
from ssbflow.inputs.material import Material
from ssbflow.packing.packing import Packing
from ssbflow.press.crop import cropped, cropped_to_areal_mass, mass_below_pg

EAM_DENSITY, SE_DENSITY = 4.76, 1.74


def powder(density_g_cm3: float) -> Material:
    return Material(
        density_g_cm3=density_g_cm3, youngs_modulus_gpa=100, poisson_ratio=0.3, friction=0.4, restitution=0.7
    )


POWDERS = {"eam": powder(EAM_DENSITY), "se": powder(SE_DENSITY)}


def random_packing(count: int, seed: int) -> tuple[Packing, NDArray[np.float64]]:
    """Overlapping spheres of two densities, none below the floor."""
    generator = np.random.default_rng(seed)
    radius = 0.3 * 8 ** generator.random(count)
    position = generator.random((count, 3)) * [8, 8, 12]
    position[:, 2] += radius
    is_eam = generator.random(count) < 0.4
    packing = Packing(position, radius, np.where(is_eam, "eam", "se"), (8.0, 8.0))
    return packing, np.where(packing.is_eam, EAM_DENSITY, SE_DENSITY)


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


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 60), st.integers(0, 2**32 - 1), st.floats(0.1, 0.8), st.floats(0, 20))
def test_electrode_below_the_height_has_the_areal_mass_with_its_additives(
    count: int, seed: int, share: float, additive_wt: float
) -> None:
    packing, density = random_packing(count, seed)
    rest = (100 - additive_wt) / 2
    composition = Composition(
        label="mix",
        weight_percent=WeightPercent(eam=rest, se=rest, carbon=additive_wt),
        carbon=Material(density_g_cm3=2),
        **POWDERS,
    )
    particles_pg = share * naive_mass_below(packing, density, math.inf)
    electrode_pg = particles_pg / (1 - additive_wt / 100)
    mg_per_cm2 = electrode_pg * 1e-9 / (8e-4) ** 2
    height = cropped_to_areal_mass(packing, POWDERS, mg_per_cm2, composition).height_um
    assert naive_mass_below(packing, density, height) == pytest.approx(particles_pg, rel=1e-9)
    without = cropped_to_areal_mass(packing, POWDERS, mg_per_cm2 * (1 - additive_wt / 100)).height_um
    assert without == pytest.approx(height, rel=1e-9)


@pytest.mark.parametrize("species", ["eam", "se"])
def test_material_of_a_species_that_does_not_occur_may_be_left_out(species: str) -> None:
    packing = Packing([[4, 4, 3]], [2.0], [species], (8.0, 8.0))
    half_pg = POWDERS[species].density_g_cm3 * 2 / 3 * math.pi * 8
    mg_per_cm2 = half_pg * 1e-9 / (8e-4) ** 2
    alone = cropped_to_areal_mass(packing, {species: POWDERS[species]}, mg_per_cm2)
    assert alone.height_um == pytest.approx(3)

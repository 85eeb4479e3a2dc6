import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import CAM, SE, hertz_force_nn, mixed_gpa

from ssbflow.inputs.material import Material
from ssbflow.press.mechanics import (
    contact_stiffness,
    contact_time_us,
    effective_modulus_kpa,
    rayleigh_time_us,
    sphere_mass_pg,
    total_force_nn,
    wave_speed_um_us,
    youngs_modulus_kpa,
)

materials = st.builds(
    Material,
    density_g_cm3=st.floats(0.5, 20),
    youngs_modulus_gpa=st.floats(0.1, 500),
    poisson_ratio=st.floats(0, 0.49),
)


@pytest.mark.parametrize(("one", "other", "gpa"), [(CAM, CAM, 107.143), (CAM, SE, 24.351), (SE, SE, 13.736)])
def test_hertz_force_of_a_pair_with_the_published_effective_modulus(one: Material, other: Material, gpa: float) -> None:
    assert mixed_gpa(one, other) == pytest.approx(gpa, abs=5e-4)
    # radii 2 and 6 µm: effective radius 1.5 µm; overlap 0.04 µm; in SI and back to nN
    newton = 4 / 3 * gpa * 1e9 * math.sqrt(1.5e-6) * 0.04e-6**1.5
    assert float(hertz_force_nn(0.04, 1.5, gpa)) == pytest.approx(newton * 1e9)


def test_two_se_spheres_of_half_a_micrometre_push_with_the_published_force() -> None:
    force_nn = float(hertz_force_nn(0.01, 0.25, mixed_gpa(SE, SE)))
    assert force_nn * 1e-9 == pytest.approx(9.1575e-6, rel=1e-5)


def test_rayleigh_time_of_a_small_se_particle() -> None:
    assert rayleigh_time_us(0.5, SE) == pytest.approx(7.2e-4, rel=0.005)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.01, 20), st.floats(0.5, 20), st.floats(0.1, 500), st.floats(0, 0.49), st.floats(0.01, 2))
def test_rayleigh_time_in_si(radius: float, density: float, youngs: float, poisson: float, scale: float) -> None:
    material = Material(density_g_cm3=density, youngs_modulus_gpa=youngs, poisson_ratio=poisson)
    shear_pa = scale * youngs * 1e9 / (2 * (1 + poisson))
    seconds = math.pi * radius * 1e-6 * math.sqrt(density * 1e3 / shear_pa) / (0.1631 * poisson + 0.8766)
    assert rayleigh_time_us(radius, material, scale) == pytest.approx(seconds * 1e6)


def test_softer_material_is_slower_by_the_root_of_its_stiffness() -> None:
    assert youngs_modulus_kpa(SE, 0.1) == pytest.approx(2.5e6)
    assert rayleigh_time_us(1, SE, 0.01) == pytest.approx(10 * rayleigh_time_us(1, SE))
    assert wave_speed_um_us(SE, 0.01) == pytest.approx(wave_speed_um_us(SE) / 10)


def test_wave_speed_in_metres_per_second() -> None:
    assert wave_speed_um_us(SE) == pytest.approx(math.sqrt(25e9 / 1740))


def test_pressure_on_the_published_cross_section_gives_its_force() -> None:
    newton = 375e6 * (20e-6) ** 2
    assert total_force_nn(375, 400) == pytest.approx(newton * 1e9)


@settings(max_examples=50, deadline=None)
@given(materials, st.floats(0.01, 2))
def test_effective_modulus_is_that_of_two_particles_of_the_material(material: Material, scale: float) -> None:
    assert effective_modulus_kpa(material, scale) == pytest.approx(scale * mixed_gpa(material, material) * 1e6)


@settings(max_examples=50, deadline=None)
@given(materials, st.floats(0.01, 20))
def test_mass_of_a_sphere_in_si(material: Material, radius: float) -> None:
    kilogram = material.density_g_cm3 * 1e3 * 4 / 3 * math.pi * (radius * 1e-6) ** 3
    assert float(sphere_mass_pg(radius, material)) * 1e-15 == pytest.approx(kilogram)


@settings(max_examples=50, deadline=None)
@given(materials, st.floats(0.01, 20), st.floats(0.1, 1000), st.floats(0.05, 1))
def test_stiffness_is_the_slope_of_hertz_where_the_contact_carries_the_pressure(
    material: Material, radius: float, pressure_mpa: float, scale: float
) -> None:
    modulus_gpa = scale * mixed_gpa(material, material)
    force_nn = pressure_mpa * 1e3 * (2 * radius) ** 2
    overlap = (force_nn / float(hertz_force_nn(1, radius / 2, modulus_gpa))) ** (2 / 3)
    slope = np.diff(hertz_force_nn(overlap * np.array([1 - 1e-5, 1 + 1e-5]), radius / 2, modulus_gpa))[0] / (
        2e-5 * overlap
    )
    assert float(contact_stiffness(radius, material, pressure_mpa, scale)) == pytest.approx(slope, rel=1e-6)


def test_quantities_of_many_spheres_are_those_of_each() -> None:
    radius = np.array([0.5, 1.0, 4.0])
    for many, one in (
        (contact_stiffness(radius, SE, 375), [contact_stiffness(r, SE, 375) for r in radius]),
        (contact_time_us(radius, SE, 375), [contact_time_us(r, SE, 375) for r in radius]),
        (rayleigh_time_us(radius, SE), [rayleigh_time_us(r, SE) for r in radius]),
        (sphere_mass_pg(radius, SE), [sphere_mass_pg(r, SE) for r in radius]),
    ):
        assert many.tolist() == pytest.approx([float(value) for value in one])


def test_contact_time_is_that_of_a_sphere_on_its_hertz_spring() -> None:
    pressure_mpa, radius = 375.0, 0.8
    force_nn = pressure_mpa * 1e3 * (2 * radius) ** 2
    modulus = 25 / (2 * (1 - 0.3**2))
    overlaps = np.linspace(0, radius, 200_001)
    at = int(np.argmin(np.abs(hertz_force_nn(overlaps, radius / 2, modulus) - force_nn)))
    slope = np.gradient(hertz_force_nn(overlaps[at - 1 : at + 2], radius / 2, modulus), overlaps[1])[1]
    mass = SE.density_g_cm3 * 4 / 3 * np.pi * radius**3
    assert contact_time_us(radius, SE, pressure_mpa) == pytest.approx(np.sqrt(mass / slope), rel=1e-4)

"""Contact mechanics in LAMMPS `units micro`: what time step, damping and forces follow from the materials."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ssbflow.inputs.material import Material

KPA_PER_GPA = 1e6  # the pressure unit pg/(µm·µs²) is 1 kPa
KPA_PER_MPA = 1e3


def youngs_modulus_kpa(material: Material, stiffness_scale: float = 1) -> float:
    """Return the scaled Young's modulus in LAMMPS units (kPa); LAMMPS mixes the two species itself."""
    assert material.youngs_modulus_gpa is not None
    return material.youngs_modulus_gpa * stiffness_scale * KPA_PER_GPA


def effective_modulus_kpa(material: Material, stiffness_scale: float = 1) -> float:
    """Return E* = E / (2 (1 − ν²)) (kPa) of two particles of a material, or of one and a wall of it."""
    assert material.poisson_ratio is not None
    return youngs_modulus_kpa(material, stiffness_scale) / (2 * (1 - material.poisson_ratio**2))


def rayleigh_time_us(radius_um: ArrayLike, material: Material, stiffness_scale: float = 1) -> NDArray[np.float64]:
    """Return the time (µs) a Rayleigh wave takes round a sphere: π r √(ρ/G) / (0.1631 ν + 0.8766).

    Parameters
    ----------
    radius_um : float or array
    material : Material
    stiffness_scale : float

    Raises
    ------
    AssertionError
        The material lacks mechanical properties; validation has refused such a one before.
    """
    assert material.poisson_ratio is not None
    shear_modulus = youngs_modulus_kpa(material, stiffness_scale) / (2 * (1 + material.poisson_ratio))
    delay = np.sqrt(material.density_g_cm3 / shear_modulus)
    return np.asarray(np.pi * np.asarray(radius_um) * delay / (0.1631 * material.poisson_ratio + 0.8766))


def contact_stiffness(
    radius_um: ArrayLike, material: Material, pressure_mpa: float, stiffness_scale: float = 1
) -> NDArray[np.float64]:
    """Return the normal stiffness (nN/µm) of a contact of two equal spheres that carries the pressure.

    The contact carries F = p (2r)²; Hertz gives the overlap, (δ/r)^1.5 = 3 √2 p/E*, and the stiffness
    k = 2 E* √(δ r/2).

    Parameters
    ----------
    radius_um : float or array
    material : Material
    pressure_mpa : float
    stiffness_scale : float
    """
    modulus = effective_modulus_kpa(material, stiffness_scale)
    overlap = (3 * np.sqrt(2) * pressure_mpa * KPA_PER_MPA / modulus) ** (2 / 3)
    return np.asarray(2 * modulus * np.asarray(radius_um) * np.sqrt(overlap / 2))


def contact_time_us(
    radius_um: ArrayLike, material: Material, pressure_mpa: float, stiffness_scale: float = 1
) -> NDArray[np.float64]:
    """Return √(m/k) (µs) of a sphere on a contact with an equal one that carries the pressure.

    Soft or highly pressed contacts are stiffer for their size than the Rayleigh time knows.

    Parameters
    ----------
    radius_um : float or array
    material : Material
    pressure_mpa : float
    stiffness_scale : float
    """
    stiffness = contact_stiffness(radius_um, material, pressure_mpa, stiffness_scale)
    return np.asarray(np.sqrt(sphere_mass_pg(radius_um, material) / stiffness))


def damping_ratio(material: Material) -> float:
    """Return a contact's damping, of critical, that gives the restitution e: −ln e / √(π² + ln² e)."""
    assert material.restitution is not None
    logarithm = float(np.log(material.restitution))
    return -logarithm / float(np.hypot(np.pi, logarithm))


def sphere_mass_pg(radius_um: ArrayLike, material: Material) -> NDArray[np.float64]:
    """Return the mass (pg) of a sphere of a material."""
    return np.asarray(4 / 3 * np.pi * material.density_g_cm3 * np.asarray(radius_um, dtype=float) ** 3)


def wave_speed_um_us(material: Material, stiffness_scale: float = 1) -> float:
    """Return the elastic wave speed √(E/ρ) (µm/µs, which is m/s)."""
    return float(np.sqrt(youngs_modulus_kpa(material, stiffness_scale) / material.density_g_cm3))


def total_force_nn(pressure_mpa: float, cross_section_um2: float) -> float:
    """Return pressure × cross-section (nN; LAMMPS' force unit pg·µm/µs² is 1 nN)."""
    return pressure_mpa * KPA_PER_MPA * cross_section_um2

"""Contact laws: what two touching particles, or a particle and a wall, do to each other.

A new law is one class here (or a file beside this one) and one line in ``CONTACT_LAWS``.
"""

from typing import Protocol

from ssbflow.inputs.material import Material
from ssbflow.press.mechanics import youngs_modulus_kpa


class ContactLaw(Protocol):
    """Writes a material's coefficients for `pair_style granular` and `fix wall/gran granular`."""

    def coefficients(self, material: Material, stiffness_scale: float) -> str:
        """Return the words that follow `pair_coeff I I` or `fix … wall/gran granular`."""


class HertzMaterial:
    """Hertz normal force with given restitution, Mindlin friction with history and no tangential damping.

    Each species is given its own modulus and LAMMPS mixes them: mixed by hand, they would be mixed twice. Tangential
    damping 0 avoids a standing unbalance that a strong one keeps up while the kinetic energy stays tiny.
    """

    def coefficients(self, material: Material, stiffness_scale: float) -> str:
        """Return normal, tangential and damping model of one material."""
        modulus = youngs_modulus_kpa(material, stiffness_scale)
        normal = f"hertz/material {modulus!r} {material.restitution!r} {material.poisson_ratio!r}"
        return f"{normal} tangential mindlin NULL 0.0 {material.friction!r} damping coeff_restitution"


CONTACT_LAWS: dict[str, ContactLaw] = {"hertz_material": HertzMaterial()}

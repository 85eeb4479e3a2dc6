"""Contact laws: what two touching particles, or a particle and a wall, do to each other.

A new law is one class here (or a file beside this one) and one line in ``CONTACT_LAWS``.
"""

from typing import Protocol

import numpy as np

from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press
from ssbflow.press.mechanics import contact_stiffness, damping_ratio, sphere_mass_pg, youngs_modulus_kpa

TANGENTIAL_DAMPING = 0.025  # of critical, whatever the restitution: enough to calm, too little to upset explicit steps
MOST_TANGENTIAL_DAMPING = 2.0  # times the normal one, which is none at a restitution of 1
ROLLING_DAMPING = 0.02  # of critical, for the smallest particle; more upsets them as well


class ContactLaw(Protocol):
    """Writes a material's coefficients for `pair_style granular` and `fix wall/gran granular`."""

    def coefficients(self, material: Material, press: Press, smallest_um: float) -> str:
        """Return the words that follow `pair_coeff I I` or `fix … wall/gran granular`.

        Parameters
        ----------
        material : Material
        press : Press
        smallest_um : float
            Radius of the species' smallest particle, for coefficients that no material has.
        """


class HertzMaterial:
    """Hertz normal force with given restitution, Mindlin friction with history.

    Each species is given its own modulus and LAMMPS mixes them: mixed by hand, they would be mixed twice.

    The tangential spring shrinks with a contact that is unloaded (`mindlin_rescale`): left as it was, it would give
    back more energy than was put in.

    LAMMPS takes a contact's slip from whole radii and its torque from the arms that the overlap leaves, so friction of
    deep overlaps is no conservative force: small spheres squeezed flat draw energy from it, and without tangential
    damping one packing in some tens trembles for ever. Much damping does not help: dashpots of a dozen contacts add up,
    on spins most of all, until explicit steps no longer follow and keep up an unbalance of their own.

    Rolling resistance, where asked for, is a spring, slider and dashpot as stiff as the smallest particle's contact;
    its damping adds to that of slip.
    """

    def coefficients(self, material: Material, press: Press, smallest_um: float) -> str:
        """Return normal, tangential, rolling and damping model of one material."""
        modulus = youngs_modulus_kpa(material, press.stiffness_scale)
        normal = f"hertz/material {modulus!r} {material.restitution!r} {material.poisson_ratio!r}"
        tangential = f"tangential mindlin_rescale NULL {_tangential_damping(material)!r} {material.friction!r}"
        rolling = _rolling(material, press, smallest_um) if press.rolling_friction else ""
        return f"{normal} {tangential}{rolling} damping coeff_restitution"


def _tangential_damping(material: Material) -> float:
    """Return it as a multiple of the normal damping, as LAMMPS takes it."""
    return TANGENTIAL_DAMPING / max(damping_ratio(material), TANGENTIAL_DAMPING / MOST_TANGENTIAL_DAMPING)


def _rolling(material: Material, press: Press, smallest_um: float) -> str:
    stiffness = float(contact_stiffness(smallest_um, material, press.pressure_mpa, press.stiffness_scale))
    damping = ROLLING_DAMPING * 2 * float(np.sqrt(sphere_mass_pg(smallest_um, material) * stiffness))
    return f" rolling sds {stiffness!r} {damping!r} {press.rolling_friction!r}"


CONTACT_LAWS: dict[str, ContactLaw] = {"hertz_material": HertzMaterial()}

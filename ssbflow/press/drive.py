"""Drives: how the pressure acts on the particles.

A new drive is one class here (or a file beside this one) and one line in ``DRIVES``.
"""

from typing import Protocol


class Drive(Protocol):
    """Writes the LAMMPS commands that press."""

    def commands(self, force_nn: dict[str, float]) -> list[str]:
        """Return commands; `force_nn` is each species' share of the total force, per particle."""


class BodyForce:
    """The published drive: every particle of a species is pushed down with the same force."""

    def commands(self, force_nn: dict[str, float]) -> list[str]:
        """Return one `fix addforce` for each species."""
        return [f"fix push_{species} {species} addforce 0.0 0.0 {-force!r}" for species, force in force_nn.items()]


DRIVES: dict[str, Drive] = {"body_force": BodyForce()}

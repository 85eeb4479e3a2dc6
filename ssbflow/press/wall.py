"""Rigid walls: for each species a granular wall with its modulus, and a stop for spheres pressed flat against it.

A wall's force turns round where a sphere's centre passes it. In an elastic press this happens: a small sphere under a
large one may have to carry more than the 1.3 E* r² that Hertz gives at an overlap of one radius. Real particles are
flattened and stiffen, so from half a radius of overlap on a force of 3 E* r times the further overlap is added, divided
by what is left of that half radius: it grows without bound, or nearly so, before the centre reaches the wall. Only
particles that touch a wall are looked at, a group renewed every few steps.
"""

from dataclasses import dataclass

from ssbflow.press.plan import PressPlan

FLATTENED = 0.5  # distance of the centre from the wall, in radii, below which the stop acts
STOP_STIFFNESS = 3.0  # in E* r, where it sets in; the contact's own at an overlap of one radius is 2 E* r
LEAST_LEFT = 0.02  # of the radius, for the last of it
RENEW_EVERY = 10  # steps; nothing crosses half a radius in so few


@dataclass(frozen=True)
class Wall:
    """A horizontal wall.

    Parameters
    ----------
    name : str
    style, geometry : str
        Of LAMMPS' granular wall: what stands before and after the contact's coefficients.
    distance : str
        LAMMPS formula of the distance of a centre from the wall (µm).
    away : int
        Sign of the direction, along z, in which the wall pushes.
    """

    name: str
    style: str
    geometry: str
    distance: str
    away: int

    def commands(self, plan: PressPlan) -> str:
        """Return the wall's fixes and, as `v_NAME_force`, the variable of the force (nN) with which it pushes."""
        granular = [self._granular(species, plan) for species in plan.species]
        return "\n".join([*granular, self._stop(plan), self._force(plan)])

    def _granular(self, species: str, plan: PressPlan) -> str:
        words = f"{self.style} granular {plan.coefficients[species]} {self.geometry} contacts"
        return (
            f"fix {self.name}_{species} {species} {words}\n"
            f"compute {self.name}_{species} {species} reduce sum f_{self.name}_{species}[4]"
        )

    def _stop(self, plan: PressPlan) -> str:
        name, distance = self.name, f"({self.distance})"
        depth = f"({FLATTENED}*radius-{distance})"
        left = f"({distance}*({distance}>0)/radius+{LEAST_LEFT})"
        stiffness = "+".join(
            f"{STOP_STIFFNESS * plan.effective_modulus_kpa[species]!r}*(type=={number})"
            for number, species in enumerate(plan.species, 1)
        )
        return (
            f"variable {name}_near atom {distance}<radius\n"
            f"group {name}_near dynamic particles var {name}_near every {RENEW_EVERY}\n"
            f"variable {name}_stop atom {self.away}*({stiffness})*radius*{depth}*({depth}>0)*{FLATTENED}/{left}\n"
            f"fix {name}_stop {name}_near addforce 0.0 0.0 v_{name}_stop\n"
            f"compute {name}_stop {name}_near reduce sum v_{name}_stop"
        )

    def _force(self, plan: PressPlan) -> str:
        parts = "+".join(f"c_{self.name}_{part}" for part in (*plan.species, "stop"))
        return f"variable {self.name}_force equal {self.away}*({parts})"


FLOOR = Wall("floor", "wall/gran", "zplane 0.0 NULL", "z", 1)
PLATEN = Wall("platen", "wall/gran/region", "region platen", "v_platen_z-z", -1)

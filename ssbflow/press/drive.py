"""Drives: how the pressure acts on the particles.

A new drive is one class here (or a file beside this one) and one line in ``DRIVES``.
"""

from typing import Protocol

from ssbflow.press.plan import PlatenPlan, PressPlan
from ssbflow.press.wall import PLATEN

BEARING = 0.05  # of the force; a bed that bears as much is squeezed and falls no more


class Drive(Protocol):
    """Writes the LAMMPS commands that press; the variable `load` is the share of the full force that acts."""

    top: str
    """LAMMPS formula of the height (µm) of whatever is on top."""

    def placing(self, plan: PressPlan) -> str:
        """Return what is to be put in place once, above the parted particles."""

    def commands(self, plan: PressPlan) -> str:
        """Return what presses, with walls of its own where it has any."""

    def flow(self, plan: PressPlan, share: float = 1) -> str:
        """Return what makes the drag, `share` of the plan's, one against a flow; nothing where it is against rest."""

    def force_nn(self, plan: PressPlan) -> dict[str, float]:
        """Return the force (nN) applied to each particle, by species; empty where none is."""


class BodyForce:
    """The published drive: every particle of a species is pushed down with the same force, all of it."""

    top = "c_top"

    def placing(self, plan: PressPlan) -> str:  # noqa: ARG002
        """Return nothing."""
        return ""

    def commands(self, plan: PressPlan) -> str:
        """Return the force on each particle."""
        return _weights(plan)

    def flow(self, plan: PressPlan, share: float = 1) -> str:  # noqa: ARG002
        """Return nothing: the drag is what bounds the speed at which particles fall."""
        return ""

    def force_nn(self, plan: PressPlan) -> dict[str, float]:
        """Return each species' share."""
        return plan.weight_nn


class Platen:
    """A rigid plate pushed down with the total force; what the particles push back moves it as Newton says.

    One atom, too far above to touch anything, carries the plate's mass and its viscous damping, and LAMMPS integrates
    it like every other; the wall is a plane that follows it. So nothing has to be steered from outside, and a restart
    file holds the plate as well. What the particles do not bear yet pushes the plate against its drag: it comes down at
    the fall speed, slower the more they bear.

    A small part of the force is a weight of the particles. Without one, those that carry nothing float where they were
    last struck, and how many neighbours they touch would depend on the rate of the press.

    Drag is against the flow that the plate makes: as long as the plate meets little, all particles sink with it; from
    then on the bed is squeezed evenly, slower the nearer to the floor. Against particles at rest, drag would be a load
    on the bed that grows with the plate's speed.
    """

    top = "v_platen_z"

    def placing(self, plan: PressPlan) -> str:
        """Return the command that puts the plate on the highest particle."""
        return f"set             group platen z $(c_top+{_carrier(plan).gap_um!r})"

    def commands(self, plan: PressPlan) -> str:
        """Return the plane, its walls, and the force on the atom that carries it."""
        carrier = _carrier(plan)
        return "\n".join(
            [
                f"variable platen_z equal z[{carrier.atom_id}]-{carrier.gap_um!r}",
                "region platen plane 0.0 0.0 0.0 0.0 0.0 -1.0 side in units box move NULL NULL v_platen_z",
                PLATEN.commands(plan),
                f"variable full equal {carrier.load_nn!r}*v_load",
                "variable push equal v_platen_force-v_full",
                "fix push platen addforce 0.0 0.0 v_push",
                _weights(plan),
            ]
        )

    def flow(self, plan: PressPlan, share: float = 1) -> str:
        """Return a force on each particle: its drag at the speed that the flow has at its height."""
        speed = f"vz[{_carrier(plan).atom_id}]"
        forces = [
            f"variable flow_{species} atom {share * drag!r}*(v_flow_slope*z+v_flow_falling)\n"
            f"fix flow_{species} {species} addforce 0.0 0.0 v_flow_{species}"
            for species, drag in plan.drag.items()
        ]
        return "\n".join(
            [
                "variable met equal v_platen_force/v_full",
                f"variable borne equal ternary(v_met<{BEARING!r},v_met/{BEARING!r},1.0)",
                f"variable flow_slope equal {speed}*v_borne/v_platen_z",
                f"variable flow_falling equal {speed}*(1.0-v_borne)",
                *forces,
            ]
        )

    def force_nn(self, plan: PressPlan) -> dict[str, float]:  # noqa: ARG002
        """Return nothing: the plate pushes, particles only pass it on."""
        return {}


def _weights(plan: PressPlan) -> str:
    """Return one `fix addforce` for each species that is pushed down."""
    return "\n".join(
        f"variable weight_{species} equal {-force!r}*v_load\n"
        f"fix weight_{species} {species} addforce 0.0 0.0 v_weight_{species}"
        for species, force in plan.weight_nn.items()
        if force
    )


def _carrier(plan: PressPlan) -> PlatenPlan:
    assert plan.platen is not None
    return plan.platen


DRIVES: dict[str, Drive] = {"body_force": BodyForce(), "platen": Platen()}

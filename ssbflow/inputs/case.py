"""Designs and cases: what a person would make, and one simulation of it."""

from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.base import Input
from ssbflow.inputs.composition import Composition, Label
from ssbflow.inputs.distributions import AnySizeDistribution
from ssbflow.inputs.identity import MEASURE_VERSION, PHYSICS_VERSION, identity
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Protocol

Seed = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]
"""An integer that all randomness of a case flows from; it fits the cube's int64 axis."""

COMFORTABLE_WIDTH = 3  # box edges per largest diameter; below it, two particles may touch through two images


class Distribution(Input):
    """The pair of size distributions, EAM's and SE's."""

    label: Label
    eam: AnySizeDistribution
    se: AnySizeDistribution

    @property
    def largest_um(self) -> float:
        """Largest diameter (µm) of either species."""
        return max(self.eam.largest_um, self.se.largest_um)

    def simulation_inputs(self) -> dict[str, Any]:
        """Return what a simulation depends on."""
        return {"eam": self.eam.simulation_inputs(), "se": self.se.simulation_inputs()}


class Design(Input):
    """Composition, distribution and protocol."""

    composition: Composition
    distribution: Distribution
    protocol: Protocol

    @property
    def widths_of_largest(self) -> float:
        """Box edge in units of the largest diameter."""
        return self.protocol.box.edge_um / self.distribution.largest_um

    @property
    def materials(self) -> dict[str, Material]:
        """Material of each species."""
        return {"eam": self.composition.eam, "se": self.composition.se}

    @model_validator(mode="after")
    def _box_holds_the_largest(self) -> Self:
        if self.widths_of_largest <= 1:
            raise ValueError(
                f"protocol.box.edge_um {self.protocol.box.edge_um:g} is no wider than the largest particle of "
                f"distribution {self.distribution.label} ({self.distribution.largest_um:.2f} µm); "
                f"make it wider, {COMFORTABLE_WIDTH}× or more is comfortable"
            )
        return self

    def warnings(self) -> list[str]:
        """Return what is allowed but should be known before running."""
        if self.widths_of_largest >= COMFORTABLE_WIDTH:
            return []
        return [
            f"distribution {self.distribution.label}: the box is only {self.widths_of_largest:.1f} × its largest "
            f"particle ({self.distribution.largest_um:.2f} µm); {COMFORTABLE_WIDTH} or more is comfortable"
        ]


class Case(Input):
    """A design and a seed: one simulation."""

    design: Design
    seed: Seed

    def simulation_inputs(self) -> dict[str, Any]:
        """Return everything that changes the simulation."""
        return {
            "physics_version": PHYSICS_VERSION,
            "composition": self.design.composition.simulation_inputs(),
            "distribution": self.design.distribution.simulation_inputs(),
            "protocol": self.design.protocol.simulation_inputs(),
            "seed": self.seed,
        }

    @cached_property
    def case_id(self) -> str:
        """Hash of the simulation's inputs, 32 hex digits."""
        return identity(self.simulation_inputs())

    def measure_id(self, analysis: Analysis) -> str:
        """Hash of what turns this case's packing into numbers, 32 hex digits."""
        return identity(measure_inputs(self.design.composition, analysis))


def measure_inputs(composition: Composition, analysis: Analysis) -> dict[str, Any]:
    """Return everything that only measures depend on."""
    return {
        "measure_version": MEASURE_VERSION,
        "analysis": analysis.measure_inputs(),
        "materials": composition.measure_inputs(),
    }

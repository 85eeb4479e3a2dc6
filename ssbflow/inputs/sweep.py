"""Sweeps: compositions × distributions × seeds under one protocol and one analysis."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.base import Input
from ssbflow.inputs.case import Case, Design, Distribution, Seed
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.identity import identity
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import FileLabel, Protocol


class SeedRange(Input):
    """Seeds first, first + 1, … first + count − 1."""

    first: Seed
    count: int = Field(ge=1)

    def seeds(self) -> tuple[int, ...]:
        """Return the seeds one by one."""
        return tuple(range(self.first, self.first + self.count))


class Sweep(Input):
    """What a sweep file says, materials resolved."""

    name: FileLabel
    description: str = ""
    materials: dict[str, Material] = Field(default_factory=dict)
    compositions: tuple[Composition, ...] = Field(min_length=1)
    distributions: tuple[Distribution, ...] = Field(min_length=1)
    seeds: tuple[Seed, ...] = Field(min_length=1)
    protocol: Protocol
    analysis: Analysis = Analysis()

    @field_validator("seeds", mode="before")
    @classmethod
    def _seeds_from_a_range(cls, given: Any) -> Any:
        return SeedRange.model_validate(given).seeds() if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _labels_are_unique(self) -> Self:
        axes: dict[str, list[str | int]] = {
            "compositions": [composition.label for composition in self.compositions],
            "distributions": [distribution.label for distribution in self.distributions],
            "seeds": list(self.seeds),
        }
        for axis, labels in axes.items():
            repeated = [label for label, count in Counter(labels).items() if count > 1]
            if repeated:
                raise ValueError(f"{axis} repeat {repeated}; each label or seed once")
        return self

    @model_validator(mode="after")
    def _designs_are_possible(self) -> Self:
        # What a design can refuse depends on its distribution and the protocol, not on its composition.
        for distribution in self.distributions:
            Design(composition=self.compositions[0], distribution=distribution, protocol=self.protocol)
        for axis in ("compositions", "distributions"):
            seen: dict[str, str] = {}
            for item in getattr(self, axis):
                same = seen.setdefault(identity(item.simulation_inputs()), item.label)
                if same != item.label:
                    raise ValueError(f"{axis} {same} and {item.label} are the same simulation; keep one of the labels")
        return self

    def designs(self) -> Iterator[Design]:
        """Yield every design, compositions slowest."""
        for composition in self.compositions:
            for distribution in self.distributions:
                yield Design(composition=composition, distribution=distribution, protocol=self.protocol)

    def cases(self) -> Iterator[Case]:
        """Yield every case, seeds fastest."""
        for design in self.designs():
            for seed in self.seeds:
                yield Case(design=design, seed=seed)

    def warnings(self) -> list[str]:
        """Return what is allowed but should be known before running."""
        return list(dict.fromkeys(warning for design in self.designs() for warning in design.warnings()))

"""Sweeps: compositions × distributions × seeds under one protocol and one analysis."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.base import Input
from ssbflow.inputs.case import Case, Design, Distribution, Seed
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.identity import identity
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import FileLabel, Protocol
from ssbflow.inputs.study import Study


class SeedRange(Input):
    """Seeds first, first + 1, … first + count − 1."""

    first: Seed
    count: int = Field(ge=1)

    def seeds(self) -> tuple[int, ...]:
        """Return the seeds one by one."""
        return tuple(range(self.first, self.first + self.count))


class Sweep(Input):
    """What a sweep file says, materials resolved.

    The designs of a ``study`` are listed: the first composition with the first distribution, and so on.
    """

    name: FileLabel
    description: str = ""
    materials: dict[str, Material] = Field(default_factory=dict)
    compositions: tuple[Composition, ...] = Field(min_length=1)
    distributions: tuple[Distribution, ...] = Field(min_length=1)
    seeds: tuple[Seed, ...] = Field(min_length=1)
    protocol: Protocol
    analysis: Analysis = Analysis()
    study: Study | None = None

    @field_validator("seeds", mode="before", json_schema_input_type=tuple[Seed, ...] | SeedRange)
    @classmethod
    def _seeds_from_a_range(cls, given: Any) -> Any:
        return SeedRange.model_validate(given).seeds() if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _listed_one_by_one(self) -> Self:
        counts = len(self.compositions), len(self.distributions)
        if self.study and counts[0] != counts[1]:
            raise ValueError(
                f"{counts[0]} compositions and {counts[1]} distributions; a study lists pairs, as many of both"
            )
        return self

    @model_validator(mode="after")
    def _labels_are_unique(self) -> Self:
        axes: dict[str, list[Any]] = {"seeds": list(self.seeds)}
        if self.study is None:
            axes["compositions"] = [composition.label for composition in self.compositions]
            axes["distributions"] = [distribution.label for distribution in self.distributions]
        else:
            axes["designs"] = [(one.label, other.label) for one, other in self.pairs()]
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
        return self

    @model_validator(mode="after")
    def _each_simulation_has_one_label(self) -> Self:
        if self.study is not None:
            return self  # it may come to the same numbers again
        for axis in ("compositions", "distributions"):
            seen: dict[str, str] = {}
            for item in getattr(self, axis):
                same = seen.setdefault(identity(item.simulation_inputs()), item.label)
                if same != item.label:
                    raise ValueError(f"{axis} {same} and {item.label} are the same simulation; keep one of the labels")
        return self

    def pairs(self) -> Iterator[tuple[Composition, Distribution]]:
        """Yield composition and distribution of every design: each with each, or in a study one with one."""
        if self.study is None:
            yield from product(self.compositions, self.distributions)
        else:
            yield from zip(self.compositions, self.distributions, strict=True)

    def designs(self) -> Iterator[Design]:
        """Yield every design, compositions slowest."""
        for composition, distribution in self.pairs():
            yield Design(composition=composition, distribution=distribution, protocol=self.protocol)

    def cases(self) -> Iterator[Case]:
        """Yield every case, seeds fastest."""
        for design in self.designs():
            for seed in self.seeds:
                yield Case(design=design, seed=seed)

    def warnings(self) -> list[str]:
        """Return what is allowed but should be known before running."""
        return list(dict.fromkeys(warning for design in self.designs() for warning in design.warnings()))

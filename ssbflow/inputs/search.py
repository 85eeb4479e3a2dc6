"""Searches: a design whose knobs are turned within ranges, and what is looked for."""

from itertools import product
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.base import Input
from ssbflow.inputs.case import Design, Distribution, Seed
from ssbflow.inputs.catalog import load_materials, materials_from
from ssbflow.inputs.cell import Cell, load_cell
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.knobs import Knob, turned
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import FileLabel, Protocol
from ssbflow.inputs.sweep import SeedRange
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import read_mapping

Objective = Annotated[str, Field(min_length=1)]


class Range(Input):
    """Where a knob may be; on a ``log`` scale where ratios matter, as with diameters."""

    low: float = Field(gt=0)
    high: float = Field(gt=0)
    log: bool = False

    @model_validator(mode="after")
    def _increases(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low must be below high; got {self.low:g} and {self.high:g}")
        return self


class Search(Input):
    """What a search file says, materials resolved.

    ``composition`` and ``distribution`` are the design whose knobs are turned: ``vary`` maps them to ranges. Looked for
    is the largest ``maximize``, the smallest ``minimize``, or the front of several ``pareto`` objectives, among designs
    that fulfil ``where``; each is an average over ``seeds``. ``designs`` are asked for in all, the first ones spread
    evenly, then ``batch`` at a time. Energies are of the ``cell``, or of the electrode alone.

    With ``first_seeds`` and ``cases``, each design gets only so many of the seeds at first; the designs ahead then get
    more, until there are so many cases in all. Cases go where they decide something.
    """

    name: FileLabel
    description: str = ""
    materials: dict[str, Material] = Field(default_factory=dict)
    composition: Composition
    distribution: Distribution
    vary: dict[Knob, Range] = Field(min_length=1)
    maximize: Objective | None = None
    minimize: Objective | None = None
    pareto: tuple[Objective, ...] = ()
    where: str | None = None
    cell: Cell | None = None
    seeds: tuple[Seed, ...] = Field(min_length=1)
    first_seeds: int | None = Field(default=None, ge=1)
    cases: int | None = Field(default=None, ge=1)
    designs: int = Field(default=40, ge=1, le=10_000)
    batch: int = Field(default=4, ge=1)
    random_seed: Seed = 1
    protocol: Protocol
    analysis: Analysis = Analysis()

    @field_validator("seeds", mode="before", json_schema_input_type=tuple[Seed, ...] | SeedRange)
    @classmethod
    def _seeds_from_a_range(cls, given: Any) -> Any:
        return SeedRange.model_validate(given).seeds() if isinstance(given, dict) else given

    @field_validator("cell", mode="before", json_schema_input_type=str | Cell | None)
    @classmethod
    def _cell_by_name(cls, given: Any) -> Any:
        return load_cell(given) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if (self.maximize is None) + (self.minimize is None) + (not self.pareto) != 2:
            raise ValueError("give one of maximize and minimize, or several objectives as pareto")
        if len(self.pareto) == 1:
            raise ValueError(f"pareto has one objective; write maximize: {self.pareto[0]}")
        return self

    @model_validator(mode="after")
    def _leaves_cases_for_those_ahead(self) -> Self:
        if (self.first_seeds is None) != (self.cases is None):
            raise ValueError("first_seeds and cases go together: give both, or none for all seeds of every design")
        if self.first_seeds is None or self.cases is None:
            return self
        if self.pareto:
            raise ValueError(
                "first_seeds and cases need one objective, by which a design is ahead; leave them out with pareto"
            )
        if self.first_seeds >= len(self.seeds):
            raise ValueError(f"first_seeds must be fewer than the {len(self.seeds)} seeds; got {self.first_seeds}")
        opening = self.designs * self.first_seeds
        if self.cases <= opening:
            raise ValueError(
                f"cases must be more than the {opening} of the first seeds (designs x first_seeds); got {self.cases}"
            )
        return self

    @property
    def opening_seeds(self) -> tuple[Seed, ...]:
        """Of every design."""
        return self.seeds[: self.first_seeds]

    @model_validator(mode="after")
    def _every_corner_is_possible(self) -> Self:
        for corner in product(*((span.low, span.high) for span in self.vary.values())):
            composition, distribution = turned(
                self.composition, self.distribution, dict(zip(self.vary, corner, strict=True))
            )
            Design(composition=composition, distribution=distribution, protocol=self.protocol)
        return self


def load_search(path: str | Path) -> Search:
    """Read and validate a search file; materials are looked up in its own ``materials`` and in the catalog.

    Raises
    ------
    InputError
        Naming the file, the field's path, what was got and what is allowed.
    """
    content = read_mapping(Path(path))
    own = materials_from(content.get("materials", {}), str(path), at=("materials",), known=load_materials())
    context = {"materials": {**load_materials(), **own}}
    return validated(Search, {**content, "materials": own}, str(path), context=context)

"""The analysis: everything that turns a pressed packing into numbers."""

from typing import Any, Literal, Self

from pydantic import Field

from ssbflow.inputs.base import Input
from ssbflow.inputs.identity import identity
from ssbflow.inputs.protocol import LONGEST_LABEL, FileLabel

CRITERION_RANGE = (0.9, 1.2)
"""Of the overlap criterion: from near pairs to deep overlaps."""


class Analysis(Input):
    """Criteria and cut-offs of the measures, under a label.

    ``overlap_criterion`` c: particles are connected where (r_i + r_j) ≥ c · d_ij. ``surface_cutoff_um``: paths start
    and end at SE particles whose surface lies this close to the top and to the floor. ``path_pairs`` top–floor pairs
    are drawn from at most ``path_sources`` starting particles. ``contact_radius`` is that of the circle in which two
    spheres cut each other (``geometric``) or that of elastic spheres (``hertz``); ``bulk_resistance`` says whether
    a conducting particle resists beside its contacts.
    """

    label: FileLabel = "default"
    overlap_criterion: float = Field(default=1.0, ge=CRITERION_RANGE[0], le=CRITERION_RANGE[1])
    surface_cutoff_um: float = Field(default=1.0, ge=0)
    path_pairs: int = Field(default=1000, ge=1)
    path_sources: int = Field(default=100, ge=1)
    contact_radius: Literal["geometric", "hertz"] = "geometric"
    bulk_resistance: bool = True

    def measure_inputs(self) -> dict[str, Any]:
        """Return what the numbers depend on."""
        return self.model_dump(mode="json", exclude={"label"})

    def changed(self, label: str | None = None, **changes: Any) -> Self:
        """Return a copy with other criteria; without a label, named by them, e.g. ``overlap_criterion-1p02``.

        Raises
        ------
        InputError
            A criterion or the label is no valid one.
        """
        copy = self.replace(**changes)
        if label is None and changes:
            words = "+".join(f"{name}-{_word(getattr(copy, name))}" for name in changes)
            label = words if len(words) <= LONGEST_LABEL else f"analysis-{identity(copy.measure_inputs())[:8]}"
        return copy if label is None else copy.replace(label=label)


def _word(value: float | bool | str) -> str:
    """Write a value without the characters that a label cannot hold."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace(".", "p")

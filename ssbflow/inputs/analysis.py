"""The analysis: everything that turns a pressed packing into numbers."""

from typing import Any, Literal

from pydantic import Field

from ssbflow.inputs.base import Input
from ssbflow.inputs.protocol import FileLabel

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

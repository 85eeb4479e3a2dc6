"""Normal distribution of diameters."""

from typing import ClassVar, Literal

import scipy  # its parts are loaded when they are used: every worker reads this file
from pydantic import Field

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.parametric import ParametricDistribution


class Normal(ParametricDistribution):
    """Normal law: mean and standard deviation."""

    parameters: ClassVar = ("mean_um", "std_um")
    positive: ClassVar = (True, True)
    kind: Literal["normal"]
    mean_um: float | None = Field(default=None, gt=0)
    std_um: float | None = Field(default=None, gt=0)

    def law_with(self, *parameters: float) -> SizeLaw:
        """Return the law of (mean_um, std_um)."""
        mean_um, std_um = parameters
        return scipy.stats.norm(mean_um, std_um)

    def guess(self, low_um: float, high_um: float) -> tuple[float, ...]:
        """Start halfway between the percentiles."""
        return (low_um + high_um) / 2, (high_um - low_um) / 3

"""Normal distribution of diameters."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import stats

from ssbflow.inputs.distributions.base import SizeLaw
from ssbflow.inputs.distributions.parametric import ParametricDistribution


class Normal(ParametricDistribution):
    """Normal law: mean and standard deviation."""

    parameters: ClassVar = ("mean_um", "std_um")
    kind: Literal["normal"]
    mean_um: float | None = Field(default=None, gt=0)
    std_um: float | None = Field(default=None, gt=0)

    def given_law(self) -> SizeLaw:
        """Return the law of the parameters that were given."""
        return stats.norm(self.mean_um, self.std_um)

    def law_of(self, unconstrained: NDArray[np.float64]) -> SizeLaw:
        """Return the law of (mean, ln std)."""
        mean, log_std = unconstrained
        return stats.norm(mean, np.exp(log_std))

    def guess(self, low_um: float, high_um: float) -> list[float]:
        """Start halfway between the percentiles."""
        return [(low_um + high_um) / 2, float(np.log((high_um - low_um) / 3))]

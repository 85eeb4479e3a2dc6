"""Two powders mixed."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import numpy as np
import scipy  # its parts are loaded when they are used: every worker reads this file
from numpy.typing import ArrayLike, NDArray
from pydantic import ConfigDict, Field, model_validator

from ssbflow.inputs.distributions.base import ContinuousDistribution, SizeLaw
from ssbflow.inputs.distributions.gamma import Gamma
from ssbflow.inputs.distributions.lognormal import Lognormal
from ssbflow.inputs.distributions.normal import Normal
from ssbflow.inputs.distributions.skew_normal import SkewNormal
from ssbflow.inputs.distributions.weibull import Weibull

Mode = Annotated[Normal | Lognormal | SkewNormal | Gamma | Weibull, Field(discriminator="kind")]


@dataclass(frozen=True)
class MixedLaw:
    """A share of a second law in a first one."""

    small: SizeLaw
    large: SizeLaw
    large_fraction: float

    def cdf(self, diameter_um: ArrayLike, /) -> NDArray[np.float64]:
        """Share of the mixture below each diameter (µm)."""
        small, large = self.small.cdf(diameter_um), self.large.cdf(diameter_um)
        return np.asarray((1 - self.large_fraction) * small + self.large_fraction * large)

    def ppf(self, share: ArrayLike, /) -> NDArray[np.float64]:
        """Diameter (µm) below which each share lies; between the same percentiles of the two laws."""
        return np.asarray(np.vectorize(self._quantile, otypes=[float])(share))

    def _quantile(self, share: float) -> float:
        low, high = sorted((float(self.small.ppf(share)), float(self.large.ppf(share))))
        if low == high:
            return low
        return float(scipy.optimize.brentq(lambda diameter: float(self.cdf(diameter)) - share, low, high, xtol=1e-12))


def _modes_without_basis(schema: dict[str, Any]) -> None:
    """Tell editors that the modes inherit their basis: what is asked of the laws elsewhere is not asked here."""
    law = {"type": "object", "required": ["kind"], "description": "A law, without its basis."}
    schema["properties"] |= {"small": law, "large": law}


class Bimodal(ContinuousDistribution):
    """Two laws; `large_fraction` is the share of the large one in the stated basis, which both modes inherit."""

    model_config = ConfigDict(json_schema_extra=_modes_without_basis)

    kind: Literal["bimodal"]
    small: Mode
    large: Mode
    large_fraction: float = Field(gt=0, lt=1)

    @model_validator(mode="before")
    @classmethod
    def _modes_inherit_the_basis(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        basis = {"basis": given["basis"]} if "basis" in given else {}
        modes = {key: basis | given[key] for key in ("small", "large") if isinstance(given.get(key), dict)}
        return given | modes

    @model_validator(mode="after")
    def _modes_agree(self) -> Self:
        if not self.small.basis == self.large.basis == self.basis:
            raise ValueError("both modes must have the basis of the mixture: leave basis out of small and large")
        if self.small.median_um >= self.large.median_um:
            raise ValueError(
                f"small must have the smaller D50; got {self.small.median_um:.3g} and {self.large.median_um:.3g} µm"
            )
        return self

    def simulation_inputs(self) -> dict[str, Any]:
        """Return what a simulation depends on."""
        modes = {"small": self.small.simulation_inputs(), "large": self.large.simulation_inputs()}
        return {**super().simulation_inputs(), **modes}

    def law(self) -> SizeLaw:
        """Return the mixture of the two laws."""
        return MixedLaw(self.small.law(), self.large.law(), self.large_fraction)

"""Distributions given either by the parameters of their law or by percentiles of it."""

from abc import abstractmethod
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ssbflow.inputs.distributions.base import ContinuousDistribution, SizeLaw
from ssbflow.inputs.distributions.fitting import EXACT, EXACT_MISFIT, GROSS_MISFIT, Fit, Percentiles, fitted, misfits

PERCENTILE_KEYS = {"d5_um": 0.05, "d50_um": 0.5, "d95_um": 0.95}


class ParametricDistribution(ContinuousDistribution):
    """A law with two or three parameters; its fields are the parameters, or percentiles and a `fit`."""

    parameters: ClassVar[tuple[str, ...]]
    """Names of the fields that hold the parameters."""

    positive: ClassVar[tuple[bool, ...]]
    """Which parameters are above 0; the fit searches their logarithms."""

    d5_um: float | None = Field(default=None, gt=0)
    d50_um: float | None = Field(default=None, gt=0)
    d95_um: float | None = Field(default=None, gt=0)
    fit: Fit | None = None

    @abstractmethod
    def law_with(self, *parameters: float) -> SizeLaw:
        """Return the law of these parameters, in the order of their names."""

    @abstractmethod
    def guess(self, low_um: float, high_um: float) -> tuple[float, ...]:
        """Return parameters to start the fit from, given the lowest and highest percentile."""

    @property
    def percentiles(self) -> Percentiles:
        """Share → diameter (µm), as given."""
        given = ((share, getattr(self, key)) for key, share in PERCENTILE_KEYS.items())
        return {share: diameter for share, diameter in given if diameter is not None}

    @cached_property
    def _fitted_law(self) -> SizeLaw:
        if self.percentiles:
            return _law_through_percentiles(self)
        return self.law_with(*(getattr(self, name) for name in self.parameters))

    def law_through(self, percentiles: Percentiles, fit: Fit) -> SizeLaw:
        """Return the law that meets the percentiles which `fit` names."""
        diameters = list(percentiles.values())
        logarithmic = np.array(self.positive)
        start = np.array(self.guess(diameters[0], diameters[-1]))
        start[logarithmic] = np.log(start[logarithmic])

        def law_of(searched: NDArray[np.float64]) -> SizeLaw:
            return self.law_with(*np.where(logarithmic, np.exp(searched), searched).tolist())

        return law_of(fitted(law_of, start, percentiles, fit))

    def law(self) -> SizeLaw:
        """Return the cumulative law in the stated basis."""
        return self._fitted_law

    @property
    def misfit(self) -> Percentiles:
        """Relative error of each given percentile in the fitted law; empty where parameters were given."""
        return misfits(self.law(), self.percentiles)

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Self:
        given = [name for name in self.parameters if getattr(self, name) is not None]
        if self.percentiles and given:
            raise ValueError(f"give either percentiles or parameters, not both; got {given} beside percentiles")
        if not self.percentiles and len(given) < len(self.parameters):
            raise ValueError(
                f"give the parameters {list(self.parameters)} or the percentiles d5_um, d50_um, d95_um; got {given}"
            )
        if self.fit and not self.percentiles:
            raise ValueError("fit goes with percentiles; parameters need none: leave fit out")
        return self

    @model_validator(mode="after")
    def _percentiles_increase(self) -> Self:
        diameters = list(self.percentiles.values())
        if any(low >= high for low, high in pairwise(diameters)):
            raise ValueError(f"percentiles must increase, D5 < D50 < D95; got {diameters} µm")
        return self

    @model_validator(mode="after")
    def _percentiles_determine(self) -> Self:
        count = len(self.percentiles)
        if not count:
            return self
        if count < len(self.parameters):
            raise ValueError(f"{len(self.parameters)} parameters need as many percentiles; got {count}")
        if count > len(self.parameters) and self.fit is None:
            raise ValueError(
                f"{count} percentiles over-determine {len(self.parameters)} parameters: say which are met exactly, "
                f"fit: {' | '.join(EXACT)}"
            )
        missing = [share for share in EXACT[self.fit or "least_squares"] if share not in self.percentiles]
        if missing:
            raise ValueError(f"fit {self.fit} needs the percentiles {[f'D{100 * share:.0f}' for share in missing]}")
        return self

    @model_validator(mode="after")
    def _fit_is_close(self) -> Self:
        exact = EXACT[self.fit] if self.fit else ()
        for share, error in self.misfit.items():
            if share in exact and not abs(error) <= EXACT_MISFIT:
                raise ValueError(f"no {self.parameters} found that meet D{100 * share:.0f}; use kind: percentiles")
            if not abs(error) <= GROSS_MISFIT:
                raise ValueError(
                    f"the law misses D{100 * share:.0f} by {100 * error:.0f} % (at most {100 * GROSS_MISFIT:.0f} %): "
                    "choose another kind or fit, or kind: percentiles, which meets all exactly"
                )
        return self

    @model_validator(mode="after")
    def _diameters_are_positive(self) -> Self:
        smallest = float(self.law().ppf(0.01))
        if not smallest > 0:
            raise ValueError(
                f"D1 of this law is {smallest:.3g} µm; every diameter must be above 0: "
                "choose a narrower law or a positive one (lognormal, gamma, weibull)"
            )
        return self


@lru_cache(maxsize=4096)
def _law_through_percentiles(size: ParametricDistribution) -> SizeLaw:
    """Return the law fitted to a distribution's percentiles; sweeps repeat them, and a fit takes long."""
    return size.law_through(size.percentiles, size.fit or "least_squares")

"""What every particle-size distribution can do, whatever its law."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ssbflow.inputs.base import Input

Basis = Literal["number", "volume"]
FINE_CELLS = 4000  # of the range that is simulated, to count its particles otherwise


class SizeLaw(Protocol):
    """A cumulative distribution of diameters (µm) and its inverse; frozen scipy distributions are such."""

    def cdf(self, diameter_um: Any, /) -> Any:
        """Share of the distribution below each diameter."""

    def ppf(self, share: Any, /) -> Any:
        """Diameter below which each share lies."""


@dataclass(frozen=True, eq=False)
class SizeBins:
    """A distribution cut into discrete diameters.

    Parameters
    ----------
    diameter_um : (B,) float64
    number_fraction : (B,) float64
        Share of the particles' *number* at each diameter; sums to 1.
    """

    diameter_um: NDArray[np.float64]
    number_fraction: NDArray[np.float64]

    @property
    def mean_volume_um3(self) -> float:
        """Mean volume of a particle of the discretised distribution (not the volume of the mean diameter)."""
        return float(np.pi / 6 * np.sum(self.number_fraction * self.diameter_um**3))


class SizeDistribution(Input):
    """A size distribution of one species.

    ``basis`` says whether percentiles, parameters and table weights count particles or their volume; laser
    diffraction gives volume.
    """

    basis: Basis
    source: str = ""

    @abstractmethod
    def discretise(self) -> SizeBins:
        """Return the discrete diameters that particles are drawn from."""

    @property
    def median_um(self) -> float:
        """D50 (µm) in the stated basis."""
        return float(self.quantiles_um((0.5,), self.basis)[0])

    @abstractmethod
    def quantiles_um(self, shares: Sequence[float], basis: Basis) -> NDArray[np.float64]:
        """Return the diameters (µm) below which these shares of the number, or of the volume, of particles lie.

        Parameters
        ----------
        shares : (Q,) sequence of float
            Between 0 and 1, both left out.
        basis : str
            ``number`` or ``volume``; where it is not the stated one, of the range that is simulated, D1 to D99.

        Returns
        -------
        (Q,) float64
        """

    def simulation_inputs(self) -> dict[str, Any]:
        """Return what a simulation depends on."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"source"})

    @cached_property
    def discrete(self) -> SizeBins:
        """The discrete diameters, worked out once."""
        return self.discretise()

    @property
    def largest_um(self) -> float:
        """Largest diameter (µm) that occurs."""
        return float(self.discrete.diameter_um.max())

    @property
    def smallest_um(self) -> float:
        """Smallest diameter (µm) that occurs."""
        return float(self.discrete.diameter_um.min())


class ContinuousDistribution(SizeDistribution):
    """A distribution with a law, cut into equal-width bins between D1 and D99."""

    bins: int = Field(default=10, ge=1, le=1000)

    @abstractmethod
    def law(self) -> SizeLaw:
        """Return the cumulative law in the stated basis."""

    def quantiles_um(self, shares: Sequence[float], basis: Basis) -> NDArray[np.float64]:
        """Return percentiles of the law; in the other basis, of the law between D1 and D99."""
        if basis == self.basis:
            return np.asarray(self.law().ppf(np.asarray(shares)), dtype=float)
        edges, weight = self._cut(FINE_CELLS)
        weight = weight * ((edges[1:] + edges[:-1]) / 2) ** (3 if basis == "volume" else -3)
        below = np.concatenate([[0], np.cumsum(weight)]) / weight.sum()
        return np.interp(shares, below, edges)

    def discretise(self) -> SizeBins:
        """Cut D1–D99 into equal-width bins: their centres, and weights from the cumulative law."""
        edges, weight = self._cut(self.bins)
        return number_weighted((edges[1:] + edges[:-1]) / 2, weight, self.basis)

    def _cut(self, cells: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Cut D1–D99 into cells of equal width; return their edges (µm) and weights in the stated basis."""
        law = self.law()
        first, last = (float(law.ppf(share)) for share in (0.01, 0.99))
        edges = np.linspace(first, last, cells + 1)
        return edges, np.diff(law.cdf(edges))


def number_weighted(diameter_um: NDArray[np.float64], weight: NDArray[np.float64], basis: Basis) -> SizeBins:
    """Turn weights of the given basis into shares of the particles' number."""
    number = weight if basis == "number" else weight / diameter_um**3
    return SizeBins(diameter_um, number / number.sum())

"""Particle-size distributions; a new one is one file here and one name in the union below."""

from typing import Annotated

from pydantic import Field

from ssbflow.inputs.distributions.base import ContinuousDistribution, SizeBins, SizeDistribution
from ssbflow.inputs.distributions.bimodal import Bimodal
from ssbflow.inputs.distributions.gamma import Gamma
from ssbflow.inputs.distributions.lognormal import Lognormal
from ssbflow.inputs.distributions.normal import Normal
from ssbflow.inputs.distributions.percentiles import MeasuredPercentiles
from ssbflow.inputs.distributions.skew_normal import SkewNormal
from ssbflow.inputs.distributions.tabulated import Tabulated
from ssbflow.inputs.distributions.weibull import Weibull

AnySizeDistribution = Annotated[
    Normal | Lognormal | SkewNormal | Gamma | Weibull | Bimodal | Tabulated | MeasuredPercentiles,
    Field(discriminator="kind"),
]

__all__ = [
    "AnySizeDistribution",
    "Bimodal",
    "ContinuousDistribution",
    "Gamma",
    "Lognormal",
    "MeasuredPercentiles",
    "Normal",
    "SizeBins",
    "SizeDistribution",
    "SkewNormal",
    "Tabulated",
    "Weibull",
]

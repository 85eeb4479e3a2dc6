"""What a search can turn: numbers of a composition, and of its pair of powders. A new knob is one entry here."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol, get_args

from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import COMPONENTS, Composition
from ssbflow.inputs.distributions.scaling import scaled

Knob = Literal["eam_wt_percent", "carbon_wt_percent", "eam_d50_um", "se_d50_um"]
DIGITS = 4  # of a knob's value: finer than any balance or sieve, and the same number in a label as in the simulation

Designed = tuple[Composition, Distribution]


class Turn(Protocol):
    """Sets a knob; what is not asked for stays."""

    def __call__(self, composition: Composition, distribution: Distribution, value: float, /) -> Designed:
        """Return composition and distribution with another value."""


class _Use(NamedTuple):
    axis: Literal["composition", "distribution"]
    short: str
    turn: Turn


def _weigh(component: Literal["eam", "carbon"]) -> Turn:
    """Return what sets a weight; the SE makes up for it."""

    def turn(composition: Composition, distribution: Distribution, value: float, /) -> Designed:
        given = {name: getattr(composition.weight_percent, name) for name in COMPONENTS}
        weights = {**given, component: value}
        weights["se"] = 100 - weights["eam"] - weights["carbon"] - weights["binder"]
        return composition.replace(weight_percent=weights), distribution

    return turn


def _grind(species: Literal["eam", "se"]) -> Turn:
    """Return what sets a D50, in the basis of the powder; the shape of the distribution stays."""

    def turn(composition: Composition, distribution: Distribution, value: float, /) -> Designed:
        powder = getattr(distribution, species)
        return composition, distribution.replace(**{species: scaled(powder, value / powder.median_um)})

    return turn


KNOBS: dict[Knob, _Use] = {
    "eam_wt_percent": _Use("composition", "eam", _weigh("eam")),
    "carbon_wt_percent": _Use("composition", "carbon", _weigh("carbon")),
    "eam_d50_um": _Use("distribution", "eam", _grind("eam")),
    "se_d50_um": _Use("distribution", "se", _grind("se")),
}
assert set(KNOBS) == set(get_args(Knob))


def turned(composition: Composition, distribution: Distribution, values: Mapping[Knob, float]) -> Designed:
    """Return a design with its knobs at some values, under labels that tell them.

    Raises
    ------
    InputError
        Weights that do not sum to 100, or diameters that are none.
    """
    labels = {"composition": composition.label, "distribution": distribution.label}
    for knob, use in KNOBS.items():  # in one order, whatever the order of the values
        if knob in values:
            labels[use.axis] += f"-{use.short}{values[knob]:.{DIGITS}g}"
            composition, distribution = use.turn(composition, distribution, values[knob])
    return composition.replace(label=labels["composition"]), distribution.replace(label=labels["distribution"])

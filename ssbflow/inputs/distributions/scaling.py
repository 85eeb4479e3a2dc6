"""The same powder, coarser or finer: every diameter of a distribution times one factor."""

from typing import Any, TypeVar

from ssbflow.inputs.distributions.base import SizeDistribution

D = TypeVar("D", bound=SizeDistribution)


def scaled(distribution: D, factor: float) -> D:
    """Return a distribution of the same shape with all diameters times a factor.

    Raises
    ------
    InputError
        The factor is not above 0.
    """
    return distribution.replace(**_scaled_fields(distribution, factor))


def _scaled_fields(distribution: SizeDistribution, factor: float) -> dict[str, Any]:
    """Return the changed fields: lengths, by their names, and the modes of a mixture."""
    fields = {name: getattr(distribution, name) for name in type(distribution).model_fields}
    lengths = {name: _times(value, factor) for name, value in fields.items() if name.endswith("_um")}
    modes = {name: scaled(value, factor) for name, value in fields.items() if isinstance(value, SizeDistribution)}
    return {**lengths, **modes}


def _times(value: Any, factor: float) -> Any:
    match value:
        case None:
            return None
        case dict():
            return {share: factor * diameter for share, diameter in value.items()}
        case tuple():
            return tuple(factor * diameter for diameter in value)
    return factor * value

"""Which neighbours of a design in its store stay feasible: ranges to give a supplier, and nothing made up."""

from collections.abc import Callable, Mapping

from ssbflow.design.card import Sizes, Tolerance
from ssbflow.inputs.case import Distribution
from ssbflow.inputs.distributions.base import Basis, SizeDistribution

PERCENTILES = (0.05, 0.5, 0.95)


def sizes_of(powder: SizeDistribution, basis: Basis) -> Sizes:
    """Return D5, D50 and D95 of a powder, by number or by volume."""
    d5, d50, d95 = powder.quantiles_um(PERCENTILES, basis).tolist()
    return Sizes(basis=basis, d5_um=d5, d50_um=d50, d95_um=d95)


def tolerance(
    species: str, label: str, distributions: Mapping[str, Distribution], is_feasible: Mapping[str, bool], where: str
) -> Tolerance:
    """Return how far the powder of one species may differ.

    Parameters
    ----------
    species : str
        ``eam`` or ``se``.
    label : str
        Of the design's own distribution.
    distributions : mapping
        Label → distribution, of the store.
    is_feasible : mapping
        Label → whether the design with it, at the same composition, fulfils `where`; those without cases that ended
        well are not in it.
    where : str
    """
    own = distributions[label]
    basis = _powder(own, species).basis
    near = [name for name in is_feasible if name != label and _differs_in(species, own, distributions[name])]
    sizes = {name: sizes_of(_powder(distributions[name], species), basis) for name in (label, *near)}
    in_order = sorted(sizes, key=lambda name: (sizes[name].d50_um, sizes[name].d95_um))
    here = in_order.index(label)
    below = _until(lambda name: is_feasible[name], in_order[:here][::-1])
    above = _until(lambda name: is_feasible[name], in_order[here + 1 :])
    kept = [sizes[name] for name in (label, *below, *above)] if below or above else []
    return Tolerance(
        where=where,
        fulfilling=(*below[::-1], *above),
        failing=tuple(name for name in in_order if not is_feasible[name]),
        d5_um=_range([one.d5_um for one in kept]),
        d50_um=_range([one.d50_um for one in kept]),
        d95_um=_range([one.d95_um for one in kept]),
    )


def _powder(pair: Distribution, species: str) -> SizeDistribution:
    powder: SizeDistribution = getattr(pair, species)
    return powder


def _differs_in(species: str, own: Distribution, other: Distribution) -> bool:
    """Return whether a pair of powders is another one in this species, and the same in the other."""
    partner = "se" if species == "eam" else "eam"
    same = _powder(own, partner).simulation_inputs() == _powder(other, partner).simulation_inputs()
    return same and _powder(own, species).basis == _powder(other, species).basis


def _until(holds: Callable[[str], bool], names: list[str]) -> list[str]:
    """Return the names up to the first for which it does not hold."""
    fails = next((index for index, name in enumerate(names) if not holds(name)), len(names))
    return names[:fails]


def _range(diameters_um: list[float]) -> tuple[float, float] | None:
    return (min(diameters_um), max(diameters_um)) if diameters_um else None

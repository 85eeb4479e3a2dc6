"""All measures of a packing; a new one is one file and one line in ``MEASURES``."""

import numpy as np

from ssbflow.errors import InputError
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.validation import validated
from ssbflow.packing.packing import Packing
from ssbflow.press.pressed import Contacts
from ssbflow.structure import (
    coordination,
    final_composition,
    forces,
    geodesic,
    interfaces,
    porosity,
    released,
    transport,
    utilization,
)
from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

MEASURES = (final_composition, porosity, coordination, utilization, interfaces, geodesic, transport, forces)
"""Modules with ``VARIABLES`` and ``measure(sample)``."""

VARIABLES: tuple[Variable, ...] = (
    *(variable for module in MEASURES for variable in module.VARIABLES),
    *released.VARIABLES,
)


def measure(
    packing: Packing,
    analysis: Analysis | None = None,
    composition: Composition | None = None,
    *,
    overlap_criterion: float | None = None,
    contacts: Contacts | None = None,
    seed: int | np.random.SeedSequence = 0,
) -> dict[str, float]:
    """Return the measures of a packing by the names of the cube.

    Parameters
    ----------
    packing : Packing
        Pressed.
    analysis : Analysis, optional
        Criteria and cut-offs; the defaults if left out.
    composition : Composition, optional
        Densities and additives. Without it, only what geometry alone gives.
    overlap_criterion : float, optional
        Short for an analysis with this criterion.
    contacts : Contacts, optional
        ``pressed.contacts``. Without them, no forces.
    seed : int or numpy.random.SeedSequence
        Of the drawn path pairs.

    Returns
    -------
    dict of str to float
        NaN where a quantity does not exist, e.g. a tortuosity where nothing spans.

    Raises
    ------
    InputError
        An overlap criterion out of range, or given twice.
    """
    if analysis and overlap_criterion is not None:
        raise InputError("give an analysis or an overlap_criterion, not both")
    analysis = analysis or _analysis(overlap_criterion)
    sample = Sample(packing, analysis, composition, np.random.default_rng(seed), contacts)
    values: dict[str, float] = {}
    for module in MEASURES:
        values.update(module.measure(sample))
    return values


def _analysis(overlap_criterion: float | None) -> Analysis:
    given = {} if overlap_criterion is None else {"overlap_criterion": overlap_criterion}
    return validated(Analysis, given, "measure")

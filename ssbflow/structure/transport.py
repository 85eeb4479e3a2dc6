"""Transport: what the contact network of a species conducts between top and floor."""

from typing import Literal

import numpy as np

from ssbflow.errors import InputError
from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Packing
from ssbflow.structure.conductance import conducting_network
from ssbflow.structure.kirchhoff import Flow, flow
from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

CONTACTS = "contact radius: {contact_radius}; bulk resistance of particles: {bulk_resistance}"

VARIABLES = (
    Variable("conductivity_ionic_effective", "S m-1", "ionic conductivity of the SE contact network", CONTACTS),
    Variable(
        "conductivity_electronic_effective", "S m-1", "electronic conductivity of the EAM contact network", CONTACTS
    ),
    Variable("tortuosity_factor_ionic", "1", "SE volume fraction x bulk over effective conductivity", CONTACTS),
    Variable("tortuosity_factor_electronic", "1", "EAM volume fraction x bulk over effective conductivity", CONTACTS),
)


def measure(sample: Sample) -> dict[str, float]:
    """Return conductivities, which need those of the materials, and tortuosity factors, which do not.

    NaN where no cluster touches both floor and top.
    """
    volume, composition = sample.volume_um3, sample.composition
    ionic, electronic = relative_conductivity(sample, "se"), relative_conductivity(sample, "eam")
    values = {
        "tortuosity_factor_ionic": sample.se_volume_um3 / volume / ionic,
        "tortuosity_factor_electronic": sample.eam_volume_um3 / volume / electronic,
    }
    if composition:
        values["conductivity_ionic_effective"] = ionic * _or_nan(composition.se.conductivity_ionic_s_m)
        values["conductivity_electronic_effective"] = electronic * _or_nan(composition.eam.conductivity_electronic_s_m)
    return values


def relative_conductivity(sample: Sample, species: Literal["eam", "se"]) -> float:
    """Return the effective over the bulk conductivity of one species' network; NaN where it does not span."""
    conductance = _flow(sample, species).conductance_um
    if conductance == 0:
        return float("nan")
    return conductance * sample.packing.height_um / sample.packing.cross_section_um2


def currents(packing: Packing, species: Literal["eam", "se"] = "se", analysis: Analysis | None = None) -> Flow:
    """Return potential and current of every particle and contact, for pictures and hot spots.

    Parameters
    ----------
    packing : Packing
        Particles with centres above the height are left out: indices are those of ``packing.selected(packing.inside)``.
    species : str
        ``se`` for ions, ``eam`` for electrons.
    analysis : Analysis, optional
        Overlap criterion, contact radius and bulk resistance; the defaults if left out.

    Raises
    ------
    InputError
        An unknown species.
    """
    if species not in ("eam", "se"):
        raise InputError(f"species must be 'eam' or 'se'; got {species!r}")
    return _flow(Sample(packing, analysis or Analysis(), None, np.random.default_rng(0)), species)


def _flow(sample: Sample, species: Literal["eam", "se"]) -> Flow:
    members = sample.particles.is_se if species == "se" else sample.particles.is_eam
    analysis = sample.analysis
    return flow(conducting_network(sample.graph, members, analysis.contact_radius, bulk=analysis.bulk_resistance))


def _or_nan(conductivity: float | None) -> float:
    return float("nan") if conductivity is None else conductivity

"""Coordination: how many contacts particles have."""

import numpy as np

from ssbflow.packing.packing import Mask
from ssbflow.structure.contact_graph import ContactGraph
from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

VARIABLES = (
    Variable("rattler_fraction", "1", "share of particles that touch no other particle"),
    Variable("coordination_se_se", "1", "mean number of SE contacts of an SE particle"),
    Variable("coordination_se_eam", "1", "mean number of EAM contacts of an SE particle"),
    Variable("coordination_eam_eam", "1", "mean number of EAM contacts of an EAM particle"),
)


def measure(sample: Sample) -> dict[str, float]:
    """Return mean coordination by pair of species; NaN where the species is missing."""
    eam, se = sample.particles.is_eam, sample.particles.is_se
    mixed = sample.graph.se_eam
    return {
        "rattler_fraction": float(np.mean(sample.graph.contacts_per_particle == 0)),
        "coordination_se_se": mean_contacts(sample.graph.se_se, se),
        "coordination_se_eam": mean_contacts(mixed, se),
        "coordination_eam_eam": mean_contacts(sample.graph.eam_eam, eam),
    }


def mean_contacts(graph: ContactGraph, particles: Mask) -> float:
    """Return the mean number of this graph's contacts over some particles, (N,) bool; NaN where there are none."""
    return float(graph.contacts_per_particle[particles].mean()) if particles.any() else float("nan")

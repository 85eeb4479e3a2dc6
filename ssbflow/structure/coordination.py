"""Coordination: how many contacts particles have."""

import numpy as np

from ssbflow.packing.packing import Mask
from ssbflow.structure.contact_graph import ContactGraph
from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

VARIABLES = (
    Variable("rattler_fraction", "1", "share of particles that touch no other particle"),
    Variable(
        "coordination_mechanical",
        "1",
        "mean number of contacts of particles with two or more",
        "(2 M - N1)/(N - N0 - N1) of M contacts, N particles, N0 and N1 of them with none and one",
    ),
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
        "coordination_mechanical": mechanical(sample.graph),
        "coordination_se_se": mean_contacts(sample.graph.se_se, se),
        "coordination_se_eam": mean_contacts(mixed, se),
        "coordination_eam_eam": mean_contacts(sample.graph.eam_eam, eam),
    }


def mechanical(graph: ContactGraph) -> float:
    """Return the mechanical coordination number, (2 M − N₁)/(N − N₀ − N₁) (Thornton, Géotechnique 50, 43, 2000).

    Particles with one contact or none bear no load; N₁ and N₀ count them.
    """
    contacts = graph.contacts_per_particle
    bearing = contacts >= 2
    lone_ends = int(np.count_nonzero(contacts == 1))
    return (2 * len(graph) - lone_ends) / int(bearing.sum()) if bearing.any() else float("nan")


def mean_contacts(graph: ContactGraph, particles: Mask) -> float:
    """Return the mean number of this graph's contacts over some particles, (N,) bool; NaN where there are none."""
    return float(graph.contacts_per_particle[particles].mean()) if particles.any() else float("nan")

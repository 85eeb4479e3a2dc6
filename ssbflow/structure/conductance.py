"""How well the particles of one species conduct: from contacts to a network of conductances.

Each contact is two half links in series, one inside each particle: from the particle's centre to the contact. A half
link of a material of conductivity 1 resists with

    (1 − a/b)^1.5 / (4 a)  +  ℓ / A,    A = π b² = v/(2 ℓ) · min(1, 6 w · 2/(3 − φ))

- a is the contact's radius: 1/(4 a) is the constriction of a disc on a half space (Holm, Electric Contacts, 1967), and
  the power its decrease where the disc feeds a tube of radius b (Cooper, Mikic and Yovanovich, Int. J. Heat Mass
  Transfer 12, 279, 1969). Without the bulk term the constriction stands alone: 1/(2 σ a) for each contact.
- ℓ is the distance of the centre from the contact, v the particle's volume within its contacts, w the share of this
  contact in the sum of the particle's contact radii, φ the volume fraction of all v.
- A is the section of the tube: were constrictions absent, a network of such tubes, the same in all directions, would
  conduct as the upper bound of Hashin and Shtrikman (J. Appl. Phys. 33, 3125, 1962), 2 φ/(3 − φ): so the network stays
  below it. No tube is wider than the particle's volume over its length, which holds for a single column.
"""

from dataclasses import dataclass

import numpy as np

from ssbflow.packing.packing import Floats, Mask
from ssbflow.structure.contact_geometry import (
    ContactRadius,
    cap_volume_um3,
    centre_to_cut_um,
    plane_contact_radius_um,
)
from ssbflow.structure.contact_graph import ContactGraph, Ints

SHALLOWEST = 0.05  # of the radius: the least distance of a centre from a contact, where a sphere is cut through it
LEAST_VOLUME = 0.1  # of the sphere: where caps of deep contacts overlap each other, their sum would leave nothing


@dataclass(frozen=True, eq=False)
class Network:
    """Conductances between particles, and from particles to the electrodes, for a material of conductivity 1.

    Parameters
    ----------
    first, second : (M,) int64
        Particles of each link.
    conductance_um : (M,) float64
        Over conductivity (µm), above 0.
    floor_um, top_um : (N,) float64
        Conductance of each particle to the floor and to the top (µm), 0 where it does not touch.
    """

    first: Ints
    second: Ints
    conductance_um: Floats
    floor_um: Floats
    top_um: Floats

    @property
    def n_particles(self) -> int:
        """N."""
        return len(self.floor_um)


@dataclass(frozen=True, eq=False)
class _HalfLinks:
    """Contacts seen from one of their particles."""

    particle: Ints
    contact_um: Floats
    centre_um: Floats  # from the centre to the contact


def conducting_network(
    graph: ContactGraph, members: Mask, contact_radius: ContactRadius = "geometric", *, bulk: bool = True
) -> Network:
    """Return the network of some particles, (N,) bool, between floor and top.

    Parameters
    ----------
    graph : ContactGraph
        Of the whole packing: contacts with other particles take volume away too.
    members : (N,) bool
        Particles that conduct.
    contact_radius : str
        ``geometric`` or ``hertz``.
    bulk : bool
        Whether particles resist beside their contacts.
    """
    links = graph.within(members)
    links = links.filtered(links.contact_radius_um(contact_radius) > 0)
    halves = [*_link_halves(links, contact_radius), *_electrode_halves(graph, members, contact_radius)]
    all_halves = _HalfLinks(*(np.concatenate([getattr(half, name) for half in halves]) for name in _FIELDS))
    if bulk:
        resistance = _resistance(all_halves, _volume_within_contacts(graph), graph)
    else:
        resistance = 1 / (4 * all_halves.contact_um)
    parts = np.split(resistance, np.cumsum([len(half.particle) for half in halves])[:-1])
    floor, top = (
        np.bincount(half.particle, 1 / part, minlength=graph.n_particles).astype(np.float64)  # int where there are none
        for half, part in zip(halves[2:], parts[2:], strict=True)
    )
    return Network(links.first, links.second, 1 / (parts[0] + parts[1]), floor, top)


_FIELDS = ("particle", "contact_um", "centre_um")


def _link_halves(links: ContactGraph, kind: ContactRadius) -> list[_HalfLinks]:
    """Return both halves of every link."""
    radius, contact = links.packing.radius_um, links.contact_radius_um(kind)
    ends = ((links.first, links.second), (links.second, links.first))
    return [
        _HalfLinks(here, contact, centre_to_cut_um(radius[here], radius[there], links.distance_um))
        for here, there in ends
    ]


def _electrode_halves(graph: ContactGraph, members: Mask, kind: ContactRadius) -> list[_HalfLinks]:
    """Return the contacts with the floor, and with the top, which have one half only."""
    radius, halves = graph.packing.radius_um, []
    for overlap in (graph.floor_overlap_um, graph.top_overlap_um):
        touching = np.flatnonzero(members & (overlap > 0))
        contact = plane_contact_radius_um(radius[touching], overlap[touching], kind)
        halves.append(_HalfLinks(touching, contact, np.maximum(radius[touching] - overlap[touching], 0)))
    return halves


def _volume_within_contacts(graph: ContactGraph) -> Floats:
    """Return each sphere's volume (N,) (µm³) less the caps beyond its contacts, those with floor and top too."""
    radius = graph.packing.radius_um
    volume = graph.packing.volume_um3.copy()
    for here, there in ((graph.first, graph.second), (graph.second, graph.first)):
        depth = radius[here] - centre_to_cut_um(radius[here], radius[there], graph.distance_um)
        volume -= np.bincount(here, cap_volume_um3(radius[here], depth), minlength=graph.n_particles)
    for overlap in (graph.floor_overlap_um, graph.top_overlap_um):
        volume -= cap_volume_um3(radius, np.clip(overlap, 0, radius))
    return np.maximum(volume, LEAST_VOLUME * graph.packing.volume_um3)


def _resistance(halves: _HalfLinks, volume_um3: Floats, graph: ContactGraph) -> Floats:
    """Return the resistance of each half link, constriction and bulk (1/µm)."""
    packing = graph.packing
    conducting = np.bincount(halves.particle, minlength=len(packing)) > 0
    fraction = float(volume_um3[conducting].sum()) / (packing.height_um * packing.cross_section_um2)
    all_contacts = np.bincount(halves.particle, halves.contact_um, minlength=len(packing))
    share = halves.contact_um / all_contacts[halves.particle]
    length = np.maximum(halves.centre_um, SHALLOWEST * packing.radius_um[halves.particle])
    widest = volume_um3[halves.particle] / (2 * length)
    section = widest * np.minimum(1, 6 * share * 2 / (3 - min(fraction, 1.0)))
    narrowing = np.clip(1 - halves.contact_um / np.sqrt(section / np.pi), 0, 1)
    return np.asarray(narrowing**1.5 / (4 * halves.contact_um) + length / section)

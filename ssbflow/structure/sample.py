"""A sample: one packing under one analysis, with the pieces that several measures share, each worked out once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ssbflow.errors import InputError
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.composition import Composition
from ssbflow.packing.packing import Floats, Mask, Packing
from ssbflow.press.pressed import Contacts
from ssbflow.structure.contact_graph import ContactGraph
from ssbflow.structure.contact_search import contact_graph
from ssbflow.structure.union_volume import volume_up_to_um3


@dataclass(frozen=True, eq=False)
class Sample:
    """What a measure is given.

    Parameters
    ----------
    packing : Packing
        Whole: particles above the height still count with their volume below it.
    analysis : Analysis
    composition : Composition or None
        Densities and additives; measures that need them give nothing without it.
    generator : numpy.random.Generator
        The only source of randomness.
    contacts : Contacts or None
        As a press left them, with forces, of the whole packing; measures that need them give nothing without.
    """

    packing: Packing
    analysis: Analysis
    composition: Composition | None
    generator: np.random.Generator
    contacts: Contacts | None = None

    @cached_property
    def particles(self) -> Packing:
        """Those with centres at or below the height: what every network and count is made of."""
        if not self.packing.inside.any():
            lowest = self.packing.position_um[:, 2].min()
            raise InputError(
                f"height_um {self.packing.height_um:g} lies below every centre; the lowest is {lowest:g} µm"
            )
        return self.packing.selected(self.packing.inside)

    @cached_property
    def graph(self) -> ContactGraph:
        """All contacts of `particles`."""
        return contact_graph(self.particles, self.analysis.overlap_criterion)

    @cached_property
    def on_floor(self) -> Mask:
        """(n,) bool, `particles` that reach the floor: z ≤ r."""
        return self.graph.floor_overlap_um >= 0

    @cached_property
    def near_floor(self) -> Mask:
        """(n,) bool, `particles` whose surface lies within the surface cut-off of the floor."""
        return self.graph.floor_overlap_um >= -self.analysis.surface_cutoff_um

    @cached_property
    def near_top(self) -> Mask:
        """(n,) bool, `particles` whose surface lies within the surface cut-off of the height.

        The plane of a mass cut is no surface that particles press against, so strict contact would leave it empty.
        """
        return self.graph.top_overlap_um >= -self.analysis.surface_cutoff_um

    @cached_property
    def se_from_floor(self) -> Mask:
        """(n,) bool, SE connected to the floor."""
        return self.graph.se_se.connected_to(self.particles.is_se & self.on_floor)

    @cached_property
    def se_from_top(self) -> Mask:
        """(n,) bool, SE connected to the top."""
        return self.graph.se_se.connected_to(self.particles.is_se & self.near_top)

    @cached_property
    def eam_active(self) -> Mask:
        """(n,) bool, EAM that touches SE connected to the floor: the published utilization counts it."""
        return self.particles.is_eam & self.graph.touching(self.se_from_floor)

    @cached_property
    def eam_from_floor(self) -> Mask:
        """(n,) bool, EAM whose electrons reach the floor through EAM."""
        return self.graph.eam_eam.connected_to(self.particles.is_eam & self.on_floor)

    @cached_property
    def eam_from_top(self) -> Mask:
        """(n,) bool, EAM connected to the top."""
        return self.graph.eam_eam.connected_to(self.particles.is_eam & self.near_top)

    @property
    def volume_um3(self) -> float:
        """Volume of the electrode: floor to height."""
        return self.packing.height_um * self.packing.cross_section_um2

    @cached_property
    def _solids_um3(self) -> tuple[float, float]:
        solid, eam = volume_up_to_um3(self.packing, np.array([self.packing.height_um]))
        return float(solid[0]), float(eam[0])

    @property
    def solid_volume_um3(self) -> float:
        """Union volume of all spheres below the height."""
        return self._solids_um3[0]

    @property
    def eam_volume_um3(self) -> float:
        """Union volume of the EAM below the height; where it overlaps SE, the volume is EAM."""
        return self._solids_um3[1]

    @property
    def se_volume_um3(self) -> float:
        """Union volume of the SE below the height, less what is EAM."""
        return self.solid_volume_um3 - self.eam_volume_um3

    def particle_mass_pg(self, volume_um3: Floats) -> float:
        """Return the mass (pg) of given volumes (N,) of the packing's particles; needs a composition."""
        assert self.composition is not None
        eam, se = self.composition.eam.density_g_cm3, self.composition.se.density_g_cm3
        return float(np.sum(volume_um3 * np.where(self.packing.is_eam, eam, se)))

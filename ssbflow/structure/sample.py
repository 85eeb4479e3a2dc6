"""A sample: one packing under one analysis, with the pieces that several measures share, each worked out once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ssbflow.errors import InputError
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.composition import Composition
from ssbflow.packing.packing import Floats, Mask, Packing
from ssbflow.structure.contact_graph import ContactGraph, contact_graph


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
    """

    packing: Packing
    analysis: Analysis
    composition: Composition | None
    generator: np.random.Generator

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
    def se_graph(self) -> ContactGraph:
        """SE–SE contacts."""
        return self.graph.within(self.particles.is_se)

    @cached_property
    def eam_graph(self) -> ContactGraph:
        """EAM–EAM contacts."""
        return self.graph.within(self.particles.is_eam)

    @cached_property
    def on_floor(self) -> Mask:
        """(n,) bool, `particles` that reach the floor: z ≤ r."""
        return np.asarray(self.particles.position_um[:, 2] <= self.particles.radius_um)

    @cached_property
    def near_floor(self) -> Mask:
        """(n,) bool, `particles` whose surface lies within the surface cut-off of the floor."""
        z, r = self.particles.position_um[:, 2], self.particles.radius_um
        return np.asarray(z - r <= self.analysis.surface_cutoff_um)

    @cached_property
    def near_top(self) -> Mask:
        """(n,) bool, `particles` whose surface lies within the surface cut-off of the height.

        The plane of a mass cut is no surface that particles press against, so strict contact would leave it empty.
        """
        z, r = self.particles.position_um[:, 2], self.particles.radius_um
        return np.asarray(self.particles.height_um - z - r <= self.analysis.surface_cutoff_um)

    @cached_property
    def se_from_floor(self) -> Mask:
        """(n,) bool, SE connected to the floor."""
        return self.se_graph.connected_to(self.particles.is_se & self.on_floor)

    @cached_property
    def se_from_top(self) -> Mask:
        """(n,) bool, SE connected to the top."""
        return self.se_graph.connected_to(self.particles.is_se & self.near_top)

    @cached_property
    def eam_from_floor(self) -> Mask:
        """(n,) bool, EAM whose electrons reach the floor through EAM."""
        return self.eam_graph.connected_to(self.particles.is_eam & self.on_floor)

    def particle_mass_pg(self, volume_um3: Floats) -> float:
        """Return the mass (pg) of given volumes (N,) of the packing's particles; needs a composition."""
        assert self.composition is not None
        eam, se = self.composition.eam.density_g_cm3, self.composition.se.density_g_cm3
        return float(np.sum(volume_um3 * np.where(self.packing.is_eam, eam, se)))

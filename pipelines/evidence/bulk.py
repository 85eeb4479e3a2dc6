"""Loose boxes of spheres to press, and what holds in a pressed one far from floor and platen."""

from dataclasses import dataclass

import numpy as np

from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Protocol
from ssbflow.packing.packing import Floats, Packing, volume_below
from ssbflow.press.mechanics import KPA_PER_MPA
from ssbflow.press.press import press
from ssbflow.press.pressed import Pressed

CELL = 1.25  # of a diameter: a grid space of the loose box
JITTER = 0.2  # of a cell, either way: far from a lattice, hardly an overlap
SPACE = 2.0  # volumes of the mean particle: a grid space of a box of two sizes


def loose_box(seed: int, spaces: tuple[int, int], spread: float = 0.0) -> Packing:
    """Return SE spheres of 1 µm, one in each space of a grid (spaces along an edge, layers), each moved at random.

    `spread` is the half-width of the uniform distribution of their diameters (µm).
    """
    across, layers = spaces
    generator = np.random.default_rng(seed)
    grid = np.indices((across, across, layers)).reshape(3, -1).T
    position = CELL * (grid + 0.5 + generator.uniform(-JITTER, JITTER, grid.shape))
    diameter = 1 + generator.uniform(-spread, spread, len(grid))
    return Packing(position, diameter / 2, ["se"] * len(grid), (across * CELL, across * CELL))


def loose_box_of_two_sizes(seed: int, ratio: float, large: int, share: float, height: float = 2.5) -> Packing:
    """Return SE spheres of 1 µm and of `ratio` µm, placed as the grid fill does: anywhere, whatever their size.

    `large` is the number of large spheres, `share` their part of the volume, `height` of the loose box in edges.
    """
    generator = np.random.default_rng(seed)
    small = round(large * ratio**3 * (1 - share) / share)
    diameter = np.repeat([ratio, 1.0], [large, small])
    spacing = (SPACE * float(np.mean(np.pi / 6 * diameter**3))) ** (1 / 3)
    across = round((len(diameter) / height) ** (1 / 3))
    places = generator.permutation(across**2 * -(-len(diameter) // across**2))[: len(diameter)]
    grid = np.stack([places % across, places // across % across, places // across**2], axis=1)
    position = spacing * (grid + 0.5 + generator.uniform(-JITTER, JITTER, grid.shape))
    position[:, 2] += ratio / 2
    return Packing(position, diameter / 2, ["se"] * len(diameter), (across * spacing, across * spacing))


def se(friction: float) -> Material:
    """A sulfide electrolyte, 25 GPa."""
    return Material(density_g_cm3=1.74, youngs_modulus_gpa=25, poisson_ratio=0.3, friction=friction, restitution=0.3)


def pressed_by_platen(loose: Packing, friction: float, pressure_mpa: float, **settling: float) -> Pressed:
    """Press SE spheres by the default drive."""
    protocol = Protocol.model_validate(
        {
            "box": {"edge_um": loose.edge_um[0], "areal_mass_mg_cm2": 1},  # the mass matters to a body force only
            "press": {"pressure_mpa": pressure_mpa, "settling": settling, "frames": 2},
        }
    )
    assert protocol.press.drive == "platen"
    return press(loose, {"se": se(friction)}, protocol)


@dataclass(frozen=True)
class Slab:
    """A pressed packing between two horizontal planes, `depth_um` from the floor and from the platen.

    What a plane cuts counts with the part between the planes: spheres by volume, contacts by the length of their
    branch (the line between the centres).
    """

    pressed: Pressed
    depth_um: float

    @property
    def bottom_um(self) -> float:
        return self.depth_um

    @property
    def top_um(self) -> float:
        return self.pressed.packing.height_um - self.depth_um

    @property
    def volume_um3(self) -> float:
        return self.pressed.packing.cross_section_um2 * (self.top_um - self.bottom_um)

    def solid_fraction(self) -> float:
        """Sum of the spheres over the slab's volume; overlaps count twice."""
        height, radius = self.pressed.packing.position_um[:, 2], self.pressed.packing.radius_um
        between = volume_below(height, radius, self.top_um) - volume_below(height, radius, self.bottom_um)
        return float(between.sum()) / self.volume_um3

    def fraction_just_touching(self) -> float:
        """Solid fraction of the same packing swollen until its contacts only just touch: overlaps taken out."""
        radius, contacts = self.pressed.packing.radius_um, self.pressed.contacts
        overlap = contacts.overlap_um / (radius[contacts.first] + radius[contacts.second])
        return self.solid_fraction() * (1 - float(overlap.mean())) ** 3

    def share_larger_than(self, radius_um: float) -> float:
        """Part of that sum in spheres of larger radius."""
        packing = self.pressed.packing
        height, radius = packing.position_um[:, 2], packing.radius_um
        between = volume_below(height, radius, self.top_um) - volume_below(height, radius, self.bottom_um)
        return float(between[radius > radius_um].sum() / between.sum())

    def coordination(self) -> float:
        """Mean number of contacts of the spheres that have any, centres between the planes."""
        contacts, height = self.pressed.contacts, self.pressed.packing.position_um[:, 2]
        count = np.bincount(np.concatenate([contacts.first, contacts.second]), minlength=len(height))
        between = (height > self.bottom_um) & (height < self.top_um)
        return float(count[between & (count > 0)].mean())

    def mean_stress_mpa(self) -> float:
        """A third of the trace of Σ force ⊗ branch / volume: friction, across the branch, adds nothing to it."""
        branch, _, share = self._branches()
        return float(np.sum(self.pressed.contacts.normal_force_nn * branch * share)) / 3 / self.volume_um3 / KPA_PER_MPA

    def axial_stress_mpa(self) -> float:
        """The zz component of the same sum, normal forces alone: the whole of it without friction."""
        branch, rise, share = self._branches()
        force = self.pressed.contacts.normal_force_nn
        return float(np.sum(force * rise**2 / branch * share)) / self.volume_um3 / KPA_PER_MPA

    def _branches(self) -> tuple[Floats, Floats, Floats]:
        """Return length and rise of each contact's branch, and its share between the planes."""
        packing, contacts = self.pressed.packing, self.pressed.contacts
        ends = packing.position_um[:, 2][np.stack([contacts.first, contacts.second])]
        low, high = ends.min(axis=0), ends.max(axis=0)
        length = packing.radius_um[contacts.first] + packing.radius_um[contacts.second] - contacts.overlap_um
        inside = np.minimum(high, self.top_um) - np.maximum(low, self.bottom_um)
        return length, high - low, np.clip(inside / np.maximum(high - low, 1e-12), 0, 1)

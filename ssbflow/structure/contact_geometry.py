"""Geometry of two overlapping spheres, and of a sphere that a plane cuts."""

from typing import Literal

import numpy as np

from ssbflow.packing.packing import Floats

ContactRadius = Literal["geometric", "hertz"]


def centre_to_cut_um(radius_um: Floats, other_um: Floats, distance_um: Floats) -> Floats:
    """Return how far (µm) a sphere's centre lies from the plane of the circle that it shares with another.

    Never below zero: a sphere whose centre lies beyond the circle is cut through its middle.
    """
    cut = (distance_um**2 + radius_um**2 - other_um**2) / (2 * distance_um)
    return np.clip(cut, 0, radius_um)


def contact_radius_um(radius_um: Floats, other_um: Floats, distance_um: Floats, kind: ContactRadius) -> Floats:
    """Return the radius (µm) of the contact of two spheres; 0 where they do not overlap.

    ``geometric`` is the circle in which the spheres cut each other; ``hertz`` is a² = R δ with the reduced radius R
    and the overlap δ, the contact of elastic spheres (Johnson, Contact Mechanics, 1985, section 4.2), no wider than the
    smaller sphere.
    """
    small, large = np.minimum(radius_um, other_um), np.maximum(radius_um, other_um)
    if kind == "hertz":
        overlap = np.maximum(small + large - distance_um, 0)
        return np.asarray(np.minimum(np.sqrt(small * large / (small + large) * overlap), small))
    touching = radius_um + other_um > distance_um
    return np.where(touching, np.sqrt(small**2 - centre_to_cut_um(small, large, distance_um) ** 2), 0.0)


def plane_contact_radius_um(radius_um: Floats, overlap_um: Floats, kind: ContactRadius) -> Floats:
    """Return the radius (µm) of the contact of a sphere with a plane that it overlaps; 0 where it does not.

    A sphere that the plane cuts beyond its centre touches it with its largest circle.
    """
    overlap = np.clip(overlap_um, 0, radius_um)
    squared = radius_um * overlap
    return np.sqrt(squared if kind == "hertz" else 2 * squared - overlap**2)


def cap_volume_um3(radius_um: Floats, depth_um: Floats) -> Floats:
    """Return the volume (µm³) of the cap of this depth that a plane cuts off a sphere."""
    return np.pi * depth_um**2 * (radius_um - depth_um / 3)

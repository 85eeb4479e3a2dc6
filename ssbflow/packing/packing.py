"""A packing: spheres of two species in a box that is periodic in x and y, on a floor at z = 0."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ssbflow.errors import InputError

SPECIES = ("eam", "se")
PG_PER_UM2 = 10.0  # areal mass: 1 mg/cm² = 10 pg/µm²

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Packing:
    """Particles in a box.

    Parameters
    ----------
    position_um : (N, 3) array_like
        Centres (µm); x and y are wrapped into the box.
    radius_um : (N,) array_like
        Radii (µm), above 0.
    species : (N,) array_like of str
        ``"eam"`` or ``"se"``.
    edge_um : (float, float)
        Box edges along x and y (µm), wider than the largest particle.
    height_um : float, optional
        The top plane; the highest top of a particle if left out. Particles with centres above it are cut off: they
        count in no network and no number, only the part of their volume that lies below the plane counts.

    Raises
    ------
    InputError
        Naming the shape or value got and wanted.
    """

    position_um: Floats
    radius_um: Floats
    species: NDArray[np.str_]
    edge_um: tuple[float, float]
    height_um: float = field(default=None)  # type: ignore[assignment]  # replaced by the highest top

    def __init__(
        self,
        position_um: ArrayLike,
        radius_um: ArrayLike,
        species: ArrayLike,
        edge_um: tuple[float, float],
        height_um: float | None = None,
    ) -> None:
        position, radius = _float_array("position_um", position_um), _float_array("radius_um", radius_um)
        names = np.array(species, dtype=np.str_)
        _check_shapes(position, radius, names)
        edges = _checked_edges(edge_um, radius)
        _check_values(position, names)
        position[:, :2] = _wrapped(position[:, :2], np.array(edges))
        top = float((position[:, 2] + radius).max())
        height = top if height_um is None else float(_float_array("height_um", height_um))
        if not (np.isfinite(height) and height > 0):
            raise InputError(f"height_um must be above 0; got {height_um}")
        self._set(position_um=position, radius_um=radius, species=names, edge_um=edges, height_um=height)

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.radius_um)

    @property
    def cross_section_um2(self) -> float:
        """Area of the box seen from above (µm²)."""
        return self.edge_um[0] * self.edge_um[1]

    @cached_property
    def is_eam(self) -> Mask:
        """(N,) bool, electrode active material."""
        return np.asarray(self.species == "eam")

    @cached_property
    def is_se(self) -> Mask:
        """(N,) bool, solid electrolyte."""
        return ~self.is_eam

    @cached_property
    def inside(self) -> Mask:
        """(N,) bool, centres at or below the height."""
        return np.asarray(self.position_um[:, 2] <= self.height_um)

    @cached_property
    def volume_um3(self) -> Floats:
        """(N,) volume of each whole sphere (µm³)."""
        return 4 / 3 * np.pi * self.radius_um**3

    @cached_property
    def volume_below_height_um3(self) -> Floats:
        """(N,) volume of each sphere's part below the height (µm³)."""
        return volume_below(self.position_um[:, 2], self.radius_um, self.height_um)

    def eam_volume_fraction(self) -> float:
        """EAM / (EAM + SE) by volume, of all particles."""
        return float(self.volume_um3[self.is_eam].sum() / self.volume_um3.sum())

    def selected(self, mask: Mask) -> "Packing":
        """Return the packing of some particles, box and height unchanged."""
        return Packing(self.position_um[mask], self.radius_um[mask], self.species[mask], self.edge_um, self.height_um)


def volume_below(centre_um: Floats, radius_um: Floats, plane_um: float) -> Floats:
    """Return the volume (µm³) of the part of each sphere below a horizontal plane: 0 to the whole sphere."""
    depth = np.clip(plane_um - centre_um + radius_um, 0, 2 * radius_um)
    return np.pi * depth**2 * (radius_um - depth / 3)


def _wrapped(position: Floats, edges: Floats) -> Floats:
    wrapped = position % edges
    return np.where(wrapped >= edges, 0.0, wrapped)  # −1e-20 % 20 rounds to 20


def _float_array(name: str, values: ArrayLike) -> Floats:
    try:
        return np.array(values, dtype=np.float64, order="C")  # a copy: what the caller does later changes nothing
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must be an array of numbers; got {values!r:.60}") from error


def _check_shapes(position: Floats, radius: Floats, species: NDArray[np.str_]) -> None:
    if position.ndim != 2 or position.shape[1] != 3:
        raise InputError(f"position_um must have shape (N, 3); got {position.shape}")
    count = len(position)
    if count == 0:
        raise InputError("a packing needs at least one particle; got none")
    for name, array in (("radius_um", radius), ("species", species)):
        if array.shape != (count,):
            raise InputError(f"{name} must have shape ({count},) like position_um; got {array.shape}")


def _check_values(position: Floats, species: NDArray[np.str_]) -> None:
    if not np.isfinite(position).all():
        raise InputError(f"position_um must be finite; particle {np.argwhere(~np.isfinite(position))[0][0]} is not")
    if (position[:, 2] < 0).any():
        raise InputError(f"the floor is z = 0 and centres lie above it; got z = {position[:, 2].min():g} µm")
    unknown = sorted(set(np.unique(species)) - set(SPECIES))
    if unknown:
        raise InputError(f"species must be 'eam' or 'se'; got {[str(name) for name in unknown]}")


def _checked_edges(edge_um: tuple[float, float], radius: Floats) -> tuple[float, float]:
    edges = _float_array("edge_um", edge_um)
    if edges.shape != (2,) or not (np.isfinite(edges) & (edges > 0)).all():
        raise InputError(f"edge_um must be two lengths above 0, along x and y; got {edge_um}")
    if not (np.isfinite(radius).all() and (radius > 0).all()):
        raise InputError(f"radius_um must be finite and above 0; got {radius.min():g} to {radius.max():g}")
    if edges.min() <= 2 * radius.max():
        raise InputError(
            f"edge_um {edges.tolist()} is no wider than the largest diameter, {2 * radius.max():g} µm; widen it"
        )
    return float(edges[0]), float(edges[1])

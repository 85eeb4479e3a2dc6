"""Chords: where vertical lines through the box cut its spheres.

Along one line the union of spheres is a union of intervals, which is exact however many spheres overlap; clipping at
the floor and at the height costs nothing. Volumes and voxels are both made of chords.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssbflow.packing.packing import Floats, Mask, Packing

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Chords:
    """Where vertical lines cut spheres, in any order.

    Parameters
    ----------
    line, sphere : (K,) int64
        Numbers of the line, column by column, and of the sphere.
    low_um, high_um : (K,) float64
        Ends of the chord (µm), within floor and height.
    """

    line: Ints
    sphere: Ints
    low_um: Floats
    high_um: Floats

    def of(self, chosen: Mask) -> "Chords":
        """Return the chords of some spheres, (N,) bool."""
        kept = chosen[self.sphere]
        return Chords(self.line[kept], self.sphere[kept], self.low_um[kept], self.high_um[kept])


def cut(packing: Packing, lines_per_edge: tuple[int, int], columns: range) -> Chords:
    """Cut all spheres with some of the lines of a regular grid.

    Parameters
    ----------
    packing : Packing
    lines_per_edge : (int, int)
        Lines stand at (k + ½) · edge / count along x and y.
    columns : range
        Which of the lines along x; each has all of its lines along y. Line numbers count from the first of them.
    """
    (x_count, y_count), (x_edge, y_edge) = lines_per_edge, packing.edge_um
    x, y, z = packing.position_um.T
    sphere, column = _columns_of(*_line_range(x, packing.radius_um, x_edge / x_count), columns, x_count)
    offset = (column + 0.5) * (x_edge / x_count) - x[sphere]
    # each (sphere, column) meets a run of lines along y within the remaining half-width
    half_width = np.sqrt(np.maximum(packing.radius_um[sphere] ** 2 - offset**2, 0))
    owner, row = _runs(*_line_range(y[sphere], half_width, y_edge / y_count))
    sphere, column = sphere[owner], column[owner]
    offset = (row + 0.5) * (y_edge / y_count) - y[sphere]
    half_chord = np.sqrt(np.maximum(half_width[owner] ** 2 - offset**2, 0))
    return Chords(
        (column % x_count - columns[0]) * y_count + row % y_count,
        sphere,
        np.clip(z[sphere] - half_chord, 0, packing.height_um),
        np.clip(z[sphere] + half_chord, 0, packing.height_um),
    )


def _line_range(centre: Floats, half_width: Floats, spacing: float) -> tuple[Ints, Ints]:
    """Return the first and last of the lines at (k + ½) · spacing that lie within each half-width of its centre."""
    first = np.ceil((centre - half_width) / spacing - 0.5).astype(np.int64)
    last = np.floor((centre + half_width) / spacing - 0.5).astype(np.int64)
    return first, last


def _columns_of(first: Ints, last: Ints, columns: range, period: int) -> tuple[Ints, Ints]:
    """List every (sphere, column) whose column, wrapped, is one of some columns; columns come back unwrapped."""
    spheres, found = [], []
    for turn in (-period, 0, period):
        start, end = np.maximum(first, columns[0] + turn), np.minimum(last, columns[-1] + turn)
        met = np.flatnonzero(start <= end)
        owner, column = _runs(start[met], end[met])
        spheres.append(met[owner])
        found.append(column)
    return np.concatenate(spheres), np.concatenate(found)


def _runs(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """List all integers from first to last of each run: whose run, and which integer."""
    counts = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(len(first)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, first[owner] + within

"""Volumes of overlapping spheres, by exact chords along z on a fine grid of vertical lines.

Along one line the union of spheres is a union of intervals, which is exact however many spheres overlap; only the
integral over x and y is sampled. Clipping at the floor and at the height costs nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssbflow.packing.packing import Floats, Mask, Packing

Ints = NDArray[np.int64]

MIN_CHORDS = 100_000.0  # with these, the porosity of a pressed packing is right within 1e-4 (root mean square)
CHORDS_PER_SPHERE = 20.0  # enough from 5000 spheres on: the errors of single spheres cancel
CHORDS_AT_ONCE = 2_000_000.0  # of memory: about 0.3 GB


@dataclass(frozen=True, eq=False)
class Chords:
    """Where vertical lines cut spheres, in any order.

    Parameters
    ----------
    line, sphere : (K,) int64
        Numbers of the line and of the sphere.
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


def volume_up_to_um3(packing: Packing, levels_um: Floats) -> tuple[Floats, Floats]:
    """Return the volumes that spheres fill between the floor and each level: of all spheres, and of the EAM alone.

    Where both species overlap, the volume is EAM: the harder particle keeps its shape.

    Parameters
    ----------
    packing : Packing
    levels_um : (L,) float64
        Heights above the floor (µm), up to the packing's height.

    Returns
    -------
    solid_um3, eam_um3 : (L,) float64
        The error of the porosity that follows is below 1e-4 for a pressed packing of 500 particles and falls with
        their number; volumes of two, three and FCC spheres, known in closed form, are met within 1e-3.
    """
    solid, eam = np.zeros(len(levels_um)), np.zeros(len(levels_um))
    lines_per_edge = _lines_per_edge(packing)
    for chords in _cut(packing, lines_per_edge):
        solid += _covered_up_to(chords, levels_um)
        eam += _covered_up_to(chords.of(packing.is_eam), levels_um)
    area = packing.cross_section_um2 / (lines_per_edge[0] * lines_per_edge[1])
    return solid * area, eam * area


def _lines_per_edge(packing: Packing) -> tuple[int, int]:
    """Choose how many lines stand along x and y, so that spheres are cut often enough."""
    wanted = max(CHORDS_PER_SPHERE * len(packing), MIN_CHORDS)
    spacing = np.sqrt(np.pi * np.sum(packing.radius_um**2) / wanted)
    x, y = (int(np.ceil(edge / spacing)) for edge in packing.edge_um)
    return x, y


def _cut(packing: Packing, lines_per_edge: tuple[int, int]) -> Iterator[Chords]:
    """Cut all spheres, some columns of lines after the others, so that no more chords than fit exist at once."""
    expected = max(CHORDS_PER_SPHERE * len(packing), MIN_CHORDS)
    blocks = min(lines_per_edge[0], int(np.ceil(expected / CHORDS_AT_ONCE)))
    x, y, z = packing.position_um.T
    first, last = _line_range(x, packing.radius_um, packing.edge_um[0] / lines_per_edge[0])
    for columns in np.array_split(np.arange(lines_per_edge[0]), blocks):
        sphere, column = _columns_of(first, last, columns, lines_per_edge[0])
        offset = (column + 0.5) * (packing.edge_um[0] / lines_per_edge[0]) - x[sphere]
        half_width = np.sqrt(np.maximum(packing.radius_um[sphere] ** 2 - offset**2, 0))
        spacing = packing.edge_um[1] / lines_per_edge[1]
        owner, row = _runs(*_line_range(y[sphere], half_width, spacing))
        offset = (row + 0.5) * spacing - y[sphere[owner]]
        half_chord = np.sqrt(np.maximum(half_width[owner] ** 2 - offset**2, 0))
        middle = z[sphere[owner]]
        yield Chords(
            (column[owner] % lines_per_edge[0] - columns[0]) * lines_per_edge[1] + row % lines_per_edge[1],
            sphere[owner],
            np.clip(middle - half_chord, 0, packing.height_um),
            np.clip(middle + half_chord, 0, packing.height_um),
        )


def _line_range(centre: Floats, half_width: Floats, spacing: float) -> tuple[Ints, Ints]:
    """Return the first and last of the lines at (k + ½) · spacing that lie within each half-width of its centre."""
    first = np.ceil((centre - half_width) / spacing - 0.5).astype(np.int64)
    last = np.floor((centre + half_width) / spacing - 0.5).astype(np.int64)
    return first, last


def _columns_of(first: Ints, last: Ints, columns: Ints, period: int) -> tuple[Ints, Ints]:
    """List every (sphere, column) whose column, wrapped, is one of a run of columns; columns come back unwrapped."""
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


def _covered_up_to(chords: Chords, levels_um: Floats) -> Floats:
    """Return the summed length (µm) of the unions of chords on each line, below each level."""
    start, end = _union(chords)
    return _length_below(start, levels_um) - _length_below(end, levels_um)


def _union(chords: Chords) -> tuple[Floats, Floats]:
    """Cut from each chord what earlier ones on its line cover; return starts and ends of what is left.

    Lines are stacked on a single axis, so that one sort and one running maximum serve them all.
    """
    stacked = chords.line * (2.0 * (chords.high_um.max(initial=0) + 1))
    order = np.argsort(stacked + chords.low_um, kind="stable")
    stacked, low, high = stacked[order], chords.low_um[order], chords.high_um[order]
    covered_to = np.concatenate([[-np.inf], np.maximum.accumulate(stacked + high)[:-1]]) - stacked
    start = np.minimum(np.maximum(low, covered_to), high)
    return start, high


def _length_below(starts: Floats, levels_um: Floats) -> Floats:
    """Return, for rays from each start upwards, their summed length (µm) below each level."""
    first_above = np.searchsorted(levels_um, starts)
    n_levels = len(levels_um)
    count = np.bincount(first_above, minlength=n_levels + 1)[:n_levels].cumsum()
    summed = np.bincount(first_above, starts, minlength=n_levels + 1)[:n_levels].cumsum()
    return np.asarray(count * levels_um - summed)

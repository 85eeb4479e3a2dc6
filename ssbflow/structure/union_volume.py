"""Volumes of the unions of overlapping spheres: exact along each line, sampled in x and y."""

from collections.abc import Iterator

import numpy as np

from ssbflow.packing.packing import Floats, Packing
from ssbflow.structure.chords import Chords, cut

MIN_CHORDS = 100_000.0  # with these, the porosity of a pressed packing is right within 1e-4 (root mean square)
CHORDS_PER_SPHERE = 20.0  # enough from 5000 spheres on: the errors of single spheres cancel
CHORDS_AT_ONCE = 2_000_000.0  # of memory: about 0.3 GB


def volume_up_to_um3(packing: Packing, levels_um: Floats) -> tuple[Floats, Floats]:
    """Return the volumes that spheres fill between the floor and each level: of all spheres, and of the EAM alone.

    Where both species overlap, the volume is EAM: the harder particle keeps its shape.

    Parameters
    ----------
    packing : Packing
    levels_um : (L,) float64
        Heights above the floor (µm), ascending, up to the packing's height.

    Returns
    -------
    solid_um3, eam_um3 : (L,) float64
        The error of the porosity that follows is below 1e-4 (root mean square) for a pressed packing of 500 particles
        and falls with their number; volumes of two, three and FCC spheres, known in closed form, are met within 1e-3.
    """
    solid, eam = np.zeros(len(levels_um)), np.zeros(len(levels_um))
    lines_per_edge = _lines_per_edge(packing)
    for chords in _in_blocks(packing, lines_per_edge):
        solid += _covered_up_to(chords, levels_um)
        eam += _covered_up_to(chords.of(packing.is_eam), levels_um)
    area = packing.cross_section_um2 / (lines_per_edge[0] * lines_per_edge[1])
    return solid * area, eam * area


def _expected_chords(packing: Packing) -> float:
    return max(CHORDS_PER_SPHERE * len(packing), MIN_CHORDS)


def _lines_per_edge(packing: Packing) -> tuple[int, int]:
    """Choose how many lines stand along x and y, so that spheres are cut often enough."""
    spacing = np.sqrt(np.pi * np.sum(packing.radius_um**2) / _expected_chords(packing))
    x, y = (int(np.ceil(edge / spacing)) for edge in packing.edge_um)
    return x, y


def _in_blocks(packing: Packing, lines_per_edge: tuple[int, int]) -> Iterator[Chords]:
    """Cut all spheres, some columns of lines after the others, so that no more chords than fit exist at once."""
    columns = lines_per_edge[0]
    blocks = min(columns, int(np.ceil(_expected_chords(packing) / CHORDS_AT_ONCE)))
    width = -(-columns // blocks)
    for start in range(0, columns, width):
        yield cut(packing, lines_per_edge, range(start, min(start + width, columns)))


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

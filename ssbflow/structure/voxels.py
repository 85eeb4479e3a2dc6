"""Voxels: a packing as labels on a regular grid, for image-based tools."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ssbflow.errors import InputError
from ssbflow.packing.packing import Mask, Packing
from ssbflow.structure.chords import Chords, cut

if TYPE_CHECKING:
    import xarray as xr

LABELS = {"pore": 0, "se": 1, "eam": 2}
CHUNK_VOXELS = 2**24  # of one byte each, and some ten more while a chunk is made
MOST_VOXELS = 10**11

Labels = NDArray[np.uint8]


def voxels(packing: Packing, spacing_um: float) -> "xr.DataArray":
    """Return a packing as labels of cubes: 0 pore, 1 SE, 2 EAM; lazy, in chunks.

    A voxel has the label of its centre; where both species overlap it is EAM, the harder particle keeps its shape.

    Parameters
    ----------
    packing : Packing
        Periodic in x and y, so that the picture is, too.
    spacing_um : float
        Edge of a voxel (µm); adjusted along each axis so that whole voxels fit edges and height, see ``spacing_um`` in
        the attributes, along z, y, x.

    Returns
    -------
    xarray.DataArray
        uint8 along ``z`` (from the floor up), ``y``, ``x``, with the centres of the voxels (µm) as coordinates; a dask
        array whose chunks are each made from the particles that they hold alone.

    Raises
    ------
    InputError
        A spacing that is no length, is wider than the box or would give more than 1e11 voxels.
    """
    import dask.array as da
    import xarray as xr

    size = np.array([packing.height_um, packing.edge_um[1], packing.edge_um[0]])
    shape = _shape(size, spacing_um)
    chunks = da.core.normalize_chunks(_chunk_shape(shape), shape)
    blocks = da.map_blocks(
        _block, packing=packing, shape=shape, chunks=chunks, dtype=np.uint8, meta=np.empty((0,) * 3, np.uint8)
    )
    spacing = size / shape
    coordinates = {
        axis: xr.Variable(
            axis, (np.arange(count) + 0.5) * step, {"units": "um", "long_name": f"voxel centres along {axis}"}
        )
        for axis, count, step in zip("zyx", shape, spacing, strict=True)
    }
    flags = {"flag_values": np.array(list(LABELS.values()), np.uint8), "flag_meanings": " ".join(LABELS)}
    about = {"units": "1", "long_name": "phase", "spacing_um": spacing.tolist(), **flags}
    return xr.DataArray(blocks, coordinates, ("z", "y", "x"), "label", about)


def _shape(size_um: NDArray[np.float64], spacing_um: float) -> tuple[int, int, int]:
    if not (np.isfinite(spacing_um) and 0 < spacing_um <= size_um.min()):
        raise InputError(
            f"spacing_um must be above 0 and no wider than the box, {size_um.min():g} µm; got {spacing_um:g}"
        )
    z, y, x = (max(1, round(edge / spacing_um)) for edge in size_um)
    if z * y * x > MOST_VOXELS:
        fitting = (float(size_um.prod()) / MOST_VOXELS) ** (1 / 3)
        raise InputError(f"spacing_um {spacing_um:g} gives {z * y * x:.1e} voxels; take {fitting:.2g} µm or more")
    return z, y, x


def _chunk_shape(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """Keep whole rows along y, and chunks about as thick along z as along x."""
    side = max(1, int(np.sqrt(CHUNK_VOXELS / shape[1])))
    z = min(shape[0], max(side, CHUNK_VOXELS // (shape[1] * shape[2])))
    return z, shape[1], min(shape[2], max(1, CHUNK_VOXELS // (shape[1] * z)))


def _block(
    packing: Packing, shape: tuple[int, int, int], block_info: dict[None, dict[str, list[tuple[int, int]]]]
) -> Labels:
    """Return the labels of one chunk."""
    layers, _, columns = (range(*ends) for ends in block_info[None]["array-location"])
    return _labels(packing, shape, layers, columns)


def _labels(packing: Packing, shape: tuple[int, int, int], layers: range, columns: range) -> Labels:
    step = packing.height_um / shape[0]
    z, reach = packing.position_um[:, 2], packing.radius_um
    met = (z + reach >= layers[0] * step) & (z - reach <= (layers[-1] + 1) * step)
    labels = np.zeros((len(columns), shape[1], len(layers)), np.uint8)
    if met.any():
        here = packing.selected(met)
        chords = cut(here, (shape[2], shape[1]), columns)
        for name, species in (("se", here.is_se), ("eam", here.is_eam)):
            labels[_covered(chords.of(species), step, layers, labels.shape)] = LABELS[name]
    return labels.transpose(2, 1, 0)


def _covered(chords: Chords, step: float, layers: range, shape: tuple[int, ...]) -> Mask:
    """Return which voxel centres lie in a chord: +1 where one begins, −1 behind its end, summed along each line."""
    depth = len(layers)
    first = np.clip(np.ceil(chords.low_um / step - 0.5).astype(np.int64) - layers[0], 0, depth)
    behind = np.clip(np.floor(chords.high_um / step - 0.5).astype(np.int64) + 1 - layers[0], 0, depth)
    full = first < behind
    changes = np.zeros(shape[0] * shape[1] * (depth + 1), np.int32)
    np.add.at(changes, chords.line[full] * (depth + 1) + first[full], 1)
    np.add.at(changes, chords.line[full] * (depth + 1) + behind[full], -1)
    return np.cumsum(changes.reshape(*shape[:2], depth + 1), axis=2, dtype=np.int32)[:, :, :depth] > 0

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from structure_oracles import packings

import ssbflow
from ssbflow.errors import InputError
from ssbflow.packing.packing import Packing
from ssbflow.structure import voxels as module
from ssbflow.structure.union_volume import volume_up_to_um3


def distance_to_surface(packing: Packing, points: NDArray[np.float64], species: str) -> NDArray[np.float64]:
    """Of each point from the nearest sphere of a species, any image; below 0 inside."""
    least = np.full(len(points), np.inf)
    for x, y in itertools.product((-1, 0, 1), repeat=2):
        shift = np.array([x * packing.edge_um[0], y * packing.edge_um[1], 0])
        for centre, radius in zip(
            packing.position_um[packing.species == species], packing.radius_um[packing.species == species], strict=True
        ):
            least = np.minimum(least, np.linalg.norm(points - centre - shift, axis=1) - radius)
    return least


@settings(max_examples=25, deadline=None)
@given(packings((1, 25), narrowest=1.1), st.integers(4, 14))
def test_every_voxel_has_the_label_of_its_centre(packing: Packing, across: int) -> None:
    labels = ssbflow.voxels(packing, min(*packing.edge_um, packing.height_um) / across)
    z, y, x = np.meshgrid(labels["z"], labels["y"], labels["x"], indexing="ij")
    points = np.column_stack([x.ravel(), y.ravel(), z.ravel()])
    se, eam = (distance_to_surface(packing, points, species) for species in ("se", "eam"))
    clear = (np.abs(se) > 1e-9) & (np.abs(eam) > 1e-9)
    expected = np.where(eam <= 0, 2, np.where(se <= 0, 1, 0))
    np.testing.assert_array_equal(labels.values.ravel()[clear], expected[clear])


@settings(max_examples=10, deadline=None)
@given(packings((5, 60)))
def test_chunks_hold_what_the_whole_holds(packing: Packing) -> None:
    spacing = min(*packing.edge_um, packing.height_um) / 12
    whole = ssbflow.voxels(packing, spacing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK_VOXELS", 150)
        parts = ssbflow.voxels(packing, spacing)
    assert len(parts.chunksizes["x"]) > 1
    np.testing.assert_array_equal(parts.values, whole.values)


def dense(seed: int = 1, count: int = 300) -> Packing:
    generator = np.random.default_rng(seed)
    position = generator.random((count, 3)) * [10, 8, 9]
    species = np.where(generator.random(count) < 0.5, "se", "eam")
    return Packing(position, generator.uniform(0.4, 1.2, count), species, (10.0, 8.0), 9.0)


def test_shares_of_the_labels_are_those_of_the_volumes() -> None:
    packing = dense()
    labels = ssbflow.voxels(packing, 0.1).values
    solid, eam = (float(volume[0]) / 720 for volume in volume_up_to_um3(packing, np.array([9.0])))
    assert [(labels == label).mean() for label in (2, 1)] == pytest.approx([eam, solid - eam], abs=2e-3)


def test_moving_a_packing_by_whole_voxels_rolls_the_picture() -> None:
    packing = dense()
    moved = Packing(
        packing.position_um + np.array([2.5, -1.0, 0]),
        packing.radius_um,
        packing.species,
        packing.edge_um,
        packing.height_um,
    )
    before, after = (ssbflow.voxels(each, 0.5).values for each in (packing, moved))
    np.testing.assert_array_equal(after, np.roll(before, (-2, 5), axis=(1, 2)))


def test_whole_voxels_fit_the_box_and_say_how_wide_they_are() -> None:
    labels = ssbflow.voxels(dense(), 0.3)
    assert labels.dims == ("z", "y", "x")
    assert labels.dtype == np.uint8
    assert labels.shape == (30, 27, 33)
    assert labels.attrs["spacing_um"] == pytest.approx([0.3, 8 / 27, 10 / 33])
    assert float(labels["x"][0]) == pytest.approx(5 / 33)
    assert labels.attrs["flag_meanings"].split()[1] == "se"


@pytest.mark.parametrize("spacing", [0.0, -1.0, np.nan, np.inf, 8.5])
def test_spacing_that_is_no_length_or_wider_than_the_box_is_refused(spacing: float) -> None:
    with pytest.raises(InputError, match=r"spacing_um must be above 0 and no wider than the box, 8 µm; got"):
        ssbflow.voxels(dense(), spacing)


def test_more_voxels_than_anybody_can_use_are_refused_with_a_spacing_that_would_do() -> None:
    with pytest.raises(InputError, match=r"7.2e\+11 voxels; take 0.0019 µm or more"):
        ssbflow.voxels(dense(), 0.001)

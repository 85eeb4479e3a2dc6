import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import random_packing

from ssbflow.packing.packing import Packing
from ssbflow.press.compaction import compacted

LOOSE = Packing([[2, 2, 1], [6, 6, 6], [2, 6, 11], [6, 2, 16]], [1, 0.5, 1, 0.5], ["se"] * 4, (8.0, 8.0))


def test_squeezed_box_has_the_solid_fraction_and_keeps_order_and_floor() -> None:
    solid = LOOSE.volume_um3.sum()
    squeezed = compacted(LOOSE, 0.05)
    height = LOOSE.height_um * squeezed.position_um[1, 2] / LOOSE.position_um[1, 2]
    assert solid / (height * 64) == pytest.approx(0.05)
    np.testing.assert_array_equal(squeezed.position_um[:, :2], LOOSE.position_um[:, :2])
    assert (squeezed.position_um[:, 2] >= squeezed.radius_um).all()
    assert (np.diff(squeezed.position_um[:, 2]) > 0).all()


def test_box_that_is_denser_already_stays_as_it_is() -> None:
    assert compacted(LOOSE, 0.005) is LOOSE


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1, 50), st.floats(0.01, 0.6))
def test_compaction_moves_centres_down_only_and_none_into_the_floor(
    seed: int, size_ratio: float, solid_fraction: float
) -> None:
    loose = random_packing(seed, ("eam", "se"), size_ratio)
    dense = compacted(loose, solid_fraction)
    np.testing.assert_array_equal(dense.position_um[:, :2], loose.position_um[:, :2])
    assert (dense.position_um[:, 2] <= loose.position_um[:, 2]).all()
    assert (dense.position_um[:, 2] >= dense.radius_um).all()
    assert dense.radius_um.tolist() == loose.radius_um.tolist()
    assert dense.species.tolist() == loose.species.tolist()
    assert dense.edge_um == loose.edge_um


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.6))
def test_squeeze_is_affine_but_for_spheres_on_the_floor(seed: int, solid_fraction: float) -> None:
    loose = random_packing(seed, ("se",))
    dense = compacted(loose, solid_fraction)
    height = loose.volume_um3.sum() / (solid_fraction * loose.cross_section_um2)
    shrunk = loose.position_um[:, 2] * min(1.0, height / loose.height_um)
    np.testing.assert_allclose(dense.position_um[:, 2], np.maximum(shrunk, loose.radius_um), rtol=1e-12)

import numpy as np
import pytest

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

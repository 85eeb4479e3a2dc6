"""Which share of the spheres of a random packing must conduct for the packing to."""

import numpy as np
import pytest

from evidence.percolation import CRITICAL_SPANNING, LATTICE
from evidence.site_threshold import Thresholds, lattice_thresholds, packing_thresholds

WIDTH = 8  # cubes of a lattice


def spanning(found: Thresholds) -> float:
    """Share at which cubes span as often as wide ones do at the threshold."""
    return float(np.quantile(found.share, CRITICAL_SPANNING))


def test_threshold_of_the_simple_cubic_lattice() -> None:
    # 0.3116 (Wang et al. 2013) and 0.004 for the width; without the periodic boundary it is 0.026 more
    assert spanning(lattice_thresholds(1, WIDTH, orders=400)) == pytest.approx(LATTICE + 0.004, abs=0.012)


@pytest.mark.lammps
def test_threshold_of_a_pressed_packing() -> None:
    # half a contact more than hard spheres have lowers the threshold by 0.02, the width raises it by 0.02; without
    # images through the periodic boundary there are 5.7 contacts, and the threshold is 0.035 higher
    found = packing_thresholds(1, across=5, pressure_mpa=1.0, orders=200)
    assert found.contacts == pytest.approx(6.45, abs=0.25)
    assert spanning(found) == pytest.approx(0.315, abs=0.02)

import numpy as np
from numpy.typing import ArrayLike, NDArray


def hertz_force_nn(
    overlap_um: ArrayLike, effective_radius_um: ArrayLike, effective_modulus_gpa: ArrayLike
) -> NDArray[np.float64]:
    """Return the Hertz force 4/3 E* √R δ^1.5 (nN) of two elastic spheres."""
    overlap, radius = np.asarray(overlap_um, dtype=float), np.asarray(effective_radius_um, dtype=float)
    modulus_kpa = np.asarray(effective_modulus_gpa, dtype=float) * 1e6
    return np.asarray(4 / 3 * modulus_kpa * np.sqrt(radius) * overlap**1.5)

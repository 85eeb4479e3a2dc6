"""A cube of known numbers, of a grid or of a study."""

import numpy as np
import xarray as xr

from ssbflow.store.cells import STATUS

DIMS = ("composition", "distribution", "seed")
SHAPE = (3, 2, 2)
POROSITY = np.arange(12.0).reshape(SHAPE) / 100
SHARES = np.array([0.6, 0.7, 0.8])
FAILED_AT = (2, 1)


def made_up_cube() -> xr.Dataset:
    """Three compositions, two distributions, two seeds; all seeds of one design failed."""
    status = np.full(SHAPE, STATUS["ok"], dtype=np.int8)
    status[FAILED_AT] = STATUS["failed"]
    case_ids = np.array([f"{at:032x}" for at in range(12)], dtype=object).reshape(SHAPE)
    spans = (np.arange(12).reshape(SHAPE) % 4 != 1).astype(float)
    return xr.Dataset(
        {
            "status": (DIMS, status),
            "case_id": (DIMS, case_ids),
            "porosity": (DIMS, np.where(status == STATUS["ok"], POROSITY, np.nan), {"units": "1"}),
            "conductivity_ionic_effective": (DIMS, 1 + POROSITY, {"units": "S m-1"}),
            "percolates": (DIMS, spans, {"units": "1"}),
            "percolates_eam": (DIMS, np.ones(SHAPE), {"units": "1"}),
        },
        coords={
            "composition": np.array(["CAM60", "CAM70", "CAM80"], dtype=object),
            "distribution": np.array(["fine", "coarse"], dtype=object),
            "seed": [1, 2],
            "eam_wt": ("composition", SHARES, {"units": "1"}),
        },
    )


def made_up_study() -> xr.Dataset:
    """The same designs as a list, as searches ask for them."""
    stacked = made_up_cube().stack(design=["composition", "distribution"]).reset_index("design")
    labels = [
        f"{one}/{other}" for one, other in zip(stacked.composition.values, stacked.distribution.values, strict=True)
    ]
    return stacked.assign_coords(design=labels).transpose("design", "seed")

"""Designs with round numbers, as if a store had them: for calculations by hand."""

from typing import Any

import numpy as np
import xarray as xr

from ssbflow.design.card import Provenance, Side
from ssbflow.design.stored_design import StoredDesign
from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.protocol import Protocol
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import DIMS

FINE = Distribution.model_validate(
    {
        "label": "fine",
        "eam": {"kind": "tabulated", "basis": "number", "diameter_um": [4], "weight": [1]},
        "se": {"kind": "tabulated", "basis": "number", "diameter_um": [2], "weight": [1]},
    }
)


def made_up(
    side: Side,
    material: str,
    weights: dict[str, float],
    values: dict[str, Any],
    distributions: tuple[Distribution, ...] = (FINE,),
    **material_changes: Any,
) -> StoredDesign:
    """A design mix/fine; each value is one number, one for each seed, or such a row for each distribution."""
    additives = {"carbon": "carbon_black", "binder": "PTFE"}
    composition = Composition.model_validate(
        {"label": "mix", "weight_percent": weights, "eam": material, "se": "LPSCl", **additives}
    )
    eam = composition.eam.replace(**material_changes)
    composition = composition.replace(eam=eam)
    given = {
        "porosity_with_additives": 0.2,
        "tortuosity_geodesic_median": 1.5,
        "eam_wt_final": weights["eam"] / 100,
        **values,
    }
    shape = (1, len(distributions), max(np.atleast_1d(value).shape[-1] for value in given.values()))
    cells = {name: (DIMS, np.broadcast_to(np.asarray(value, float), shape)) for name, value in given.items()}
    known = {"eam_capacity": eam.capacity_mah_g, "eam_mean_voltage": eam.mean_voltage_v}
    cube = xr.Dataset(
        {**cells, "status": (DIMS, np.full(shape, STATUS["ok"], np.int8))},
        coords={
            "composition": np.array(["mix"], dtype=object),
            "distribution": np.array([one.label for one in distributions], dtype=object),
            "seed": np.arange(shape[2]),
            **{name: ("composition", [np.nan if value is None else value]) for name, value in known.items()},
        },
    )
    return StoredDesign(
        side=side,
        label="mix/fine",
        composition=composition,
        protocol=Protocol.model_validate(
            {"box": {"edge_um": 20, "areal_mass_mg_cm2": 10}, "press": {"pressure_mpa": 375, "stiffness_scale": 0.5}}
        ),
        distributions={one.label: one for one in distributions},
        cube=cube,
        provenance=Provenance(
            store="STORE",
            cube="default.default",
            cube_version="v000001",
            cube_source="ssbflow 0.1.0",
            cube_commit="unknown",
            physics_versions=(3,),
            case_ids=tuple(f"{seed:032x}" for seed in range(shape[2])),
        ),
    )


def cathode(**values: Any) -> StoredDesign:
    """15 mg/cm², 70 wt% of NCM811 (196 mAh/g, 3.8 V), 50 µm: 2.058 mAh/cm² if all of it is utilized."""
    given = {"areal_mass": 15.0, "height": 50.0, "utilization": 1.0, **values}
    return made_up("positive", "NCM811", {"eam": 70, "se": 28, "carbon": 1, "binder": 1}, given)


def anode(**values: Any) -> StoredDesign:
    """10 mg/cm², 60 wt% of graphite (360 mAh/g, 0.1 V), 80 µm: 2.16 mAh/cm² if all of it is utilized."""
    given = {"areal_mass": 10.0, "height": 80.0, "utilization": 1.0, **values}
    return made_up("negative", "graphite", {"eam": 60, "se": 39, "carbon": 1, "binder": 0}, given)

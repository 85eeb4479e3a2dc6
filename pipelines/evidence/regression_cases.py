"""Twelve small cases that between them go every way through packing, press and measures; half a second each.

Their materials stand here and not in the catalog: a better number there is no change of the physics.
"""

from collections.abc import Mapping
from typing import Any

from ssbflow.inputs.case import Case
from ssbflow.inputs.reading import sweep_from

Sizes = Mapping[str, Any]

DENSITY_AND_STIFFNESS = {
    "NCM": {"density_g_cm3": 4.7, "youngs_modulus_gpa": 195, "conductivity_electronic_s_m": 1},
    "LPSCl": {"density_g_cm3": 1.74, "youngs_modulus_gpa": 25, "conductivity_ionic_s_m": 0.16},
}
OTHERWISE = {"poisson_ratio": 0.3, "restitution": 0.7}
ADDITIVES = {"black": {"density_g_cm3": 2.0}, "glue": {"density_g_cm3": 2.15}}

NORMAL = {"kind": "normal", "basis": "number", "mean_um": 3, "std_um": 0.4}
LOGNORMAL = {"kind": "lognormal", "basis": "volume", "d50_um": 2, "d95_um": 3}
SKEW_NORMAL = {"kind": "skew_normal", "basis": "number", "location_um": 2.2, "scale_um": 0.9, "shape": 3}
GAMMA = {"kind": "gamma", "basis": "number", "shape": 12, "scale_um": 0.15}
WEIBULL = {"kind": "weibull", "basis": "number", "shape": 6, "scale_um": 3}
BIMODAL = {
    "kind": "bimodal",
    "basis": "volume",
    "large_fraction": 0.6,
    "small": {"kind": "normal", "mean_um": 2, "std_um": 0.2},
    "large": {"kind": "lognormal", "scale_um": 3.2, "sigma": 0.1},
}
TABULATED = {"kind": "tabulated", "basis": "number", "diameter_um": [1.6, 2.0, 2.4], "weight": [1, 2, 1]}
PERCENTILES = {"kind": "percentiles", "basis": "volume", "diameter_um": {10: 1.4, 50: 2, 90: 3}}
COARSE = {"kind": "tabulated", "basis": "number", "diameter_um": [4], "weight": [1]}
FINE = {"kind": "lognormal", "basis": "number", "d50_um": 1.0, "d95_um": 1.3}

HALVES = {"eam": 66, "se": 33, "carbon": 1}
RICH = {"eam": 78, "se": 19, "carbon": 2, "binder": 1}
BARE = {"eam": 66, "se": 34}
PURE = {"eam": 0, "se": 100}


def regression_cases() -> dict[str, Case]:
    """Return the cases by what they are."""
    body = {"drive": "body_force"}
    soft = {"stiffness_scale": 0.1}
    return {
        "platen": _case(1, NORMAL, LOGNORMAL, HALVES),
        "body force": _case(2, NORMAL, LOGNORMAL, RICH, **body),
        "platen, soft": _case(3, SKEW_NORMAL, GAMMA, RICH, **soft),
        "body force, soft": _case(4, WEIBULL, PERCENTILES, RICH, **body, **soft),
        "platen, no friction": _case(5, NORMAL, TABULATED, BARE, friction=0),
        "body force, no friction": _case(6, SKEW_NORMAL, GAMMA, BARE, friction=0, **body),
        "platen, rolling friction": _case(7, BIMODAL, LOGNORMAL, RICH, rolling_friction=0.1),
        "body force, soft, rolling friction": _case(8, WEIBULL, GAMMA, HALVES, rolling_friction=0.1, **body, **soft),
        "platen, released": _case(9, BIMODAL, PERCENTILES, RICH, release=True),
        "body force, soft, no friction, released": _case(
            10, NORMAL, TABULATED, HALVES, friction=0, release=True, **body, **soft
        ),
        "platen, pure electrolyte": _case(11, NORMAL, GAMMA, PURE, areal_mass=1.5),
        "platen, coarse in fine": _case(12, COARSE, FINE, HALVES, edge=6, areal_mass=1.2),
    }


def _case(
    seed: int,
    eam: Sizes,
    se: Sizes,
    weight_percent: Mapping[str, float],
    *,
    friction: float = 0.4,
    edge: float = 8,
    areal_mass: float = 3.2,
    release: bool = False,
    **press: Any,
) -> Case:
    particles = {name: {**given, **OTHERWISE, "friction": friction} for name, given in DENSITY_AND_STIFFNESS.items()}
    mixture = {"weight_percent": weight_percent, "eam": "NCM", "se": "LPSCl", "carbon": "black", "binder": "glue"}
    content = {
        "name": "regression",
        "materials": particles | ADDITIVES,
        "compositions": [{"label": "mixture", **mixture}],
        "distributions": [{"label": "sizes", "eam": eam, "se": se}],
        "seeds": [seed],
        "protocol": {
            "box": {"edge_um": edge, "areal_mass_mg_cm2": areal_mass, "eam_volume_tolerance": 0.03},
            "press": {"pressure_mpa": 375, "frames": 2, **press},
            "release": {"pressure_mpa": 5} if release else None,
        },
    }
    return next(sweep_from(content).cases())

"""The pressed electrode of a case as parameters of a PyBaMM model, by PyBaMM's names."""

import json
import math
from pathlib import Path

from ssbflow.errors import SelectionError
from ssbflow.inputs.composition import Composition
from ssbflow.packing.packing import Packing
from ssbflow.store.case_zip import read_packing
from ssbflow.store.layout import Store
from ssbflow.store.opening import open_cube
from ssbflow.views.exports import find_case

MEASURED = (
    "height",
    "porosity",
    "eam_vol_final",
    "utilization_separator",
    "active_interface_area",
    "conductivity_ionic_effective",
    "conductivity_electronic_effective",
)


def pybamm_parameters(store: str | Path, case_id: str, cube: str | None = None) -> dict[str, float]:
    """Return what a porous-electrode model has to know of a case's electrode, in SI units.

    The SE is PyBaMM's electrolyte: a conductor of lithium ions alone, whose volume fraction stands for the porosity.
    Its Bruggeman coefficient b is that of the measured conductivity, σ_eff = σ_SE · ε^b (Doyle et al., J. Electrochem.
    Soc. 140, 1526 (1993)); that of the electrode is 0, as its conductivity is the effective one already. Active is the
    EAM that touches SE connected to the top, where the separator lies; its radius is that of spheres with the same
    volume and surface, Σr³ / Σr². The surface area to volume ratio a is that of the contacts between EAM and SE, much
    less than the whole surface 3 ε / r that PyBaMM's models of spheres take: scale their exchange-current density by
    a r / (3 ε). What PyBaMM has to know of the materials beside (open-circuit potential, diffusivity, exchange current)
    is not in a cube.

    Parameters
    ----------
    store : path
    case_id : str
        Of a case that ended well.
    cube : str, optional
        Whose measures; the default cube if left out.

    Raises
    ------
    SelectionError
        No such case in the cube or in the sweeps, or one without a measure that is needed, as where nothing percolates.
    """
    layout = Store(Path(store))
    composition = find_case(layout, case_id).design.composition
    measured = _measured(store, case_id, cube)
    return _parameters(measured, composition, _radius_um(read_packing(layout.case_zip(case_id))))


def export_pybamm(store: str | Path, case_id: str, folder: str | Path) -> Path:
    """Write `pybamm_parameters` as ``pybamm.json``, which updates a ``pybamm.ParameterValues``.

    Raises
    ------
    SelectionError
        As `pybamm_parameters`.
    """
    parameters = pybamm_parameters(store, case_id)
    target = Path(folder) / "pybamm.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(parameters, indent=1) + "\n", encoding="utf-8")
    return target


def _measured(store: str | Path, case_id: str, cube: str | None) -> dict[str, float]:
    opened = open_cube(store, cube)
    mine = (opened["case_id"] == case_id).to_numpy()
    if not mine.any():
        raise SelectionError(f"no case {case_id!r} in the cube of {store}; take a case_id from it")
    measured = {name: opened[name].to_numpy()[mine].item() for name in MEASURED}
    missing = [name for name, value in measured.items() if not math.isfinite(value)]
    if missing:
        raise SelectionError(
            f"case {case_id} has no {' and no '.join(missing)}: it failed, its network does not span, or its materials "
            "have no conductivity; take another case"
        )
    return measured


def _radius_um(packing: Packing) -> float:
    radius = packing.radius_um[packing.is_eam & packing.inside]
    return float((radius**3).sum() / (radius**2).sum())


def _parameters(measured: dict[str, float], composition: Composition, radius_um: float) -> dict[str, float]:
    side = "Negative" if composition.eam.electrode == "negative" else "Positive"
    bulk = composition.se.conductivity_ionic_s_m
    assert bulk is not None  # or there were no effective one
    solid = 1 - measured["porosity"]
    se, active = solid * (1 - measured["eam_vol_final"]), solid * measured["eam_vol_final"]
    active *= measured["utilization_separator"]
    return {
        f"{side} electrode thickness [m]": 1e-6 * measured["height"],
        f"{side} electrode porosity": se,
        f"{side} electrode active material volume fraction": active,
        f"{side} particle radius [m]": 1e-6 * radius_um,
        f"{side} electrode surface area to volume ratio [m-1]": measured["active_interface_area"],
        f"{side} electrode Bruggeman coefficient (electrolyte)": math.log(
            measured["conductivity_ionic_effective"] / bulk, se
        ),
        f"{side} electrode conductivity [S.m-1]": measured["conductivity_electronic_effective"],
        f"{side} electrode Bruggeman coefficient (electrode)": 0.0,
        "Electrolyte conductivity [S.m-1]": bulk,
        "Cation transference number": 1.0,
    }

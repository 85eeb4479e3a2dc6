"""ssbflow: finds the solid-state battery electrode worth making.

Packs boxes of spheres, presses them with LAMMPS, measures the pressed structure, keeps everything in Zarr and xarray,
and ends in the recipe of a cell.
"""

import importlib
from typing import TYPE_CHECKING, Any

# At once, unlike the names below: the subpackage `press`, imported later, would take the function's place.
from ssbflow.press.press import press as press

if TYPE_CHECKING:
    __version__: str
    from ssbflow import plot as plot
    from ssbflow.accessor import open_cube as open_cube
    from ssbflow.design.calibration import calibrate as calibrate
    from ssbflow.design.card import Recipe as Recipe
    from ssbflow.design.cost import with_costs as with_costs
    from ssbflow.design.energy import polarization_mv as polarization_mv
    from ssbflow.design.energy import with_energies as with_energies
    from ssbflow.design.race import race as race
    from ssbflow.design.recipe import recipe as recipe
    from ssbflow.design.search import search as search
    from ssbflow.design.selection import best as best
    from ssbflow.design.sensitivity import sensitivity as sensitivity
    from ssbflow.design.target_loop import target_loop as target_loop
    from ssbflow.design.until import run_until as run_until
    from ssbflow.errors import SsbflowError as SsbflowError
    from ssbflow.flow.planning import plan as plan
    from ssbflow.flow.remeasure import remeasure as remeasure
    from ssbflow.flow.runner import delayed as delayed
    from ssbflow.flow.runner import run as run
    from ssbflow.flow.simulate import simulate as simulate
    from ssbflow.flow.status import status as status
    from ssbflow.inputs.analysis import Analysis as Analysis
    from ssbflow.inputs.case import Case as Case
    from ssbflow.inputs.case import Design as Design
    from ssbflow.inputs.case import Distribution as Distribution
    from ssbflow.inputs.catalog import load_materials as load_materials
    from ssbflow.inputs.cell import Cell as Cell
    from ssbflow.inputs.cell import load_cell as load_cell
    from ssbflow.inputs.composition import Composition as Composition
    from ssbflow.inputs.experiment import Experiment as Experiment
    from ssbflow.inputs.experiment import load_experiment as load_experiment
    from ssbflow.inputs.experiment import load_experiments as load_experiments
    from ssbflow.inputs.material import Material as Material
    from ssbflow.inputs.protocol import Protocol as Protocol
    from ssbflow.inputs.reading import load_sweep as load_sweep
    from ssbflow.inputs.search import Search as Search
    from ssbflow.inputs.search import load_search as load_search
    from ssbflow.inputs.sweep import Sweep as Sweep
    from ssbflow.packing.grid_fill import pack as pack
    from ssbflow.packing.packing import Packing as Packing
    from ssbflow.store.opening import open_case as open_case
    from ssbflow.store.ragged import open_cases as open_cases
    from ssbflow.structure.contact_search import contact_graph as contact_graph
    from ssbflow.structure.geodesic import shortest_path as shortest_path
    from ssbflow.structure.measures import measure as measure
    from ssbflow.structure.porosity import depth_profile as depth_profile
    from ssbflow.structure.transport import currents as currents
    from ssbflow.structure.voxels import voxels as voxels
    from ssbflow.views.pybamm_file import pybamm_parameters as pybamm_parameters
    from ssbflow.views.report.writing import report as report

_HOME = {
    "press": "press.press",
    "open_cube": "accessor",  # as in store.opening; a cube that is opened so has ds.ssb
    "Recipe": "design.card",
    "calibrate": "design.calibration",
    "best": "design.selection",
    "race": "design.race",
    "sensitivity": "design.sensitivity",
    "run_until": "design.until",
    "search": "design.search",
    "target_loop": "design.target_loop",
    "polarization_mv": "design.energy",
    "with_energies": "design.energy",
    "with_costs": "design.cost",
    "recipe": "design.recipe",
    "SsbflowError": "errors",
    "plan": "flow.planning",
    "remeasure": "flow.remeasure",
    "delayed": "flow.runner",
    "run": "flow.runner",
    "simulate": "flow.simulate",
    "status": "flow.status",
    "Analysis": "inputs.analysis",
    "Case": "inputs.case",
    "Design": "inputs.case",
    "Distribution": "inputs.case",
    "Cell": "inputs.cell",
    "load_cell": "inputs.cell",
    "Composition": "inputs.composition",
    "Experiment": "inputs.experiment",
    "Material": "inputs.material",
    "Protocol": "inputs.protocol",
    "load_experiment": "inputs.experiment",
    "load_experiments": "inputs.experiment",
    "load_materials": "inputs.catalog",
    "load_search": "inputs.search",
    "Search": "inputs.search",
    "load_sweep": "inputs.reading",
    "Sweep": "inputs.sweep",
    "pack": "packing.grid_fill",
    "Packing": "packing.packing",
    "open_case": "store.opening",
    "open_cases": "store.ragged",
    "contact_graph": "structure.contact_search",
    "shortest_path": "structure.geodesic",
    "measure": "structure.measures",
    "depth_profile": "structure.porosity",
    "currents": "structure.transport",
    "voxels": "structure.voxels",
    "pybamm_parameters": "views.pybamm_file",
    "report": "views.report.writing",
}

_NAMES = (*_HOME, "plot")  # the last is a module
__all__ = list(_NAMES)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: xarray, dask and distributed wait until somebody wants them."""
    if name == "plot":
        return importlib.import_module("ssbflow.plot")
    if name == "__version__":
        return importlib.import_module("ssbflow.store.source").ssbflow_version()
    if name not in _HOME:
        raise AttributeError(f"module 'ssbflow' has no attribute {name!r}")
    return getattr(importlib.import_module(f"ssbflow.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)

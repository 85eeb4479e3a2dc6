import json
import subprocess
from pathlib import Path

import pytest

import ssbflow
from evidence.environments import install, new_environment
from ssbflow.errors import SelectionError
from ssbflow.inputs.case import Case
from ssbflow.views.pybamm_file import export_pybamm

pytestmark = pytest.mark.lammps

SOLVING = """
import json, sys, warnings
import numpy as np
import pybamm

values = pybamm.ParameterValues("Chen2020")
given = json.load(open(sys.argv[1]))
values.update(given, check_already_exists=False)
model = pybamm.lithium_ion.DFN()
values["Current function [A]"] = 0.1
solution = pybamm.Simulation(model, parameter_values=values).solve([0, 600])
voltage = solution["Voltage [V]"].entries
efficiency = solution["Positive electrolyte transport efficiency"].entries
print(json.dumps({"first": voltage[0], "last": voltage[-1], "least": efficiency.min(), "most": efficiency.max()}))
"""


@pytest.fixture(scope="module")
def pressed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case]:
    """A store with a case whose networks span; tinier boxes conduct nothing."""
    sweep = ssbflow.load_sweep("quickstart")
    small = sweep.replace(compositions=sweep.compositions[1:2], distributions=sweep.distributions[:1], seeds=(1,))
    store = tmp_path_factory.mktemp("pressed") / "store"
    assert ssbflow.run(small, store).failed == 0
    return store, next(small.cases())


def measured(pressed: tuple[Path, Case], name: str) -> float:
    return float(ssbflow.open_cube(pressed[0])[name].to_numpy().item())


def test_parameters_have_the_measured_conductivity_and_interface(pressed: tuple[Path, Case]) -> None:
    store, case = pressed
    told = ssbflow.pybamm_parameters(store, case.case_id)
    bulk, se = told["Electrolyte conductivity [S.m-1]"], told["Positive electrode porosity"]
    assert bulk == case.design.composition.se.conductivity_ionic_s_m
    exponent = told["Positive electrode Bruggeman coefficient (electrolyte)"]
    assert bulk * se**exponent == pytest.approx(measured(pressed, "conductivity_ionic_effective"))
    active = told["Positive electrode active material volume fraction"]
    # distributed about a D50 of 4 µm
    assert 2e-6 < told["Positive particle radius [m]"] < 2.6e-6
    whole_surface = 3 * active / told["Positive particle radius [m]"]
    assert 0 < told["Positive electrode surface area to volume ratio [m-1]"] < whole_surface
    assert se + active <= 1 - measured(pressed, "porosity") + 1e-12
    assert told["Positive electrode thickness [m]"] == pytest.approx(1e-6 * measured(pressed, "height"))


def test_a_case_that_conducts_nothing_is_told(tiny_store: Path, tiny_case: Case, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"has no .*conductivity_.*_effective: it failed, its network"):
        export_pybamm(tiny_store, tiny_case.case_id, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_case_that_no_sweep_asked_for_is_told(tiny_store: Path) -> None:
    with pytest.raises(SelectionError, match="no sweep of"):
        ssbflow.pybamm_parameters(tiny_store, "nobody")


@pytest.mark.external
def test_pybamm_takes_them_and_solves_a_discharge(pressed: tuple[Path, Case], tmp_path: Path) -> None:
    store, case = pressed
    file = export_pybamm(store, case.case_id, tmp_path)
    programs = new_environment(tmp_path / "venv")
    install(programs, "pybamm")
    solved = subprocess.run([programs / "python", "-c", SOLVING, str(file)], check=True, capture_output=True, text=True)
    told = json.loads(solved.stdout.splitlines()[-1])
    assert 2.5 < told["last"] < told["first"] < 4.4
    bulk = case.design.composition.se.conductivity_ionic_s_m
    assert bulk is not None
    relative = measured(pressed, "conductivity_ionic_effective") / bulk
    assert (told["least"], told["most"]) == pytest.approx((relative, relative), rel=1e-6)

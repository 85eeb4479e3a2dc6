"""No phase of a pressed packing conducts better than its volume fraction allows."""

import numpy as np
import pytest

import ssbflow
from evidence.bounds import PHASES, SWEEPS, of_unit_conductivity, upper_bound
from ssbflow.flow.simulate import measure_case, pack_case, press_case
from ssbflow.inputs.case import Case

pytestmark = pytest.mark.lammps

BOX = {"edge_um": 13, "areal_mass_mg_cm2": 3}
PACKINGS = [
    ("0-100", "platen", 1.0),  # of minnmann: a pellet of SE, which comes nearest to the bound
    ("0-100", "body_force", 0.1),
    ("70-30", "platen", 0.1),  # a cathode, both phases
]


def small_case(composition: str, drive: str, stiffness_scale: float) -> Case:
    given = of_unit_conductivity(ssbflow.load_sweep(SWEEPS / "minnmann.yaml"))
    protocol = given.protocol
    press = protocol.press.replace(drive=drive, stiffness_scale=stiffness_scale)
    chosen = [each for each in given.compositions if each.label == f"{composition}_unit"]
    small = protocol.replace(box=protocol.box.replace(**BOX), press=press)
    return next(given.replace(compositions=chosen, protocol=small, seeds=[1]).cases())


@pytest.mark.parametrize(("composition", "drive", "stiffness_scale"), PACKINGS)
def test_no_phase_conducts_better_than_the_bound_of_hashin_and_shtrikman(
    composition: str, drive: str, stiffness_scale: float
) -> None:
    case = small_case(composition, drive, stiffness_scale)
    pressed = press_case(case, pack_case(case))
    values = measure_case(case, pressed.packing, pressed.contacts, None, ssbflow.Analysis())
    conducted = np.array([values[f"conductivity_{quantity}_effective"] for quantity in PHASES])
    fraction = np.array([values[f"tortuosity_factor_{quantity}"] for quantity in PHASES]) * conducted
    spanning = np.isfinite(conducted)
    assert spanning.any()
    assert (conducted <= upper_bound(fraction))[spanning].all()
    assert ((fraction > 0) & (fraction < 1))[spanning].all()

"""The way of one case, in this process: pack, press, measure."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.inputs.material import Material
from ssbflow.packing.grid_fill import pack
from ssbflow.packing.packing import Packing
from ssbflow.press.press import press
from ssbflow.press.pressed import Contacts, Pressed
from ssbflow.structure.measures import measure
from ssbflow.structure.released import measure_released


@dataclass(frozen=True, eq=False)
class Simulated:
    """A case from loose box to numbers.

    Parameters
    ----------
    loose : Packing
    pressed : Pressed
    values : dict
        Cube variable → value.
    """

    loose: Packing
    pressed: Pressed
    values: dict[str, float]


def case_seeds(case: Case) -> tuple[np.random.SeedSequence, np.random.SeedSequence]:
    """Return the seeds of packing and of the drawn paths; all randomness of a case flows from its one seed."""
    packing, paths = np.random.SeedSequence(case.seed).spawn(2)
    return packing, paths


def pack_case(case: Case) -> Packing:
    """Return the loose packing of a case.

    Raises
    ------
    PackingError
        No fill met the tolerance.
    """
    return pack(case.design, np.random.default_rng(case_seeds(case)[0]))


def press_case(case: Case, loose: Packing, folder: Path | None = None) -> Pressed:
    """Press a case's loose packing, in a folder that a later attempt can go on in, or in a temporary one.

    Raises
    ------
    PressError
        LAMMPS failed or did not come to rest.
    """
    return press(loose, case_materials(case), case.design.protocol, case.design.composition, folder=folder)


def case_materials(case: Case) -> dict[str, Material]:
    """Return the material of each species."""
    return case.design.materials


def measure_case(
    case: Case, packing: Packing, contacts: Contacts | None, released: Packing | None, analysis: Analysis
) -> dict[str, float]:
    """Return the measures of a case's pressed packing, and of the unloaded one where there is one.

    Without contacts there are no forces.
    """
    values = measure(packing, analysis, case.design.composition, contacts=contacts, seed=case_seeds(case)[1])
    return values | (measure_released(released) if released else {})


def simulate(case: Case, analysis: Analysis | None = None) -> Simulated:
    """Simulate one case in this process, without a store.

    Parameters
    ----------
    case : Case
    analysis : Analysis, optional
        The defaults if left out.

    Raises
    ------
    SsbflowError
        Whatever stage failed says why.
    """
    loose = pack_case(case)
    pressed = press_case(case, loose)
    values = pressed.values() | measure_case(
        case, pressed.packing, pressed.contacts, pressed.released, analysis or Analysis()
    )
    return Simulated(loose, pressed, values)

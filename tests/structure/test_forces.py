import math

import numpy as np
import pytest

from ssbflow.flow.simulate import pack_case, press_case
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.press.pressed import Contacts
from ssbflow.structure import forces
from ssbflow.structure.sample import Sample


def measure(packing: Packing, contacts: Contacts | None) -> dict[str, float]:
    return forces.measure(Sample(packing, Analysis(), None, np.random.default_rng(0), contacts))


def column_contacts(force_nn: list[float]) -> Contacts:
    """Of spheres of radius 0.55 whose centres are 1 apart, each with the next."""
    first = np.arange(len(force_nn))
    return Contacts(first, first + 1, np.full(len(force_nn), 0.1), np.array(force_nn))


def column(species: list[str], height_um: float | None = None) -> Packing:
    position = [[5, 5, 0.5 + index] for index in range(len(species))]
    return Packing(position, [0.55] * len(species), species, (10.0, 10.0), height_um)


def test_column_bears_its_force_over_the_section_along_its_branches() -> None:
    # 3 branches of length 1 in a height of 4: 200 nN on 100 um2 are 2 kPa
    values = measure(column(["se", "eam", "se", "se"], 4.0), column_contacts([200.0, 200.0, 200.0]))
    assert values["stress_eam"] == pytest.approx(2e-3 * 1.0 / 4)
    assert values["stress_se"] == pytest.approx(2e-3 * 2.0 / 4)
    assert (values["contact_force_mean"], values["contact_force_variation"]) == (200, 0)


def test_force_variation_is_deviation_over_mean_of_those_that_press() -> None:
    values = measure(column(["se"] * 4, 4.0), column_contacts([100.0, 300.0, 0.0]))
    assert values["contact_force_mean"] == 200
    assert values["contact_force_variation"] == pytest.approx(0.5)


def test_contacts_of_particles_above_the_height_do_not_count() -> None:
    values = measure(column(["se"] * 4, 3.0), column_contacts([100.0, 100.0, 900.0]))
    assert values["contact_force_mean"] == 100


def test_contacts_across_the_box_bear_no_vertical_stress() -> None:
    packing = Packing([[4, 5, 1], [5, 5, 1]], [0.55, 0.55], ["se", "eam"], (10.0, 10.0))
    values = measure(packing, column_contacts([50.0]))
    assert values["stress_se"] == values["stress_eam"] == 0


def test_without_contacts_there_is_nothing_and_without_forces_no_number() -> None:
    assert measure(column(["se", "se"]), None) == {}
    values = measure(column(["se", "se"]), column_contacts([0.0]))
    assert len(values) == len(forces.VARIABLES)
    assert all(math.isnan(value) for value in values.values())


@pytest.mark.lammps
def test_both_species_together_bear_nearly_the_pressure_of_a_press(tiny_case: Case) -> None:
    pressed = press_case(tiny_case, pack_case(tiny_case))
    values = measure(pressed.packing, pressed.contacts)
    # friction, and the half layers at floor and platen, are left out
    share = (values["stress_eam"] + values["stress_se"]) / 375
    print(f"normal forces between particles bear {share:.3f} of the pressure")
    assert 0.7 < share < 1
    assert 0.5 < values["contact_force_variation"] < 2

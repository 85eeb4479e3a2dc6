"""The recipe of one electrode, of designs with round numbers."""

import numpy as np
import pytest
from made_up_designs import FINE, cathode, made_up

from ssbflow.design.constraints import parse_condition
from ssbflow.design.electrode import Amount, electrode
from ssbflow.design.stored_design import StoredDesign
from ssbflow.errors import SelectionError

SIZES_UM = {"fine": 2, "finer": 1, "coarse": 3, "coarsest": 4}


def of_four_powders(porosity: list[float]) -> StoredDesign:
    """A cathode mix/fine whose store has four powders of SE, with these porosities."""
    pairs = tuple(
        FINE.replace(label=name, se={"kind": "tabulated", "basis": "number", "diameter_um": [size], "weight": [1]})
        for name, size in SIZES_UM.items()
    )
    values = {"areal_mass": 15.0, "height": 50.0, "utilization": 1.0}
    values |= {"porosity": np.array(porosity)[:, np.newaxis], "porosity_with_additives": 0.1}
    return made_up("positive", "NCM811", {"eam": 70, "se": 28, "carbon": 1, "binder": 1}, values, pairs)


def test_masses_of_a_cell_and_of_a_batch() -> None:
    """15 mg/cm² x 0.785 cm²: 11.775 mg, of which 70 % NCM811 = 8.2425 mg; twenty of them 164.85 mg."""
    made = electrode(cathode(), Amount(electrode_area_cm2=0.785, cells=20), None)
    assert made.mg_per_cell == pytest.approx(11.775)
    assert made.powders[0].mg_per_cell == pytest.approx(8.2425)
    assert made.powders[0].mg_per_batch == pytest.approx(164.85)
    assert made.mg_per_batch == pytest.approx(235.5)


def test_capacity_of_utilized_and_of_all_material() -> None:
    """15 mg x 0.7 x 196 mAh/g = 2.058 mAh per cm²; three quarters of it are utilized."""
    made = electrode(cathode(utilization=0.75), Amount(1, 1), None)
    assert made.areal_capacity_full_mah_cm2 == pytest.approx(2.058)
    assert made.areal_capacity_mah_cm2.mean == pytest.approx(1.5435)


def test_released_thickness_is_told_where_it_is_known() -> None:
    assert electrode(cathode(), Amount(1, 1), None).thickness_released_um is None
    assert electrode(cathode(height_released=np.nan), Amount(1, 1), None).thickness_released_um is None
    released = electrode(cathode(height_released=[51.0, 53.0]), Amount(1, 1), None, scaled_by=2).thickness_released_um
    assert released
    assert released.mean == pytest.approx(104)


def test_powders_may_differ_as_far_as_the_store_stays_feasible() -> None:
    design = of_four_powders([0.2, 0.1, 0.24, 0.3])
    eam, se, *_ = electrode(design, Amount(1, 1), parse_condition("porosity < 0.25")).powders
    assert eam.tolerance
    assert se.tolerance
    assert eam.tolerance.neighbours == 0
    assert se.tolerance.d50_um == (1, 3)
    assert (se.tolerance.fulfilling, se.tolerance.failing) == (("finer", "coarse"), ("coarsest",))


def test_energies_may_be_asked_for_in_the_condition() -> None:
    made = electrode(of_four_powders([0.2] * 4), Amount(1, 1), parse_condition("specific_energy > 500"))
    assert made.powders[1].tolerance
    assert made.powders[1].tolerance.d50_um == (1, 4)


def test_design_that_misses_the_condition_is_refused() -> None:
    with pytest.raises(
        SelectionError, match=r"mix/fine does not fulfil .*, misses 'porosity < 0\.15' by 0\.05; loosen"
    ):
        electrode(of_four_powders([0.2, 0.1, 0.1, 0.1]), Amount(1, 1), parse_condition("porosity < 0.15"))
    with pytest.raises(SelectionError, match="'eam_d50' is not defined; the cube has"):
        electrode(of_four_powders([0.2] * 4), Amount(1, 1), parse_condition("eam_d50 > 2"))

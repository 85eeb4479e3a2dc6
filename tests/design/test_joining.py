"""Two electrodes joined to a cell, against calculations by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_designs import anode, cathode, made_up

from ssbflow.design.card import Electrode
from ssbflow.design.cautions import doubts
from ssbflow.design.cell_part import cell_part, energies_of
from ssbflow.design.electrode import Amount, electrode
from ssbflow.design.joining import check_n_p_ratio, joined_cell, scale_of
from ssbflow.errors import InputError, SelectionError
from ssbflow.inputs.cell import counter_of, load_cell

ONE = Amount(electrode_area_cm2=1, cells=1)


def joined(n_p_ratio: float = 1.1, utilization: float = 1.0) -> Electrode:
    """The made-up anode beside the made-up cathode."""
    opposite = anode(utilization=utilization)
    cell = joined_cell(None, opposite, n_p_ratio)
    return electrode(opposite, ONE, None, scaled_by=scale_of(cathode(), opposite, cell))


def test_anode_is_made_for_the_capacity_of_the_cathode() -> None:
    """1.1 x 2.058 = 2.2638 mAh/cm² wanted, 2.16 x 0.9 = 1.944 simulated: scaled by 1.16451, to 11.6451 mg/cm² and
    93.161 µm; porosity and utilization stay."""
    made = joined(utilization=0.9)
    assert made.scaled_by == pytest.approx(2.2638 / 1.944)
    assert made.areal_mass_mg_cm2 == pytest.approx(11.6451, rel=1e-5)
    assert made.thickness_um.mean == pytest.approx(93.161, rel=1e-5)
    assert made.areal_capacity_mah_cm2.mean == pytest.approx(2.2638)
    assert made.areal_capacity_full_mah_cm2 == pytest.approx(2.2638 / 0.9)
    assert (made.porosity.mean, made.utilization.mean) == pytest.approx((0.2, 0.9))


def test_counter_is_the_whole_composite() -> None:
    """2.16 mAh in 10 mg are 216 mAh/g; 10 mg on 1 cm² x 80 µm = 0.008 cm³ are 1.25 g/cm³."""
    counter = counter_of(joined_cell(None, anode(), 1.2))
    assert counter.capacity_mah_g == pytest.approx(216)
    assert counter.density_g_cm3 == pytest.approx(1.25)
    assert (counter.mean_voltage_v, counter.n_p_ratio) == (0.1, 1.2)


def test_stack_and_cell_by_hand() -> None:
    """Per cm²: 15 mg of cathode, 10 x 2.2638 / 2.16 = 10.4806 mg (83.844 µm) of anode, 30 µm x 1.64 = 4.92 mg of SE,
    half of 3.24 mg (12 µm) aluminium, half of 7.9 mg (10 µm) steel: 35.9706 mg; 50 + 83.844 + 30 + 6 + 5 = 174.844 µm.
    2.058 mAh x (3.8 - 0.1) V = 7.6146 mWh: 211.690 Wh/kg and 435.507 Wh/L; a tenth less with the casing."""
    cell = joined_cell(None, anode(), 1.1)
    alone, stack, whole = energies_of(cathode(), cell)
    assert alone.specific_energy_wh_kg.mean == pytest.approx(2.058 * 3.8 / 15e-3)
    assert stack.areal_energy_mwh_cm2.mean == pytest.approx(7.6146)
    assert stack.specific_energy_wh_kg.mean == pytest.approx(211.690, rel=1e-5)
    assert stack.energy_density_wh_l.mean == pytest.approx(435.507, rel=1e-5)
    assert whole.specific_energy_wh_kg.mean == pytest.approx(0.9 * 211.690, rel=1e-5)
    part = cell_part(cell, electrode(cathode(), ONE, None), joined(), ONE)
    assert part.stack_areal_mass_mg_cm2 == pytest.approx(35.9706, rel=1e-5)
    assert part.stack_thickness_um == pytest.approx(174.844, rel=1e-5)
    assert part.mean_voltage_v == pytest.approx(3.7)


def test_given_negative_electrode_is_a_layer() -> None:
    """1.5 x 2.058 mAh of lithium, 3861 mAh/g: 0.79953 mg, at 0.534 g/cm³ 14.973 µm."""
    part = cell_part(load_cell("lithium_metal"), electrode(cathode(), ONE, None), None, ONE)
    lithium = {layer.name: layer for layer in part.layers}["negative electrode"]
    assert lithium.areal_mass_mg_cm2 == pytest.approx(0.79953, rel=1e-4)
    assert lithium.thickness_um == pytest.approx(14.973, rel=1e-4)
    stack = energies_of(cathode(), load_cell("lithium_metal"))[1]
    assert part.stack_areal_mass_mg_cm2
    assert stack.specific_energy_wh_kg.mean == pytest.approx(1000 * 2.058 * 3.8 / part.stack_areal_mass_mg_cm2)


@given(ratio=st.floats(1, 4), gives=st.floats(0.3, 1), takes=st.floats(0.05, 1), mass=st.floats(1, 40))
@settings(max_examples=5, deadline=None)
def test_the_written_capacities_have_the_ratio_that_was_asked_for(
    ratio: float, gives: float, takes: float, mass: float
) -> None:
    positive, negative = cathode(utilization=gives), anode(utilization=takes, areal_mass=mass)
    cell = joined_cell(None, negative, ratio)
    made = electrode(positive, ONE, None)
    opposite = electrode(negative, ONE, None, scaled_by=scale_of(positive, negative, cell))
    assert made.areal_capacity_mah_cm2.mean
    assert opposite.areal_capacity_mah_cm2.mean == pytest.approx(ratio * made.areal_capacity_mah_cm2.mean)
    part = cell_part(cell, made, opposite, ONE)
    stack = energies_of(positive, cell)[1]
    assert stack.areal_energy_mwh_cm2.mean
    assert part.stack_areal_mass_mg_cm2
    assert stack.specific_energy_wh_kg.mean == pytest.approx(
        1000 * stack.areal_energy_mwh_cm2.mean / part.stack_areal_mass_mg_cm2
    )


@pytest.mark.parametrize("ratio", [0.99, 0, -1, np.nan, np.inf])
def test_a_ratio_that_plates_lithium_is_refused(ratio: float) -> None:
    with pytest.raises(InputError, match=f"N/P ratio must be 1 or more; got {ratio:g}: .*lithium would be plated"):
        check_n_p_ratio(ratio)


def test_electrodes_without_a_capacity_are_not_joined() -> None:
    weights = {"eam": 60.0, "se": 39.0, "carbon": 1.0, "binder": 0.0}
    values = {"areal_mass": 10.0, "height": 80.0, "utilization": 1.0}
    with pytest.raises(SelectionError, match="graphite, the EAM of mix/fine, has no capacity_mah_g to join by"):
        joined_cell(None, made_up("negative", "graphite", weights, values, capacity_mah_g=None), 1.1)
    with pytest.raises(SelectionError, match="graphite has no mean_voltage_v"):
        joined_cell(None, made_up("negative", "graphite", weights, values, mean_voltage_v=None), 1.1)
    with pytest.raises(SelectionError, match="mix/fine utilizes none of its EAM"):
        joined_cell(None, anode(utilization=0), 1.1)


def test_an_anode_above_the_cathode_is_refused() -> None:
    weights = {"eam": 60.0, "se": 39.0, "carbon": 1.0, "binder": 0.0}
    values = {"areal_mass": 10.0, "height": 80.0, "utilization": 1.0}
    high = made_up("negative", "graphite", weights, values, mean_voltage_v=3.9)
    with pytest.raises(InputError, match=r"3\.9 V is not below the positive one's 3\.8 V"):
        energies_of(cathode(), joined_cell(None, high, 1.1))


def doubted(positive: Electrode, negative: Electrode) -> str:
    return " | ".join(doubts([positive, negative], [cathode(), anode()]))


def test_doubts_are_told() -> None:
    seeds = {"utilization": [1.0, 1.0, 1.0]}
    sure = electrode(cathode(**seeds), ONE, None), electrode(anode(**seeds), ONE, None, scaled_by=1.1)
    assert doubted(*sure) == ""
    positive, negative = sure
    assert "rests on 1 seed(s)" in doubted(electrode(cathode(), ONE, None), negative)
    for scale in (0.49, 2.1):
        thin = electrode(anode(**seeds), ONE, None, scaled_by=scale)
        assert f"simulated with 10 mg/cm², scaled to {10 * scale:.3g}" in doubted(positive, thin)
    flat = electrode(anode(utilization=seeds["utilization"], height=11.9), ONE, None)
    assert "is 11.9 µm thick, and its largest particles 4 µm" in doubted(positive, flat)
    assert "at 375 and 300 MPa" in doubted(positive, negative.model_copy(update={"pressure_mpa": 300.0}))
    assert "ssbflow calibrate" in doubted(positive, negative.model_copy(update={"stiffness_scale": 1.0}))
    wasteful = electrode(cathode(utilization=[0.5, 0.5, 0.5]), ONE, None)
    small = electrode(anode(**seeds), ONE, None, scaled_by=0.6)
    assert "gives up to 2.06 mAh/cm² and the negative electrode takes 1.3" in doubted(wasteful, small)

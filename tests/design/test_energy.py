"""Energies against calculations by hand."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ssbflow.design.energy import polarization_mv, with_energies
from ssbflow.errors import InputError
from ssbflow.inputs.cell import load_cell
from ssbflow.store.cube import DIMS


def cube(**changes: float) -> xr.Dataset:
    """One case: 15 mg/cm² with 71.5 wt% of NCM811 (196 mAh/g, 3.8 V), all utilized, 50 µm thick."""
    given = {"areal_mass": 15.0, "eam_wt_final": 0.715, "height": 50.0, "utilization": 1.0, **changes}
    given |= {"conductivity_ionic_effective": 0.05, "conductivity_electronic_effective": 0.1, **changes}
    coordinates = {"eam_capacity": given.pop("eam_capacity", 196.0), "eam_mean_voltage": given.pop("voltage", 3.8)}
    return xr.Dataset(
        {name: (DIMS, np.full((1, 1, 1), value)) for name, value in given.items()},
        coords={name: ("composition", [value]) for name, value in coordinates.items()},
    )


def numbers(dataset: xr.Dataset) -> dict[str, float]:
    return {
        name: dataset[name].item() for name in ("areal_capacity", "areal_energy", "specific_energy", "energy_density")
    }


def test_electrode_of_the_published_loading() -> None:
    """15 mg/cm² is about 2.1 mAh/cm²; 2.1021 mAh x 3.8 V over 15 mg, and over 50 µm x 1 cm² = 0.005 cm³."""
    assert numbers(with_energies(cube())) == pytest.approx(
        {"areal_capacity": 2.1021, "areal_energy": 7.98798, "specific_energy": 532.532, "energy_density": 1597.596}
    )


def test_only_utilized_material_counts() -> None:
    full, half = (numbers(with_energies(cube(utilization=share))) for share in (1.0, 0.5))
    assert half == pytest.approx({name: value / 2 for name, value in full.items()})


def test_stack_with_lithium() -> None:
    """Per cm²: lithium 1.5 x 2.1021 / 3861 g = 0.81667 mg (15.294 µm); separator 30 µm x 1.64 = 4.92 mg;
    half of 12 µm aluminium 1.62 mg; half of 8 µm copper 3.584 mg: 25.941 mg and 105.294 µm with the electrode."""
    found = numbers(with_energies(cube(), load_cell("lithium_metal"), "stack"))
    assert found["specific_energy"] == pytest.approx(7.98798e3 / 25.94067, rel=1e-5)
    assert found["energy_density"] == pytest.approx(7.98798e4 / 105.2935, rel=1e-5)


def test_casing_takes_its_part_of_the_cell() -> None:
    stack, whole = (with_energies(cube(), load_cell("lithium_metal"), level) for level in ("stack", None))
    assert numbers(whole)["specific_energy"] == pytest.approx(0.9 * numbers(stack)["specific_energy"])
    assert numbers(whole)["energy_density"] == pytest.approx(0.9 * numbers(stack)["energy_density"])
    assert whole["specific_energy"].attrs["level"] == "cell"
    assert whole["specific_energy"].attrs["cell"] == "lithium_metal"


def test_counter_electrode_takes_its_voltage() -> None:
    found = with_energies(cube(), load_cell("indium_lithium_test"))
    assert found["areal_energy"].item() == pytest.approx(2.1021 * (3.8 - 0.62))


def test_material_without_capacity_has_no_energy() -> None:
    assert np.isnan(with_energies(cube(eam_capacity=np.nan))["specific_energy"].item())


def test_polarization_by_hand() -> None:
    """2 mA/cm² = 20 A/m² through 50 µm: a third of 20 x 5e-5 x (1/0.05 + 1/0.1) V = 10 mV."""
    assert polarization_mv(cube(), 2).item() == pytest.approx(10)
    assert np.isinf(polarization_mv(cube(conductivity_ionic_effective=0), 2).item())


@pytest.mark.parametrize("current", [0, -1, np.nan, np.inf])
def test_current_that_is_none_is_refused(current: float) -> None:
    with pytest.raises(InputError, match="current_ma_cm2 must be above 0"):
        polarization_mv(cube(), current)


def test_what_cannot_be_computed_is_refused() -> None:
    with pytest.raises(InputError, match="stack needs a cell"):
        with_energies(cube(), level="stack")
    with pytest.raises(InputError, match="'pack' is none; give one of electrode, stack, cell"):
        with_energies(cube(), level="pack")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"0\.62 V is not below the positive one's 0\.1 V"):
        with_energies(cube(voltage=0.1), load_cell("indium_lithium_test"))
    with pytest.raises(InputError, match="has no eam_capacity; publish it again"):
        with_energies(cube().drop_vars("eam_capacity"))


def test_cell_for_a_simulated_anode_has_no_energy_without_one() -> None:
    cell = load_cell("composite_anode")
    with pytest.raises(InputError, match="composite_anode leaves its negative electrode to a simulated one; join one"):
        with_energies(cube(), cell)
    assert np.isfinite(with_energies(cube(), cell, "electrode")["specific_energy"].item())


def test_unknown_cell_names_those_there_are() -> None:
    with pytest.raises(
        InputError, match="'pouch' is no known cell; there are lithium_metal, indium_lithium_test, comp"
    ):
        load_cell("pouch")


def test_cell_of_a_file_is_validated(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine: {separator: {thickness_um: -1, density_g_cm3: 2, source: me}}")
    with pytest.raises(InputError, match=r"separator\.thickness_um"):
        load_cell(path)

"""Costs against calculations by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from test_energy import cube

import ssbflow
from ssbflow.design.cost import with_costs
from ssbflow.design.derived import completed
from ssbflow.errors import InputError
from ssbflow.inputs.cell import Cell, load_cell

PER_KG = {
    "NCM811": 30.0, "LPSCl": 100.0, "carbon": 10.0, "separator": 50.0, "collector_positive": 5.0,
    "collector_negative": 10.0, "counter": 100.0,
}  # fmt: skip


def priced(**changes: Any) -> Cell:
    prices = {"currency": "EUR", "per_kg": PER_KG, "source": "by hand", **changes}
    return load_cell("lithium_metal").replace(prices=prices)


def mixed(utilization: float = 1.0) -> xr.Dataset:
    """15 mg/cm² of 71.5 wt% NCM811, 26.5 LPSCl, 2 carbon."""
    weights = {"eam_wt": 0.715, "se_wt": 0.265, "carbon_wt": 0.02, "binder_wt": 0.0}
    materials = {"eam_material": "NCM811", "se_material": "LPSCl"}
    coordinates = {name: ("composition", [value]) for name, value in {**weights, **materials}.items()}
    return cube(utilization=utilization).assign_coords(coordinates)


ELECTRODE_M2 = 0.15 * (0.715 * 30 + 0.265 * 100 + 0.02 * 10)  # 0.15 kg/m²
BESIDE_M2 = 0.0492 * 50 + 0.0162 * 5 + 0.03584 * 10 + 0.0081667 * 100  # the masses of test_stack_with_lithium


def test_electrode_alone() -> None:
    found = with_costs(mixed(), priced(), "electrode")
    assert found["areal_cost"].item() == pytest.approx(ELECTRODE_M2)
    assert found["energy_cost"].item() == pytest.approx(ELECTRODE_M2 / 0.0798798)  # 7.98798 mWh/cm²
    assert (found["areal_cost"].units, found["energy_cost"].units) == ("EUR m-2", "EUR kWh-1")


def test_what_stands_beside_is_paid_too() -> None:
    found = with_costs(mixed(), priced())
    assert found["areal_cost"].item() == pytest.approx(ELECTRODE_M2 + BESIDE_M2, rel=1e-5)
    assert found["energy_cost"].attrs["level"] == "cell"


def test_what_is_not_utilized_is_paid_all_the_same() -> None:
    full, half, none = (with_costs(mixed(share), priced(), "electrode") for share in (1.0, 0.5, 0.0))
    assert half["areal_cost"].item() == full["areal_cost"].item()
    assert half["energy_cost"].item() == pytest.approx(2 * full["energy_cost"].item())
    assert np.isinf(none["energy_cost"].item())


def test_objectives_know_costs_where_prices_are_given() -> None:
    assert "energy_cost" in completed(mixed(), priced())
    assert "energy_cost" not in completed(mixed(), load_cell("lithium_metal"))


def test_a_price_that_is_missing_is_named() -> None:
    with pytest.raises(InputError, match=r"cell lithium_metal has no prices: add prices"):
        with_costs(mixed(), load_cell("lithium_metal"))
    some = {name: price for name, price in PER_KG.items() if name != "LPSCl"}
    with pytest.raises(InputError, match=r"no price of 'LPSCl'; there are NCM811, carbon"):
        with_costs(mixed(), priced(per_kg=some))


@pytest.mark.parametrize("prices", [{"per_kg": {"NCM811": -1}}, {"per_kg": {}}, {"currency": "US dollars"}])
def test_prices_that_are_none_are_refused(prices: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"prices\."):
        priced(**prices)


@pytest.mark.lammps
def test_designs_are_ranked_by_what_energy_costs(tiny_store: Path) -> None:
    cell = priced(per_kg={**PER_KG, "binder": 20.0})
    selection = ssbflow.best(tiny_store, minimize="energy_cost", cell=cell)
    assert selection.best == "CAM60/fine"
    by_hand = with_costs(ssbflow.open_cube(tiny_store), cell)["energy_cost"].mean("seed").compute().item()
    assert selection.table["energy_cost"].item() == pytest.approx(by_hand)

import math
from pathlib import Path

import pytest
import xarray as xr

import ssbflow
from ssbflow.design.recipe import Expected, Recipe
from ssbflow.errors import InputError, SelectionError

DESIGN = "CAM60/fine"
WEIGHTS = {"eam": 0.60, "se": 0.38, "carbon": 0.01, "binder": 0.01}

pytestmark = pytest.mark.lammps

ONE_PARTICLE = 0.01  # a platen's box meets its areal mass to one of some seventy particles


@pytest.fixture(scope="module")
def cube(tiny_store: Path) -> xr.Dataset:
    return ssbflow.open_cube(tiny_store).load()


@pytest.fixture(scope="module")
def written(tiny_store: Path) -> Recipe:
    return ssbflow.recipe(tiny_store, DESIGN)


def test_masses_add_up_to_the_areal_mass_of_the_area(tiny_store: Path, cube: xr.Dataset) -> None:
    found = ssbflow.recipe(tiny_store, DESIGN, area_cm2=2.5)
    assert found.areal_mass_mg_cm2 == pytest.approx(float(cube["areal_mass"].mean()))
    assert sum(found.mass_mg.values()) == pytest.approx(2.5 * found.areal_mass_mg_cm2)
    assert found.total_mg == pytest.approx(sum(found.mass_mg.values()))


def test_masses_are_in_the_proportion_of_the_weights(written: Recipe) -> None:
    assert {name: mass / written.total_mg for name, mass in written.mass_mg.items()} == pytest.approx(WEIGHTS)


def test_area_is_one_square_centimetre_unless_said(written: Recipe) -> None:
    assert written.area_cm2 == 1
    assert written.total_mg == pytest.approx(written.areal_mass_mg_cm2)


def test_areal_mass_is_the_one_asked_for(written: Recipe) -> None:
    assert written.areal_mass_mg_cm2 == pytest.approx(3, rel=ONE_PARTICLE)


@pytest.mark.parametrize("batch_g", [0.05, 1, 12.5])
def test_batch_is_weighed_in_full_and_gives_its_area(tiny_store: Path, batch_g: float) -> None:
    found = ssbflow.recipe(tiny_store, DESIGN, batch_g=batch_g)
    assert found.total_mg == pytest.approx(1000 * batch_g)
    assert found.mass_mg["eam"] == pytest.approx(600 * batch_g)
    assert found.area_cm2 == pytest.approx(1000 * batch_g / found.areal_mass_mg_cm2)


def test_capacity_is_that_of_the_active_material(written: Recipe) -> None:
    capacity = 3e-3 * 0.6 * 196  # g/cm² × share × mAh/g of NCM811
    assert written.areal_capacity_mah_cm2 == pytest.approx(capacity, rel=2 * ONE_PARTICLE)


def test_used_capacity_is_that_of_the_utilized_material(written: Recipe, cube: xr.Dataset) -> None:
    assert written.areal_capacity_mah_cm2 is not None
    used = written.areal_capacity_mah_cm2 * float(cube["utilization"].mean())
    assert written.areal_capacity_used_mah_cm2 == pytest.approx(used)
    assert used <= written.areal_capacity_mah_cm2


def test_expectations_are_means_over_the_seeds(written: Recipe, cube: xr.Dataset) -> None:
    assert written.seeds == 2
    for expected, name in [
        (written.thickness_um, "height"),
        (written.porosity, "porosity_with_additives"),
        (written.utilization, "utilization"),
        (written.tortuosity_median, "tortuosity_geodesic_median"),
    ]:
        assert expected.mean == pytest.approx(float(cube[name].mean()), nan_ok=True)
        assert expected.std == pytest.approx(float(cube[name].std(ddof=1)), nan_ok=True, abs=1e-12)


def test_powders_are_named_with_their_sizes(written: Recipe) -> None:
    assert written.powders == {
        "eam": "NCM811, D50 3 µm (tabulated, by number)",
        "se": "LPSCl, D50 1.8 µm (tabulated, by number)",
        "carbon": "carbon_black",
        "binder": "PTFE",
    }


def test_pressure_is_the_one_of_the_protocol(written: Recipe) -> None:
    assert (written.design, written.pressure_mpa) == (DESIGN, 375)


def test_named_cube_gives_the_same_recipe(tiny_store: Path, written: Recipe) -> None:
    assert ssbflow.recipe(tiny_store, DESIGN, cube="small.touching") == written


@pytest.mark.parametrize("design", ["CAM61/fine", "CAM60/coarse", "CAM60", "fine/CAM60", "CAM60/fine/1", ""])
def test_unknown_design_is_answered_with_the_known_ones(tiny_store: Path, design: str) -> None:
    with pytest.raises(SelectionError, match=f"no design '{design}' .*there are {DESIGN}$"):
        ssbflow.recipe(tiny_store, design)


def test_unknown_cube_is_answered_with_the_known_ones(tiny_store: Path) -> None:
    with pytest.raises(SelectionError, match=r"no cube 'nightly' .*it has small\.touching"):
        ssbflow.recipe(tiny_store, DESIGN, cube="nightly")


def test_batch_and_area_are_not_both_given(tiny_store: Path) -> None:
    with pytest.raises(InputError, match="mass of a batch or the area of an electrode, not both"):
        ssbflow.recipe(tiny_store, DESIGN, batch_g=1, area_cm2=1)


@pytest.mark.parametrize("amount", [0, -1, math.nan])
def test_amount_must_be_above_zero(tiny_store: Path, amount: float) -> None:
    with pytest.raises(InputError, match=f"batch mass must be above 0; got {amount:g}"):
        ssbflow.recipe(tiny_store, DESIGN, batch_g=amount)
    with pytest.raises(InputError, match=f"area must be above 0; got {amount:g}"):
        ssbflow.recipe(tiny_store, DESIGN, area_cm2=amount)


def test_expected_value_is_written_with_its_deviation() -> None:
    assert str(Expected(0.12345, 0.0123)) == "0.123 ± 0.012"
    assert str(Expected(0.12345, math.nan)) == "0.123"

import math
from pathlib import Path

import pytest
import xarray as xr

import ssbflow
from ssbflow.design.card import Electrode, Recipe
from ssbflow.design.energy import with_energies
from ssbflow.errors import InputError, SelectionError
from ssbflow.inputs.cell import load_cell
from ssbflow.inputs.identity import PHYSICS_VERSION
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish
from ssbflow.store.sweeps import register_sweep

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


@pytest.fixture(scope="module")
def joined(tiny_store: Path, tiny_anode_store: Path) -> Recipe:
    return ssbflow.recipe(tiny_store, DESIGN, anode="GR60/fine", anode_store=tiny_anode_store)


def batch(electrode: Electrode) -> dict[str, float]:
    return {powder.component: powder.mg_per_batch for powder in electrode.powders}


def test_masses_add_up_to_the_areal_mass_of_the_area(tiny_store: Path, cube: xr.Dataset) -> None:
    made = ssbflow.recipe(tiny_store, DESIGN, area_cm2=2.5)
    assert made.cathode.areal_mass_mg_cm2 == pytest.approx(float(cube["areal_mass"].mean()))
    assert sum(batch(made.cathode).values()) == pytest.approx(2.5 * made.cathode.areal_mass_mg_cm2)
    assert made.cathode.mg_per_batch == pytest.approx(2.5 * made.cathode.mg_per_cell)


def test_masses_are_in_the_proportion_of_the_weights(written: Recipe) -> None:
    made = written.cathode
    shares = {component: mass / made.mg_per_batch for component, mass in batch(made).items()}
    assert shares == pytest.approx(WEIGHTS)
    assert {powder.component: powder.weight_percent for powder in made.powders} == pytest.approx(
        {component: 100 * share for component, share in WEIGHTS.items()}
    )


def test_one_square_centimetre_is_made_unless_said(written: Recipe) -> None:
    assert (written.area_cm2, written.cells) == (1, 1)
    assert written.cathode.mg_per_cell == pytest.approx(written.cathode.areal_mass_mg_cm2)


def test_cell_says_how_large_its_electrodes_are(tiny_store: Path) -> None:
    """A press cell with a die of 10 mm: 0.785 cm²; ten of them are 7.85 cm²."""
    made = ssbflow.recipe(tiny_store, DESIGN, cell=load_cell("indium_lithium_test"), area_cm2=7.85)
    assert (made.electrode_area_cm2, made.cells) == pytest.approx((0.785, 10))
    assert made.cathode.mg_per_cell == pytest.approx(0.785 * made.cathode.areal_mass_mg_cm2)


def test_areal_mass_is_the_one_asked_for(written: Recipe) -> None:
    assert written.cathode.areal_mass_mg_cm2 == pytest.approx(3, rel=ONE_PARTICLE)
    assert written.cathode.scaled_by == 1


@pytest.mark.parametrize("batch_g", [0.05, 12.5])
def test_batch_is_weighed_in_full_and_gives_its_area(tiny_store: Path, batch_g: float) -> None:
    made = ssbflow.recipe(tiny_store, DESIGN, batch_g=batch_g)
    assert made.cathode.mg_per_batch == pytest.approx(1000 * batch_g)
    assert batch(made.cathode)["eam"] == pytest.approx(600 * batch_g)
    assert made.area_cm2 == pytest.approx(1000 * batch_g / made.cathode.areal_mass_mg_cm2)


def test_capacity_is_that_of_the_active_material(written: Recipe) -> None:
    capacity = 3e-3 * 0.6 * 196  # g/cm² × share × mAh/g of NCM811
    assert written.cathode.areal_capacity_full_mah_cm2 == pytest.approx(capacity, rel=4 * ONE_PARTICLE)


def test_capacity_and_energies_are_those_of_the_cube(written: Recipe, cube: xr.Dataset) -> None:
    energies = with_energies(cube)
    assert written.cathode.areal_capacity_mah_cm2.mean == pytest.approx(float(energies["areal_capacity"].mean()))
    [alone] = written.energies
    assert alone.level == "electrode"
    assert alone.specific_energy_wh_kg.mean == pytest.approx(float(energies["specific_energy"].mean()))


def test_expectations_are_means_over_the_seeds_with_students_interval(written: Recipe, cube: xr.Dataset) -> None:
    """Of two seeds the 95 % interval is 12.7062 standard errors wide on either side."""
    made = written.cathode
    assert made.seeds == 2
    for expected, name in [
        (made.thickness_um, "height"),
        (made.porosity, "porosity_with_additives"),
        (made.utilization, "utilization"),
        (made.eam_weight_fraction, "eam_wt_final"),
    ]:
        std = float(cube[name].std(ddof=1))
        assert expected.mean == pytest.approx(float(cube[name].mean()))
        assert expected.std == pytest.approx(std, abs=1e-12)
        assert expected.seeds == 2
    height = made.thickness_um
    assert height.high
    assert height.high - float(cube["height"].mean()) == pytest.approx(
        12.7062 * float(cube["height"].std(ddof=1)) / math.sqrt(2), rel=1e-4
    )


def test_powders_are_named_with_their_sizes(written: Recipe) -> None:
    """SE: two of 1.8 µm for one of 2.4 µm; of the volume, 2 x 5.832 and 13.824, most is in the larger."""
    eam, se, carbon, binder = written.cathode.powders
    assert [one.material for one in (eam, se, carbon, binder)] == ["NCM811", "LPSCl", "carbon_black", "PTFE"]
    assert se.sizes
    assert se.converted
    assert (se.law, se.sizes.basis, se.sizes.d50_um, se.sizes.d95_um) == ("tabulated", "number", 1.8, 2.4)
    assert (se.converted.basis, se.converted.d5_um, se.converted.d50_um) == ("volume", 1.8, 2.4)
    assert carbon.sizes is carbon.law is binder.converted is None


def test_numbers_name_the_cases_that_they_rest_on(written: Recipe, cube: xr.Dataset, tiny_store: Path) -> None:
    source = written.cathode.provenance
    assert list(source.case_ids) == cube["case_id"].values.ravel().tolist()
    assert (source.store, source.cube) == (str(tiny_store), "small.touching")
    assert source.physics_versions == (PHYSICS_VERSION,)
    assert (tiny_store / "versions" / f"{source.cube_version}.zarr").exists()
    assert written.ssbflow_version in source.cube_source


def test_pressure_and_stiffness_are_those_of_the_protocol(written: Recipe) -> None:
    made = written.cathode
    assert (made.side, made.design, made.pressure_mpa, made.stiffness_scale) == ("positive", DESIGN, 375, 1)


def test_named_cube_gives_the_same_recipe(tiny_store: Path, written: Recipe) -> None:
    assert ssbflow.recipe(tiny_store, DESIGN, cube="small.touching") == written


def test_store_without_neighbours_knows_no_tolerance(tiny_store: Path, written: Recipe) -> None:
    assert written.cathode.powders[0].tolerance is None
    made = ssbflow.recipe(tiny_store, DESIGN, where="porosity > 0")
    tolerance = made.cathode.powders[0].tolerance
    assert tolerance
    assert (tolerance.neighbours, tolerance.where) == (0, "porosity > 0")


def test_design_that_is_not_feasible_itself_is_refused(tiny_store: Path) -> None:
    with pytest.raises(SelectionError, match=r"CAM60/fine does not fulfil .*, misses 'porosity < 0' by 0\."):
        ssbflow.recipe(tiny_store, DESIGN, where="porosity < 0 and porosity < 1")
    with pytest.raises(InputError, match="is no condition"):
        ssbflow.recipe(tiny_store, DESIGN, where="porosity")


def test_anode_of_another_store_is_joined(joined: Recipe, tiny_anode_store: Path) -> None:
    assert joined.anode
    assert joined.cell
    gives, takes = (made.areal_capacity_mah_cm2.mean for made in joined.electrodes)
    assert gives
    assert takes == pytest.approx(1.1 * gives)
    assert (joined.cell.name, joined.cell.n_p_ratio) == ("composite_anode", 1.1)
    assert joined.cell.mean_voltage_v == pytest.approx(3.8 - 0.1)
    assert joined.anode.provenance.store == str(tiny_anode_store)
    assert [one.level for one in joined.energies] == ["electrode", "stack", "cell"]
    layers = [layer.name for layer in joined.cell.layers]
    assert layers == ["separator", "positive collector", "negative collector"]


def test_anode_is_weighed_for_the_batch_of_the_cathode(tiny_store: Path, tiny_anode_store: Path) -> None:
    made = ssbflow.recipe(tiny_store, DESIGN, anode="GR60/fine", anode_store=tiny_anode_store, batch_g=1, n_p_ratio=1.5)
    assert made.anode
    assert made.cells == pytest.approx(1000 / made.cathode.areal_mass_mg_cm2)
    assert made.anode.mg_per_batch == pytest.approx(made.cells * made.anode.areal_mass_mg_cm2)


def test_recipe_survives_json(written: Recipe, joined: Recipe) -> None:
    for made in (written, joined):
        assert Recipe.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("design", ["CAM61/fine", "CAM60/coarse", "CAM60", "fine/CAM60", "CAM60/fine/1", ""])
def test_unknown_design_is_answered_with_the_known_ones(tiny_store: Path, design: str) -> None:
    with pytest.raises(SelectionError, match=f"no design '{design}' .*there are {DESIGN}$"):
        ssbflow.recipe(tiny_store, design)
    with pytest.raises(SelectionError, match=f"no design '{design}' .*there are {DESIGN}$"):
        ssbflow.recipe(tiny_store, DESIGN, anode=design)


def test_unknown_cube_is_answered_with_the_known_ones(tiny_store: Path) -> None:
    with pytest.raises(SelectionError, match=r"no cube 'nightly' .*it has small\.touching"):
        ssbflow.recipe(tiny_store, DESIGN, cube="nightly")


def test_material_of_the_other_electrode_is_refused(tiny_store: Path, tiny_anode_store: Path) -> None:
    with pytest.raises(
        InputError, match=r"NCM811, the EAM of CAM60/fine, belongs in the positive electrode, .*--cathode"
    ):
        ssbflow.recipe(tiny_store, DESIGN, anode=DESIGN)
    with pytest.raises(
        InputError, match=r"graphite, the EAM of GR60/fine, belongs in the negative electrode, .*--anode"
    ):
        ssbflow.recipe(tiny_anode_store, "GR60/fine")


def test_anode_store_without_good_cases_is_refused(tiny_store: Path, tiny_sweep: Sweep, tmp_path: Path) -> None:
    empty = Store(tmp_path / "empty")
    register_sweep(empty, tiny_sweep)
    publish(empty)
    with pytest.raises(SelectionError, match=r"no case of cube small\.touching in .*empty has ended well"):
        ssbflow.recipe(tiny_store, DESIGN, anode="GR60/fine", anode_store=empty.root)


def test_batch_and_area_are_not_both_given(tiny_store: Path) -> None:
    with pytest.raises(InputError, match="mass of a batch or the area of an electrode, not both"):
        ssbflow.recipe(tiny_store, DESIGN, batch_g=1, area_cm2=1)


@pytest.mark.parametrize("amount", [0, -1, math.nan, math.inf])
def test_amount_must_be_above_zero(tiny_store: Path, amount: float) -> None:
    with pytest.raises(InputError, match=f"batch mass must be above 0 and finite; got {amount:g}"):
        ssbflow.recipe(tiny_store, DESIGN, batch_g=amount)
    with pytest.raises(InputError, match=f"area must be above 0 and finite; got {amount:g}"):
        ssbflow.recipe(tiny_store, DESIGN, area_cm2=amount)


def test_what_belongs_to_an_anode_needs_one(tiny_store: Path) -> None:
    for given, what in (({"n_p_ratio": 1.2}, "N/P ratio"), ({"anode_store": tiny_store}, "store")):
        with pytest.raises(InputError, match=f"the {what} of a negative electrode was given, but none to join"):
            ssbflow.recipe(tiny_store, DESIGN, **given)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="leaves its negative electrode to a simulated one"):
        ssbflow.recipe(tiny_store, DESIGN, cell=load_cell("composite_anode"))


def test_bad_amounts_and_ratios_are_refused_before_a_store_is_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not both"):
        ssbflow.recipe(tmp_path / "none", DESIGN, batch_g=1, area_cm2=1)
    with pytest.raises(InputError, match=r"N/P ratio must be 1 or more; got 0\.9"):
        ssbflow.recipe(tmp_path / "none", DESIGN, anode="GR60/fine", n_p_ratio=0.9)

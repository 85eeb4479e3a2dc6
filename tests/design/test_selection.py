import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import ssbflow
from ssbflow.design.energy import with_energies
from ssbflow.design.selection import best
from ssbflow.errors import InputError, SelectionError
from ssbflow.inputs.cell import load_cell
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import DIMS

POROSITY = [0.30, 0.10, 0.20, 0.40]
UTILIZATION = [0.95, 0.70, np.nan, 0.99]


@pytest.fixture
def cube() -> xr.Dataset:
    """Designs a/fine, a/coarse, b/fine, b/coarse with two equal seeds; b/coarse has failed."""

    def cells(values: list[float]) -> Any:
        return DIMS, np.repeat(values, 2).reshape(2, 2, 2)

    ok, failed = STATUS["ok"], STATUS["failed"]
    return xr.Dataset(
        {"status": cells([ok, ok, ok, failed]), "porosity": cells(POROSITY), "utilization": cells(UTILIZATION)},
        coords={
            "composition": np.array(["a", "b"], dtype=object),
            "distribution": np.array(["fine", "coarse"], dtype=object),
            "seed": [1, 2],
            "eam_wt": ("composition", [0.6, 0.8]),
            "eam_material": ("composition", np.array(["NCM811", "LCO"], dtype=object)),
        },
    )


def test_minimize_puts_the_smallest_first(cube: xr.Dataset) -> None:
    found = best(cube, minimize="porosity")
    assert found.labels == ["a/coarse", "b/fine", "a/fine"]
    assert (found.best, found.maximize, found.objective) == ("a/coarse", False, "porosity")


def test_maximize_puts_the_largest_first(cube: xr.Dataset) -> None:
    found = best(cube, maximize="porosity")
    assert found.labels == ["a/fine", "b/fine", "a/coarse"]
    assert (found.best, found.maximize) == ("a/fine", True)


def test_designs_that_lack_the_objective_are_left_out(cube: xr.Dataset) -> None:
    found = best(cube, maximize="utilization")
    assert found.labels == ["a/fine", "a/coarse"]
    assert found.considered == 3


def test_equal_designs_keep_the_order_of_the_cube(cube: xr.Dataset) -> None:
    cube["porosity"][:] = 0.2
    assert best(cube, maximize="porosity").labels == ["a/fine", "a/coarse", "b/fine"]
    assert best(cube, minimize="porosity").labels == ["a/fine", "a/coarse", "b/fine"]


def test_coordinate_can_be_the_objective(cube: xr.Dataset) -> None:
    assert best(cube, maximize="eam_wt").best == "b/fine"


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("porosity < 0.25", ["a/coarse", "b/fine"]),
        ("utilization > 0.9 and porosity < 0.35", ["a/fine"]),
        ("utilization > 0.9 or porosity < 0.15", ["a/coarse", "a/fine"]),
        ("0.15 < porosity < 0.25", ["b/fine"]),
        ("not utilization > 0.9", ["a/coarse", "b/fine"]),
        ("eam_wt * 100 >= 70", ["b/fine"]),
        ("eam_material == 'NCM811'", ["a/coarse", "a/fine"]),
        ("distribution == 'fine'", ["b/fine", "a/fine"]),
        ("seeds_ok == 2 and seeds_failed == 0", ["a/coarse", "b/fine", "a/fine"]),
        ("porosity_std == 0", ["a/coarse", "b/fine", "a/fine"]),
    ],
)
def test_condition_keeps_the_designs_that_fulfil_it(cube: xr.Dataset, where: str, kept: list[str]) -> None:
    found = best(cube, minimize="porosity", where=where)
    assert found.labels == kept
    assert (found.where, found.considered) == (where, 3)


@pytest.mark.parametrize(
    "where",
    [
        "",
        "porosity <",
        "(porosity < 0.2",
        "porosity < 0.2)",
        "porosity < 'low'",
        "porosity",
        "porosity = 0.2",
        "0.2",
        "porosity.low < 0.2",
        "low(porosity)",
        "lambda: porosity",
        "[p for p in porosity]",
        "porosity if utilization else 1",
        "import os",
        "porosity < 0.2; utilization > 0.9",
        "@table > 0",
        "porosity < 0.2, utilization > 0.9",
        "not porosity",
        "porosity and utilization",
        "().__class__ == 1",
        "__import__('os').system('true') == 0",
        "porosity[0] < 1",
        "max(porosity) < 1",
        "(" * 300 + "porosity < 0.2" + ")" * 300,
        "porosity < " + "-" * 900 + "0.2",
        "porosity < " + "9" * 900,
    ],
)
def test_what_is_no_condition_is_answered_with_an_example(cube: xr.Dataset, where: str) -> None:
    with pytest.raises(InputError, match=r"is no condition .*write e\.g\. 'utilization > 0\.9 and") as caught:
        best(cube, minimize="porosity", where=where)
    assert repr(where) in str(caught.value)


@pytest.mark.parametrize("where", ["porousness < 0.2", "porosity < 0.2 and tortuosity > 1"])
def test_unknown_variable_of_a_condition_is_answered_with_the_known_ones(cube: xr.Dataset, where: str) -> None:
    known = r"not defined( \(did you mean .*\))?; the cube has .*porosity, utilization.*eam_wt"
    with pytest.raises(SelectionError, match=known):
        best(cube, minimize="porosity", where=where)


def test_condition_that_nothing_fulfils_is_answered_with_the_range(cube: xr.Dataset) -> None:
    with pytest.raises(SelectionError, match=r"none of 3 designs .*'porosity > 1'; porosity spans 0\.1 to 0\.3"):
        best(cube, minimize="porosity", where="porosity > 1")


@pytest.mark.parametrize("objectives", [{}, {"maximize": "porosity", "minimize": "porosity"}])
def test_exactly_one_objective_is_given(cube: xr.Dataset, objectives: dict[str, str]) -> None:
    with pytest.raises(InputError, match="exactly one of maximize and minimize"):
        best(cube, **objectives)


@pytest.mark.parametrize("objective", ["porousness", "composition", "eam_material", "porosity * eam_material"])
def test_objective_must_be_a_number_of_the_cube(cube: xr.Dataset, objective: str) -> None:
    with pytest.raises(SelectionError, match=rf"'{re.escape(objective)}'.*; the cube has .*porosity, utilization"):
        best(cube, maximize=objective)


def test_objective_that_no_design_has_is_said(cube: xr.Dataset) -> None:
    cube["utilization"][:] = np.nan
    with pytest.raises(SelectionError, match="none of 3 designs has a utilization"):
        best(cube, maximize="utilization")


@pytest.mark.parametrize("objective", ["", "porosity, utilization", "print(porosity)", "porosity.mean()"])
def test_what_is_no_expression_is_answered_with_an_example(cube: xr.Dataset, objective: str) -> None:
    with pytest.raises(InputError, match=r"exactly one|is no expression .*areal_mass"):
        best(cube, maximize=objective)


def test_expression_is_averaged_over_cases_not_taken_of_means(cube: xr.Dataset) -> None:
    cube["porosity"][0, 0] = [0.1, 0.5]
    found = best(cube, maximize="porosity ** 2")
    assert found.best == "a/fine"
    assert found.table["porosity ** 2"].iloc[0] == pytest.approx((0.01 + 0.25) / 2)
    assert found.table["porosity ** 2_std"].iloc[0] == pytest.approx(0.24 / 2**0.5)


def test_condition_that_nothing_fulfils_is_answered_with_what_rules_out_and_the_nearest(cube: xr.Dataset) -> None:
    with pytest.raises(SelectionError) as caught:
        best(cube, maximize="porosity", where="utilization > 0.8 and porosity < 0.25")
    told = str(caught.value)
    assert "1 of 3 fulfil 'utilization > 0.8', 2 of 3 fulfil 'porosity < 0.25'" in told
    assert "nearest is a/fine, which misses 'porosity < 0.25' by 0.05" in told


def test_front_keeps_what_nothing_beats(cube: xr.Dataset) -> None:
    found = best(cube, maximize="utilization", pareto=["-porosity"])
    assert (found.labels, found.pareto) == (["a/fine", "a/coarse"], ("-porosity",))
    assert best(cube, pareto=["porosity", "eam_wt"]).labels == ["a/fine", "b/fine"]
    assert best(cube, minimize="porosity", pareto=["eam_wt"]).labels == ["a/coarse", "b/fine"]


def test_why_not_tells_each_constraint_and_the_way_to_the_best(cube: xr.Dataset) -> None:
    found = best(cube, maximize="porosity", where="porosity < 0.25 and eam_material == 'NCM811'")
    told = found.why_not("a/fine")
    assert told["fulfilled"].tolist() == [False, True, False]
    assert told["misses_by"].iloc[0] == pytest.approx(0.05)
    assert told["misses_by"].iloc[2] == pytest.approx(-0.2)  # more than the best that fulfils all
    assert found.why_not("a/coarse")["fulfilled"].all()
    with pytest.raises(SelectionError, match=r"no design 'c/fine'.*a/fine"):
        found.why_not("c/fine")


def test_few_seeds_are_flagged(cube: xr.Dataset) -> None:
    assert best(cube, maximize="porosity").few_seeds == ["a/fine", "b/fine", "a/coarse"]


def test_sure_choice_has_probability_one(cube: xr.Dataset) -> None:
    found = best(cube, maximize="porosity").chances(np.random.default_rng(1))
    assert found["probability_best"].tolist() == [1, 0, 0]
    assert found["expected_regret"].tolist() == pytest.approx([0, 0.1, 0.2])


def test_only_seeds_for_which_the_objective_exists_count(cube: xr.Dataset) -> None:
    """One of four seeds has a value: it takes the deviation of the others, and is no sure choice by lacking its own."""
    many = xr.concat([cube.assign_coords(seed=cube["seed"] + shift) for shift in (0, 2)], "seed")
    many["porosity"][0, 0] = [0.3, np.nan, np.nan, np.nan]
    many["porosity"][0, 1] = [0.31, 0.29, 0.5, 0.5]
    found = best(many, maximize="porosity")
    assert (found.labels, found.few_seeds) == (["a/coarse", "a/fine", "b/fine"], ["a/fine"])
    told = found.chances(np.random.default_rng(0))["probability_best"]
    assert told.iloc[0] > told.iloc[1] > 0
    assert told.sum() == pytest.approx(1)


def test_energies_that_the_cube_has_are_kept(cube: xr.Dataset) -> None:
    needed = dict.fromkeys(("eam_wt_final", "areal_mass", "height"), cube["porosity"])
    about = {"eam_capacity": ("composition", [196.0, 140.0]), "eam_mean_voltage": ("composition", [3.8, 3.9])}
    whole = with_energies(cube.assign(needed).assign_coords(about), load_cell("lithium_metal"))
    expected = float(whole["specific_energy"][0, 0].mean())
    assert best(whole, maximize="specific_energy").table.loc[("a", "fine"), "specific_energy"] == pytest.approx(
        expected
    )


def test_selection_error_is_also_a_lookup_error(cube: xr.Dataset) -> None:
    with pytest.raises(LookupError, match="porousness"):
        best(cube, maximize="porousness")


def test_cube_is_left_as_it_was(cube: xr.Dataset) -> None:
    before = cube.copy(deep=True)
    best(cube, minimize="porosity", where="porosity < 0.25")
    assert cube.identical(before)


@pytest.mark.lammps
def test_store_and_its_opened_cube_give_the_same_choice(tiny_store: Path) -> None:
    by_path = ssbflow.best(str(tiny_store), maximize="utilization", where="porosity < 0.9")
    by_cube = ssbflow.best(ssbflow.open_cube(tiny_store), maximize="utilization", where="porosity < 0.9")
    assert by_path.best == by_cube.best == "CAM60/fine"
    assert by_path.table["utilization"].tolist() == by_cube.table["utilization"].tolist()


@pytest.mark.lammps
def test_unknown_cube_of_a_store_is_refused(tiny_store: Path) -> None:
    with pytest.raises(ssbflow.SsbflowError, match="nightly"):
        ssbflow.best(tiny_store, maximize="utilization", cube="nightly")


def test_a_selection_prints_as_a_small_table(cube: xr.Dataset) -> None:
    selection = best(cube, minimize="porosity", where="utilization > 0.5")
    head, columns, *rows = repr(selection).splitlines()
    assert head.startswith("minimize porosity where utilization > 0.5: ")
    assert columns.split()[:3] == ["porosity", "porosity_low", "porosity_high"]
    assert selection.best.split("/")[0] in rows[1]
    assert "<table" in selection._repr_html_()

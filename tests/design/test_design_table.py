from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

import ssbflow
from ssbflow.design.expression import parse_expression
from ssbflow.design.table import design_table
from ssbflow.errors import SelectionError
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import DIMS

OK, FAILED, PENDING, NOT_ASKED = (STATUS[name] for name in ("ok", "failed", "pending", "not_asked_for"))


def cube(status: Any, porosity: Any, **more: Any) -> xr.Dataset:
    """A cube with the porosity (and more), compositions and distributions labelled a, b, …"""
    status = np.asarray(status, dtype=np.int8)
    values = {name: (DIMS, np.asarray(cells, float)) for name, cells in {"porosity": porosity, **more}.items()}
    labels = [np.array(list("abc")[:size], dtype=object) for size in status.shape[:2]]
    return xr.Dataset(
        {"status": (DIMS, status), **values},
        coords={"composition": labels[0], "distribution": labels[1], "seed": np.arange(status.shape[2])},
    )


def only_row(dataset: xr.Dataset) -> "pd.Series[Any]":
    """The row of a cube with one design."""
    table = design_table(dataset)
    assert len(table) == 1
    return table.iloc[0]


def test_mean_and_deviation_are_of_the_seeds_that_ended_well() -> None:
    found = only_row(cube([[[OK, OK, FAILED, PENDING, OK]]], [[[0.1, 0.2, 9.0, 8.0, 0.6]]]))
    assert found["porosity"] == pytest.approx(0.3)
    assert found["porosity_std"] == pytest.approx(np.sqrt((0.2**2 + 0.1**2 + 0.3**2) / 2))


def test_seeds_are_counted_by_how_they_ended() -> None:
    found = only_row(cube([[[OK, FAILED, FAILED, PENDING, NOT_ASKED, OK]]], np.ones((1, 1, 6))))
    assert (found["seeds_ok"], found["seeds_failed"]) == (2, 2)


def test_one_seed_has_no_deviation() -> None:
    found = only_row(cube([[[OK, FAILED]]], [[[0.25, 0.5]]]))
    assert found["porosity"] == 0.25
    assert np.isnan(found["porosity_std"])


def test_quantity_that_some_seeds_lack_is_averaged_over_the_others() -> None:
    found = only_row(cube([[[OK, OK, OK]]], [[[1.5, np.nan, 2.5]]]))
    assert (found["porosity"], found["seeds_ok"]) == (2.0, 3)


def test_quantity_that_every_seed_lacks_stays_unknown() -> None:
    found = only_row(cube([[[OK, OK]]], [[[0.1, 0.3]]], utilization=[[[np.nan, np.nan]]]))
    assert np.isnan(found["utilization"])
    assert np.isnan(found["utilization_std"])
    assert found["porosity"] == pytest.approx(0.2)


def test_designs_without_a_good_case_are_left_out() -> None:
    table = design_table(cube([[[OK], [FAILED]], [[PENDING], [OK]]], [[[0.1], [0.2]], [[0.3], [0.4]]]))
    assert table.index.tolist() == [("a", "a"), ("b", "b")]


def test_designs_come_in_the_order_of_the_cube() -> None:
    backwards = cube([[[OK]], [[OK]]], [[[0.1]], [[0.2]]]).assign_coords(composition=np.array(["z", "a"], dtype=object))
    assert design_table(backwards).index.tolist() == [("z", "a"), ("a", "a")]


@pytest.mark.parametrize("status", [FAILED, PENDING, NOT_ASKED])
def test_cube_without_a_good_case_is_answered_with_an_error(status: int) -> None:
    with pytest.raises(SelectionError, match="no case of this cube has ended well"):
        design_table(cube([[[status]]], [[[0.1]]]))


def test_coordinates_of_a_design_stand_beside_its_numbers() -> None:
    given_cube = cube(np.full((2, 2, 2), OK), np.ones((2, 2, 2))).assign_coords(
        eam_wt=("composition", [0.6, 0.7]), se_d50=("distribution", [2.0, 3.0])
    )
    table = design_table(given_cube)
    assert table["eam_wt"].tolist() == [0.6, 0.6, 0.7, 0.7]
    assert table["se_d50"].tolist() == [2.0, 3.0, 2.0, 3.0]


def test_lazy_cube_gives_the_same_table() -> None:
    eager = cube(np.full((2, 2, 3), OK), np.random.default_rng(0).random((2, 2, 3)))
    assert design_table(eager.chunk({"composition": 1})).equals(design_table(eager))


@given(
    status=arrays(np.int8, (2, 3, 4), elements=st.sampled_from([OK, FAILED, PENDING, NOT_ASKED])),
    porosity=arrays(float, (2, 3, 4), elements=st.floats(-10, 10, allow_subnormal=False) | st.just(float("nan"))),
)
@settings(max_examples=25, deadline=None)
def test_table_agrees_with_a_loop_over_the_cells(status: np.ndarray, porosity: np.ndarray) -> None:
    status[0, 0, 0], porosity[0, 0, 0] = OK, 0.5
    table = design_table(cube(status, porosity))
    for cell in np.ndindex(2, 3):
        label = ("ab"[cell[0]], "abc"[cell[1]])
        good = porosity[cell][status[cell] == OK]
        known = good[~np.isnan(good)]
        assert (label in table.index) == bool(len(good))
        if len(good):
            mean, deviation = table.loc[label, ["porosity", "porosity_std"]]
            assert mean == pytest.approx(known.mean() if len(known) else np.nan, nan_ok=True, abs=1e-12)
            assert deviation == pytest.approx(known.std(ddof=1) if len(known) > 1 else np.nan, nan_ok=True, abs=1e-6)


def test_objective_has_student_s_interval_and_conditions_their_statistics() -> None:
    values = np.array([[[0.1, 0.2, 0.6, 9.0]], [[0.3, np.nan, 9.0, 9.0]]])
    given_cube = cube([[[OK, OK, OK, FAILED]], [[OK, OK, PENDING, PENDING]]], values)
    condition = parse_expression("ci95(2 * porosity) < 1 and mean(porosity) > std(porosity)")
    table = design_table(given_cube, [parse_expression("10 * porosity")], condition)
    known = values[0, 0, :3]
    low, high = stats.t.interval(0.95, 2, known.mean(), stats.sem(known))
    row, other = table.iloc[0], table.iloc[1]
    assert (row["10 * porosity_low"], row["10 * porosity_high"]) == pytest.approx((10 * low, 10 * high))
    assert row["ci95(2 * porosity)"] == pytest.approx(high - low)
    assert (row["mean(porosity)"], row["std(porosity)"]) == pytest.approx((known.mean(), known.std(ddof=1)))
    assert other["mean(porosity)"] == 0.3
    assert other[["10 * porosity_low", "10 * porosity_high", "ci95(2 * porosity)", "std(porosity)"]].isna().all()


def test_objective_of_designs_has_no_interval() -> None:
    objective = parse_expression("mean(porosity) - ci95(porosity)")
    table = design_table(cube([[[OK, OK]]], [[[0.1, 0.3]]]), [objective])
    assert table[objective.text].iloc[0] == pytest.approx(0.2 - stats.t.ppf(0.975, 1) * 0.1)
    assert f"{objective.text}_low" not in table


@pytest.mark.lammps
def test_table_of_a_real_store_has_the_means_of_its_cube(tiny_store: Path) -> None:
    opened = ssbflow.open_cube(tiny_store)
    found = only_row(opened)
    assert found["seeds_ok"] == 2
    assert found["porosity"] == pytest.approx(float(opened["porosity"].mean()))
    assert found["porosity_std"] == pytest.approx(float(opened["porosity"].std(ddof=1)))
    assert found["eam_wt"] == pytest.approx(0.6)
    assert found["eam_material"] == "NCM811"

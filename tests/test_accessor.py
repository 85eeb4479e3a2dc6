import subprocess
import sys
from pathlib import Path
from typing import Any

import dask
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

import ssbflow.accessor  # noqa: F401  as who opens cubes with xarray alone does
from ssbflow.design.selection import best
from ssbflow.errors import InputError, SelectionError
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import DIMS

OK, FAILED, PENDING, NEVER = (STATUS[name] for name in ("ok", "failed", "pending", "not_asked_for"))
SHAPE = (2, 2, 3)


def cube_of(status: Any, porosity: Any) -> xr.Dataset:
    """A cube of twelve cells as plain xarray reads one."""
    case_ids = np.array([f"{at:032x}" for at in range(12)], dtype=object).reshape(SHAPE)
    case_ids[status == NEVER] = np.nan
    return xr.Dataset(
        {
            "status": (DIMS, status.astype(np.int8)),
            "case_id": (DIMS, case_ids),
            "physics_version": (DIMS, np.ones(SHAPE, dtype=np.int16)),
            "porosity": (DIMS, porosity, {"units": "1", "long_name": "porosity"}),
            "height": (DIMS, 10 * porosity, {"units": "um", "long_name": "height"}),
        },
        coords={
            "composition": np.array(["a", "b"], dtype=object),
            "distribution": np.array(["fine", "coarse"], dtype=object),
            "seed": [1, 2, 3],
        },
        attrs={"cube": "small.touching"},
    )


@pytest.fixture
def cube() -> xr.Dataset:
    """Designs with three, two, one and no seeds that ended well; a number that does not exist for one of them."""
    status = np.array([[[OK, OK, OK], [OK, FAILED, OK]], [[PENDING, OK, FAILED], [FAILED, PENDING, NEVER]]])
    porosity = np.arange(1.0, 13.0).reshape(SHAPE)
    porosity[0, 0, 1] = np.nan
    return cube_of(status, porosity)


def test_only_numbers_of_cases_that_ended_well_are_left(cube: xr.Dataset) -> None:
    left = cube.ssb.where_ok()
    missing = np.isnan(cube["porosity"]) | (cube["status"] != OK)
    assert np.isnan(left["porosity"]).values.tolist() == missing.values.tolist()
    for name in ("status", "case_id", "physics_version"):
        assert left[name].identical(cube[name])
    assert left["porosity"].attrs == cube["porosity"].attrs


def test_case_ids_are_those_that_ended_well_and_fulfil_the_condition(cube: xr.Dataset) -> None:
    assert cube.ssb.case_ids() == [f"{at:032x}" for at in (0, 1, 2, 3, 5, 7)]
    assert cube.ssb.case_ids(cube["height"] > 35) == [f"{at:032x}" for at in (3, 5, 7)]
    assert cube.ssb.where_ok().ssb.case_ids(cube["composition"] == "b") == [f"{7:032x}"]
    assert all(type(case_id) is str for case_id in cube.ssb.case_ids())
    with pytest.raises(SelectionError, match="none of 12 cells"):
        cube.ssb.case_ids(cube["height"] > 1000)


@given(
    status=arrays.arrays(np.int8, SHAPE, elements=st.sampled_from([OK, FAILED])),
    porosity=arrays.arrays(np.float64, SHAPE, elements=st.one_of(st.floats(0, 1), st.just(np.nan))),
    confidence=st.floats(0.5, 0.99),
)
@settings(deadline=None)
def test_means_and_intervals_are_student_s(status: Any, porosity: Any, confidence: float) -> None:
    found = cube_of(status, porosity).ssb.mean_over_seeds(confidence)
    for at in np.ndindex(2, 2):
        numbers = porosity[at][(status[at] == OK) & ~np.isnan(porosity[at])]
        mean, std, low, high = (found[name].values[at] for name in _names("porosity"))
        assert found["n_ok"].values[at] == (status[at] == OK).sum()
        np.testing.assert_allclose(mean, numbers.mean() if len(numbers) else np.nan)
        if len(numbers) < 2:
            assert np.isnan([std, low, high]).all()
            continue
        np.testing.assert_allclose(std, numbers.std(ddof=1), atol=1e-12)
        if std > 1e-9:
            expected = stats.t.interval(confidence, len(numbers) - 1, numbers.mean(), stats.sem(numbers))
            np.testing.assert_allclose([low, high], expected, atol=1e-12)


def _names(name: str) -> list[str]:
    return [name, f"{name}_std", f"{name}_low", f"{name}_high"]


def test_means_say_what_they_are(cube: xr.Dataset) -> None:
    found = cube.ssb.mean_over_seeds(0.9)
    assert set(found.data_vars) == {*_names("porosity"), *_names("height"), "n_ok"}
    assert dict(found.sizes) == {"composition": 2, "distribution": 2}
    assert found["n_ok"].values.tolist() == [[3, 2], [1, 0]]
    assert found["height"].attrs == cube["height"].attrs
    assert {found[name].attrs["units"] for name in _names("height")} == {"um"}
    assert found["height_low"].attrs["long_name"] == (
        "height: lower end of the 90 % confidence interval of the mean over seeds"
    )
    assert found.attrs == cube.attrs


def test_means_of_a_lazy_cube_are_lazy_and_the_same(cube: xr.Dataset) -> None:
    lazy = cube.chunk(composition=1, seed=2).ssb.mean_over_seeds()
    assert all(dask.is_dask_collection(variable) for variable in lazy.data_vars.values())
    xr.testing.assert_allclose(lazy.compute(), cube.ssb.mean_over_seeds())


def test_a_masked_cube_is_averaged_over_what_is_left(cube: xr.Dataset) -> None:
    found = cube.where(cube["porosity"] != 1).ssb.mean_over_seeds()
    assert "status" not in found
    assert found["porosity"].values[0].tolist() == [3, 5]
    assert found["n_ok"].values.tolist() == [[2, 2], [1, 0]]


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, np.nan])
def test_a_confidence_lies_between_0_and_1(cube: xr.Dataset, confidence: float) -> None:
    with pytest.raises(InputError, match=r"between 0 and 1, e\.g\. 0\.95"):
        cube.ssb.mean_over_seeds(confidence)


def test_bootstrap_intervals_are_the_same_of_a_lazy_cube(cube: xr.Dataset) -> None:
    found = cube.ssb.mean_over_seeds(method="bootstrap", generator=np.random.default_rng(1))
    lazy = cube.chunk(composition=1, seed=2).ssb.mean_over_seeds(method="bootstrap", generator=np.random.default_rng(1))
    assert all(dask.is_dask_collection(variable) for variable in lazy.data_vars.values())
    xr.testing.assert_allclose(lazy.compute(), found)
    low, high = (found[f"porosity_{end}"].values for end in ("low", "high"))
    assert np.isfinite(low).tolist() == [[True, True], [False, False]]
    assert (low[0] >= [1, 4]).all()
    assert (high[0] <= [3, 6]).all()
    assert found["porosity"].identical(cube.ssb.mean_over_seeds()["porosity"])


def test_a_bootstrap_needs_a_generator(cube: xr.Dataset) -> None:
    with pytest.raises(InputError, match=r"give a generator"):
        cube.ssb.mean_over_seeds(method="bootstrap")
    with pytest.raises(InputError, match="unknown method 'BCa'; allowed: t, bootstrap"):
        cube.ssb.mean_over_seeds(method="BCa")


def test_what_is_no_cube_is_told_so(cube: xr.Dataset) -> None:
    for question in ("where_ok", "case_ids", "mean_over_seeds", "open_cases"):
        with pytest.raises(InputError, match="no status and no case_id"):
            getattr(cube[["porosity"]].ssb, question)(*(["store"] if question == "open_cases" else []))
    with pytest.raises(InputError, match="no dim seed"):
        cube.isel(seed=0).ssb.mean_over_seeds()


def test_the_best_design_is_that_of_selection(cube: xr.Dataset) -> None:
    found, expected = (ask(maximize="porosity", where="height < 60") for ask in (cube.ssb.best, _best_of(cube)))
    assert (found.labels, found.where) == (expected.labels, expected.where) == (["a/coarse", "a/fine"], "height < 60")


def _best_of(cube: xr.Dataset) -> Any:
    return lambda **wishes: best(cube, **wishes)


@pytest.mark.lammps
def test_cubes_that_ssbflow_opens_have_it_and_importing_ssbflow_stays_light(tiny_store: Path) -> None:
    lines = (
        "import sys, ssbflow",
        "assert 'xarray' not in sys.modules",
        f"cube = ssbflow.open_cube({str(tiny_store)!r})",
        "print(len(cube.ssb.case_ids()), cube.ssb.open_cases().sizes['case'], cube.ssb.best(minimize='porosity').best)",
    )
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr, answer.stdout) == (0, "", "2 2 CAM60/fine\n")

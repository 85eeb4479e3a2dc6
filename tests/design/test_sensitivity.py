from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ssbflow.design.selection import best
from ssbflow.design.sensitivity import sensitivity
from ssbflow.errors import SelectionError
from ssbflow.store.cells import STATUS
from ssbflow.store.cube import DIMS


def cube_of(values: Any) -> xr.Dataset:
    """A cube whose cells all ended well, with one input along each axis."""
    shape = values.shape
    labels = [
        np.array([f"{axis}{at}" for at in range(size)], dtype=object) for axis, size in zip("cd", shape, strict=False)
    ]
    return xr.Dataset(
        {"status": (DIMS, np.full(shape, STATUS["ok"], dtype=np.int8)), "porosity": (DIMS, values)},
        coords={
            "composition": labels[0],
            "distribution": labels[1],
            "seed": np.arange(shape[2]),
            "eam_wt": ("composition", np.linspace(0.6, 0.8, shape[0])),
            "se_d50": ("distribution", np.linspace(4, 2, shape[1])),
            "eam_d50": ("distribution", np.full(shape[1], 4.0)),
        },
    )


def additive(composition: float, distribution: float, noise: float, shape: tuple[int, int, int] = (5, 4, 6)) -> Any:
    steps = [np.linspace(-1, 1, size) / np.linspace(-1, 1, size).std() for size in shape[:2]]
    of_axes = composition * steps[0][:, None, None] + distribution * steps[1][None, :, None]
    return of_axes + noise * np.random.default_rng(0).normal(size=shape)


def test_shares_of_an_additive_function_are_its_variances() -> None:
    found = sensitivity(cube_of(additive(2, 1, 0)), "porosity")
    assert found.shares.tolist() == pytest.approx([0.8, 0.2, 0, 0], abs=1e-12)
    assert found.inputs.index.tolist() == ["eam_wt", "se_d50"]
    assert found.inputs["slope"].tolist() == pytest.approx([0.8**0.5, -(0.2**0.5)])
    assert str(found) == "variance of porosity: composition 80%, distribution 20%, interaction 0%, seed 0%"


def test_shares_with_noise_are_those_of_the_variances_behind() -> None:
    found = sensitivity(cube_of(additive(2, 1, 1, (5, 4, 200))), "porosity")
    assert found.shares.tolist() == pytest.approx([4 / 6, 1 / 6, 0, 1 / 6], abs=0.02)


def test_pure_noise_is_the_seeds_share() -> None:
    found = sensitivity(cube_of(additive(0, 0, 1, (8, 8, 8))), "porosity")
    assert found.shares["seed"] == pytest.approx(1, abs=0.05)
    assert (found.inputs["slope"].abs() < 3 * found.inputs["slope_error"]).all()


def test_product_of_centred_inputs_is_interaction() -> None:
    values = np.outer([-1, 0, 1], [-1, 1])[:, :, None] * np.ones(3)
    assert sensitivity(cube_of(values), "porosity").shares.tolist() == pytest.approx([0, 0, 1, 0], abs=1e-12)


@given(values=arrays(float, (3, 4, 3), elements=st.floats(-5, 5), unique=True), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=25)
def test_shares_are_those_of_the_analysis_of_variance_whatever_the_order(values: Any, seed: int) -> None:
    cube = cube_of(values)
    shares = sensitivity(cube, "porosity").shares
    means, (a, b, n) = values.mean(axis=2), values.shape
    squares = [
        b * n * ((means.mean(axis=1) - means.mean()) ** 2).sum(),
        a * n * ((means.mean(axis=0) - means.mean()) ** 2).sum(),
    ]
    noise, total = ((values - means[..., None]) ** 2).sum(), ((values - values.mean()) ** 2).sum()
    squares.append(total - noise - sum(squares))
    by_noise = np.array([a - 1, b - 1, (a - 1) * (b - 1)]) * noise / (a * b * (n - 1))
    expected = [*(squares - by_noise), noise + by_noise.sum()] / total
    np.testing.assert_allclose(shares, expected, atol=1e-6)
    assert shares.sum() == pytest.approx(1)
    generator = np.random.default_rng(seed)
    shuffled = cube.isel({dim: generator.permutation(size) for dim, size in cube.sizes.items()})
    pd.testing.assert_series_equal(sensitivity(shuffled, "porosity").shares, shares, atol=1e-9)


def test_missing_designs_and_seeds_leave_the_shares_about_the_same() -> None:
    cube = cube_of(additive(2, 1, 0.1))
    status = cube["status"].copy()
    status[0, 1], status[3, 2], status[2, 2, 3:] = (STATUS["failed"],) * 3
    found = sensitivity(cube.assign(status=status), "porosity")
    assert found.shares.sum() == pytest.approx(1)
    assert found.shares.tolist() == pytest.approx([0.8, 0.2, 0, 0], abs=0.06)


def test_a_selection_tells_of_all_its_designs() -> None:
    cube = cube_of(additive(2, 1, 0.1))
    found = best(cube, maximize="2 * porosity", where="eam_wt > 0.7").sensitivity()
    np.testing.assert_allclose(found.shares, sensitivity(cube, "porosity").shares)


def test_one_seed_tells_nothing_of_noise() -> None:
    with pytest.raises(SelectionError, match="no design has two seeds"):
        sensitivity(cube_of(additive(1, 1, 1, (3, 3, 1))), "porosity")


def test_two_designs_are_too_few() -> None:
    with pytest.raises(SelectionError, match="2 designs have a porosity; 3 or more"):
        sensitivity(cube_of(np.ones((2, 1, 3))), "porosity")


def test_what_does_not_vary_has_no_shares() -> None:
    found = sensitivity(cube_of(np.ones((3, 3, 3))), "porosity")
    assert found.shares.isna().all()
    assert found.inputs["slope"].tolist() == [0, 0]

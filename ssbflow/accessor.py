"""``ds.ssb``: what a cube can do beyond xarray, at hand on every dataset.

`ssbflow.open_cube` brings it along; who opens cubes with xarray alone writes ``import ssbflow.accessor``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import xarray as xr
from scipy import stats

from ssbflow.design.bootstrap import bootstrap_interval
from ssbflow.errors import InputError
from ssbflow.store.opening import open_cube
from ssbflow.store.ragged import open_cases
from ssbflow.store.selected import check_names_cases, is_ok, selected_cases

if TYPE_CHECKING:
    from ssbflow.design.selection import Selection
    from ssbflow.inputs.cell import Cell
    from ssbflow.views.figures.of_cube import CubePlots

__all__ = ["CubeAccessor", "open_cube"]  # `ssbflow.open_cube` is taken from here, so that opened cubes have ds.ssb


@xr.register_dataset_accessor("ssb")  # type: ignore[no-untyped-call]
class CubeAccessor:
    """Questions to a cube, or to what was selected of it.

    Parameters
    ----------
    cube : xarray.Dataset
    """

    def __init__(self, cube: xr.Dataset) -> None:
        self._cube = cube

    def where_ok(self) -> xr.Dataset:
        """Return the cube with NaN wherever a case has not ended well; ``status`` and ``case_id`` stay what they are.

        Raises
        ------
        InputError
            The dataset names no cases.
        """
        return self._cube.assign(self._numbers())

    def case_ids(self, condition: xr.DataArray | None = None) -> list[str]:
        """Return the ids of the cases that ended well, in the order of the cube.

        Parameters
        ----------
        condition : xarray.DataArray of bool, optional
            Over dims of the cube: ``ds.porosity < 0.15``.

        Raises
        ------
        InputError
            The dataset names no cases.
        SelectionError
            There is none.
        """
        check_names_cases(self._cube)
        cells = self._cube[["status", "case_id"]]
        if condition is not None:
            cells = cells.assign(status=cells["status"].where(condition))
        ids: list[str] = selected_cases(cells)["case_id"].values.tolist()
        return ids

    def mean_over_seeds(
        self,
        confidence: float = 0.95,
        method: Literal["t", "bootstrap"] = "t",
        generator: np.random.Generator | None = None,
    ) -> xr.Dataset:
        """Return means over the seeds that ended well, and how well they are known; lazy where the cube is.

        Parameters
        ----------
        confidence : float
            Of the interval, between 0 and 1.
        method : str
            ``t``: Student's interval, the better one for few seeds. ``bootstrap``: bias-corrected and accelerated,
            which stays among the values that were seen (`ssbflow.design.bootstrap`).
        generator : numpy.random.Generator, optional
            That the bootstrap draws from; needed for it.

        Returns
        -------
        xarray.Dataset
            Dims ``composition, distribution``. For each numeric variable its mean; under its name with ``_std`` the
            standard deviation of the seeds, with ``_low`` and ``_high`` the ends of the confidence interval of the
            mean, NaN for one seed. ``n_ok`` counts the cases that ended well. A quantity that does not exist for
            some seeds (no path spans) is averaged over those for which it does.

        Raises
        ------
        InputError
            The dataset names no cases, a confidence or a method that is none, or a bootstrap without generator.
        """
        _check_interval(confidence, method, generator)
        numbers = self._numbers()
        if "seed" not in numbers.dims:
            raise InputError("the dataset has no dim seed to average over; take all seeds of a cube")
        count = numbers.notnull().sum("seed")
        mean = numbers.sum("seed", min_count=1) / count.where(count > 0)
        std = (((numbers - mean) ** 2).sum("seed") / (count - 1).where(count > 1)) ** 0.5
        if generator is not None and method == "bootstrap":
            low, high = _bootstrapped(numbers, confidence, generator)
        else:
            half = _student(count, confidence, numbers.sizes["seed"]) * std / count.where(count > 0) ** 0.5
            low, high = mean - half, mean + half
        interval = f"of the {100 * confidence:g} % confidence interval of the mean over seeds"
        averaged = mean.assign({name: array.assign_attrs(numbers[name].attrs) for name, array in mean.items()})
        return averaged.assign(
            {
                **_told(std, numbers, "std", "standard deviation over seeds"),
                **_told(low, numbers, "low", f"lower end {interval}"),
                **_told(high, numbers, "high", f"upper end {interval}"),
                "n_ok": is_ok(self._cube).sum("seed").assign_attrs(units="1", long_name="cases that ended well"),
            }
        ).assign_attrs(self._cube.attrs)

    def best(
        self,
        *,
        maximize: str | None = None,
        minimize: str | None = None,
        where: str | None = None,
        pareto: Sequence[str] = (),
        cell: "Cell | None" = None,
    ) -> "Selection":
        """Rank the designs of the cube, as `ssbflow.best` does."""
        from ssbflow.design.selection import best

        return best(self._cube, maximize=maximize, minimize=minimize, where=where, pareto=pareto, cell=cell)

    def open_cases(
        self, store: str | Path | None = None, content: str = "final", frames: Sequence[int] | None = None
    ) -> xr.Dataset:
        """Open the selected cases as one lazy dataset, as `ssbflow.open_cases` does."""
        return open_cases(self._cube, store, content, frames)

    @property
    def plot(self) -> "CubePlots":
        """Pictures of the cube: ``cube.ssb.plot.heatmap("porosity")``, and others of `ssbflow.plot`."""
        from ssbflow.views.figures.of_cube import CubePlots

        return CubePlots(self._cube)

    def _numbers(self) -> xr.Dataset:
        """Return the variables that are numbers, of cases that ended well; NaN elsewhere."""
        ok = is_ok(self._cube)
        names = [name for name, variable in self._cube.data_vars.items() if variable.dtype.kind == "f"]
        # a mask has made floats of these
        return self._cube[[name for name in names if name not in ("status", "physics_version")]].where(ok)


def _check_interval(confidence: float, method: str, generator: np.random.Generator | None) -> None:
    if not 0 < confidence < 1:
        raise InputError(f"confidence {confidence} is none; give a number between 0 and 1, e.g. 0.95")
    if method not in ("t", "bootstrap"):
        raise InputError(f"unknown method {method!r}; allowed: t, bootstrap")
    if method == "bootstrap" and generator is None:
        raise InputError("a bootstrap draws numbers: give a generator, e.g. numpy.random.default_rng(1)")


def _bootstrapped(
    numbers: xr.Dataset, confidence: float, generator: np.random.Generator
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return both ends of the bootstrap's intervals; the same of a lazy cube, whatever its chunks."""
    whole = numbers.chunk(seed=-1) if numbers.chunks else numbers
    low, high = xr.apply_ufunc(
        bootstrap_interval, whole, kwargs={"confidence": confidence, "entropy": int(generator.integers(2**63))},
        input_core_dims=[["seed"]], output_core_dims=[[], []], dask="parallelized",
        output_dtypes=[np.float64, np.float64],
    )  # fmt: skip
    return low, high


def _student(count: xr.Dataset, confidence: float, most: int) -> xr.Dataset:
    """Return Student's quantile for each number of seeds; NaN where fewer than two."""
    quantiles = np.asarray(stats.t.ppf((1 + confidence) / 2, np.arange(-1, most)))
    found: xr.Dataset = xr.apply_ufunc(quantiles.__getitem__, count, dask="parallelized", output_dtypes=[np.float64])
    return found


def _told(statistic: xr.Dataset, of: xr.Dataset, suffix: str, meaning: str) -> dict[str, xr.DataArray]:
    """Return a statistic of each variable by its own name, with its unit and what it is."""
    return {
        f"{name}_{suffix}": array.drop_attrs().assign_attrs(
            units=of[name].attrs.get("units", "1"), long_name=f"{of[name].attrs.get('long_name', name)}: {meaning}"
        )
        for name, array in statistic.items()
    }

import numpy as np
import pytest
from made_up_cube import POROSITY, made_up_cube, made_up_study
from matplotlib import colormaps, rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

import ssbflow
import ssbflow.accessor
from ssbflow.errors import InputError, SelectionError
from ssbflow.views.figures.style import PALETTE


@pytest.fixture
def axes() -> Axes:
    """Axes of a figure that pyplot does not know."""
    return Figure().subplots()


def legend_of(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_a_heat_map_shows_means_intervals_and_every_seed(axes: Axes) -> None:
    assert ssbflow.plot.heatmap(made_up_cube(), "porosity", ax=axes) is axes
    mean = POROSITY.mean(axis=2).T.copy()
    mean[1, 2] = np.nan
    np.testing.assert_allclose(axes.images[0].get_array().filled(np.nan), mean)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["CAM60", "CAM70", "CAM80"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["fine", "coarse"]
    half = stats.t.ppf(0.975, 1) * 0.01 / np.sqrt(2) / np.sqrt(2)
    texts = [text.get_text() for text in axes.texts]
    assert texts[0] == f"{mean[0, 0]:.3g}\n± {half:.2g}"
    assert texts.count("–") == 1
    dots = [dots for dots in axes.collections if len(dots.get_offsets())]
    assert [len(one.get_offsets()) for one in dots] == [2] * 5
    shown = colormaps["viridis"]((POROSITY[0, 0] - 0) / (0.09 - 0))
    np.testing.assert_allclose(dots[0].get_facecolors(), shown, atol=1e-6)
    assert axes.figure.axes[1].get_ylabel() == "porosity (–)"


def test_seeds_stand_beside_the_mean_of_their_design(axes: Axes) -> None:
    ssbflow.plot.seeds(made_up_cube(), "conductivity_ionic_effective", ax=axes)
    assert axes.get_ylabel() == "conductivity ionic effective (S/m)"
    assert legend_of(axes) == ["fine", "coarse"]
    dots = np.concatenate([line.get_ydata(orig=False) for line in axes.lines if line.get_marker() == "."])
    np.testing.assert_allclose(np.sort(dots), np.sort(1 + POROSITY.ravel())[:10])
    means = np.concatenate([line.get_ydata(orig=False) for line in axes.lines if line.get_marker() == "_"][:1])
    np.testing.assert_allclose(np.sort(means)[:3], (1 + POROSITY.mean(axis=2))[:, 0])


def test_the_designs_of_a_study_stand_in_the_order_asked_for(axes: Axes) -> None:
    ssbflow.plot.seeds(made_up_study(), "porosity", ax=axes)
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == ["CAM60/fine", "CAM60/coarse", "CAM70/fine", "CAM70/coarse", "CAM80/fine"]


def test_a_curve_has_a_line_for_each_distribution_over_per_cents(axes: Axes) -> None:
    made_up_cube().ssb.plot.curve("porosity", ax=axes)
    assert axes.get_xlabel() == "EAM as mixed (wt%)"
    assert legend_of(axes) == ["fine", "coarse"]
    lines = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    np.testing.assert_allclose(lines[0].get_xdata(orig=False), [60, 70, 80])
    np.testing.assert_allclose(lines[0].get_ydata(orig=False), POROSITY.mean(axis=2)[:, 0])
    np.testing.assert_allclose(lines[1].get_xdata(orig=False), [60, 70])


def test_percolation_has_the_share_of_seeds_that_span_with_wilsons_interval(axes: Axes) -> None:
    made_up_cube().ssb.plot.percolation(ax=axes)
    fine = next(line for line in axes.lines if line.get_marker() == "o")
    np.testing.assert_allclose(fine.get_ydata(orig=False), [0.5, 0.5, 0.5])
    interval = stats.binomtest(1, 2).proportion_ci(method="wilson")
    bar = axes.collections[0].get_segments()[0][:, 1]
    np.testing.assert_allclose(bar, [interval.low, interval.high])
    assert legend_of(axes) == ["SE spans", "EAM spans", "fine", "coarse"]
    assert axes.get_ylabel() == "share of seeds in which it spans (–)"


def test_the_front_is_that_of_best_and_axes_say_which_way_is_better(axes: Axes) -> None:
    cube = made_up_cube()
    cube.ssb.plot.pareto("-porosity", "conductivity_ionic_effective", ax=axes)
    front = ssbflow.best(cube, pareto=["-porosity", "conductivity_ionic_effective"])
    line = next(line for line in axes.lines if line.get_linestyle() == "-" and line.get_color() == PALETTE[0])
    np.testing.assert_allclose(np.sort(line.get_xdata(orig=False)), np.sort(-front.table["-porosity"]))
    assert axes.get_xlabel() == "porosity (–), small is better"
    assert axes.get_ylabel() == "conductivity ionic effective (S/m), large is better"
    assert set(front.labels) <= set(legend_of(axes))


def test_a_minus_before_a_quotient_is_a_minus_before_all_of_it(axes: Axes) -> None:
    made_up_cube().ssb.plot.pareto("-conductivity_ionic_effective / 2", "porosity", ax=axes)
    assert axes.get_xlabel() == "conductivity_ionic_effective / 2, small is better"
    assert np.concatenate([line.get_xdata(orig=False) for line in axes.lines]).min() > 0


@pytest.mark.parametrize("picture", ["heatmap", "curve"])
def test_the_cube_of_a_study_is_no_grid(picture: str) -> None:
    with pytest.raises(InputError, match=r"cube of a study.*ssbflow\.plot\.seeds"):
        getattr(ssbflow.plot, picture)(made_up_study(), "porosity")


def test_an_unknown_variable_and_an_unknown_share_are_told() -> None:
    with pytest.raises(SelectionError, match="did you mean porosity"):
        ssbflow.plot.heatmap(made_up_cube(), "porosty")
    with pytest.raises(InputError, match="eam_wt, eam_vol_target"):
        ssbflow.plot.curve(made_up_cube(), "porosity", over="se_wt")


def test_settings_of_matplotlib_stay_as_they_are(axes: Axes) -> None:
    before = dict(rcParams)
    ssbflow.plot.seeds(made_up_cube(), "porosity", ax=axes)
    assert dict(rcParams) == before

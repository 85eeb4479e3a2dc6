"""The target loop on real presses of tiny boxes."""

import math
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import ssbflow
from ssbflow.cli import app
from ssbflow.design.target_loop import Approach, Iteration, _Loop
from ssbflow.errors import InputError
from ssbflow.inputs.sweep import Sweep

Reached = tuple[Path, list[Approach]]
WINDOW = (0.635, 0.665)


@pytest.fixture(scope="module")
def reached(tiny_sweep: Sweep, tmp_path_factory: pytest.TempPathFactory) -> Reached:
    """A loop from 60 wt% to 65."""
    store = tmp_path_factory.mktemp("target") / "store"
    return store, ssbflow.target_loop(tiny_sweep, store, window=WINDOW)


@pytest.mark.lammps
def test_the_pressed_electrode_has_the_wanted_composition(reached: Reached, tiny_sweep: Sweep) -> None:
    store, (approach,) = reached
    assert (approach.design, approach.is_reached, approach.ended) == ("CAM60/fine", True, "in its window")
    cube = ssbflow.open_cube(store, "tiny")
    assert cube["design"].values.tolist() == [one.design for one in approach.iterations]
    assert cube["role"].values.tolist() == [f"target loop, iteration {n + 1}" for n in range(cube.sizes["design"])]
    means = cube["eam_wt_final"].mean("seed")
    np.testing.assert_allclose(means, [one.eam_wt_final for one in approach.iterations], rtol=1e-12)
    assert WINDOW[0] <= float(means[-1]) <= WINDOW[1]
    assert approach.iterations[0].eam_wt == 0.6  # where the sweep begins
    assert cube["seed"].values.tolist() == list(tiny_sweep.seeds)


@pytest.mark.lammps
def test_the_same_again_computes_nothing(reached: Reached, tiny_file: Path) -> None:
    store, approaches = reached
    before = sorted(store.glob("records/*/*"))
    window = ["--low", str(WINDOW[0]), "--high", str(WINDOW[1])]
    done = CliRunner().invoke(app, ["target", str(tiny_file), "--store", str(store), *window, "--cluster", "serial"])
    assert done.exit_code == 0, done.output
    assert "CAM60/fine: in its window" in done.output
    assert sorted(store.glob("records/*/*")) == before
    assert len(before) == 2 * len(approaches[0].iterations)


@pytest.mark.lammps
def test_another_window_is_another_study(reached: Reached, tiny_sweep: Sweep) -> None:
    with pytest.raises(InputError, match=r"another study 'tiny': there window is \[0.635,0.665\], here \[0.5,0.6\]"):
        ssbflow.target_loop(tiny_sweep, reached[0], window=(0.5, 0.6))


@pytest.mark.lammps
def test_a_window_that_is_not_met_is_a_result(tiny_file: Path, tmp_path: Path) -> None:
    # whole particles: no share lies in so narrow a window
    command = ["target", str(tiny_file), "--store", str(tmp_path), "--low", "0.640001", "--high", "0.640002"]
    done = CliRunner().invoke(app, [*command, "--most", "2", "--cluster", "serial"])
    assert done.exit_code == 1, done.output
    assert "not in its window after 2 iterations" in done.output


@pytest.mark.parametrize(
    ("window", "told"), [((0.9, 0.8), "two weight fractions"), ((0.99, 0.995), "there is room for 0.979")]
)
def test_windows_that_cannot_be_are_refused(
    tiny_sweep: Sweep, tmp_path: Path, window: tuple[float, float], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        ssbflow.target_loop(tiny_sweep, tmp_path / "none", window=window)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("gain", "offset"), [(1.0, -0.05), (0.8, 0.1), (1.3, -0.3), (0.6, 0.3)])
def test_shares_that_drift_linearly_are_caught_in_a_few_iterations(
    tiny_sweep: Sweep, gain: float, offset: float
) -> None:
    loop = _Loop(tiny_sweep.compositions[0], tiny_sweep.distributions[0], (0.84, 0.86), [])
    while not loop.ended:
        share = loop.next_eam_wt()
        loop.take(Iteration(f"{share:.4f}", share, gain * share + offset, math.nan), 8)
    assert loop.ended == "in its window"
    assert len(loop.tried) <= 4


def test_what_cannot_be_mixed_ends_the_loop(tiny_sweep: Sweep) -> None:
    loop = _Loop(tiny_sweep.compositions[0], tiny_sweep.distributions[0], (0.84, 0.86), [])
    while not loop.ended:
        share = loop.next_eam_wt()
        loop.take(Iteration(f"{share:.4f}", share, 0.8 * share, math.nan), 8)
    assert loop.ended.startswith("nothing more to try: at 0.979")

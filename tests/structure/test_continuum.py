"""The contact network against the continuum: simple cubic and FCC lattices, and pressed packings."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from continuum import continuum_conductivity, eighth_of_a_cell
from structure_oracles import FCC, SC
from test_transport import lattice_conductivity

import ssbflow
from ssbflow.flow.simulate import pack_case, press_case
from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Packing
from ssbflow.structure.sample import Sample
from ssbflow.structure.transport import relative_conductivity

EXAMPLE_1 = Path(__file__).parents[2] / "catalogs" / "sweeps" / "example_1.yaml"
SPACING_UM = 0.35  # coarse voxels widen contacts that they do not resolve: the continuum reads some per cent too high

# lines fitted through twelve resolutions, 60 to 180 voxels a cell, at zero spacing; standard errors below 0.004
CONTINUUM = {
    ("SC", 0.05): 0.3019, ("SC", 0.10): 0.4577, ("SC", 0.15): 0.6016,
    ("FCC", 0.02): 0.4423, ("FCC", 0.05): 0.6496, ("FCC", 0.10): 0.8556, ("FCC", 0.15): 0.9549,
    ("BCC", 0.02): 0.3041, ("BCC", 0.05): 0.4787, ("BCC", 0.10): 0.6889, ("BCC", 0.15): 0.9120,
}  # fmt: skip


def test_full_box_and_laminates_are_exact() -> None:
    full = np.ones((6, 5, 4), dtype=bool)
    assert continuum_conductivity(full) == pytest.approx(1)
    parallel = full.copy()
    parallel[:, :2] = False
    assert continuum_conductivity(parallel) == pytest.approx(3 / 5)
    series = full.copy()
    series[3] = False
    assert np.isnan(continuum_conductivity(series))


def test_channel_through_the_periodic_boundary_conducts_between_mirrors_it_does_not() -> None:
    bent = np.zeros((4, 6, 1), dtype=bool)
    bent[:2, 0] = bent[1:, 5] = True
    assert np.isnan(continuum_conductivity(bent, periodic=False))
    # four faces between five voxels, and half a voxel at either end
    assert continuum_conductivity(bent) == pytest.approx(1 / 5 * 4 / 6)


@pytest.mark.parametrize(("name", "overlap"), [("SC", 0.10), ("SC", 0.15), ("FCC", 0.10)])
def test_fitted_values_are_those_of_the_solver(name: str, overlap: float) -> None:
    basis, nearest = {"SC": (SC, 1.0), "FCC": (FCC, np.sqrt(0.5))}[name]
    solid = eighth_of_a_cell(basis, nearest / 2 / (1 - overlap), 40)
    assert continuum_conductivity(solid, periodic=False) == pytest.approx(CONTINUUM[name, overlap], rel=0.02)


@pytest.mark.parametrize(("name", "overlap"), CONTINUUM)
def test_network_conducts_lattices_as_the_continuum_does(name: str, overlap: float) -> None:
    ratio = lattice_conductivity(name, overlap) / CONTINUUM[name, overlap]
    print(f"{name} {overlap:.2f}: network over continuum {ratio:.3f}")
    assert ratio == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("overlap", [0.05, 0.10, 0.15])
def test_radius_of_hertz_conducts_too_little_which_is_why_it_is_not_the_default(overlap: float) -> None:
    assert lattice_conductivity("SC", overlap, contact_radius="hertz") < 0.8 * CONTINUUM["SC", overlap]


SEEDS = {("platen", 1.0): [1, 2, 3], ("platen", 0.1): [1], ("body_force", 0.1): [1, 2, 3, 4, 5]}
"""One narrow box hangs on a few contacts that voxels do not resolve, or does not span: medians over these seeds."""


def pressed(drive: str, stiffness_scale: float) -> Iterator[Packing]:
    sweep = ssbflow.load_sweep(EXAMPLE_1).replace(seeds=SEEDS[drive, stiffness_scale])
    press = sweep.protocol.press.replace(drive=drive, stiffness_scale=stiffness_scale)
    for case in sweep.replace(protocol=sweep.protocol.replace(press=press)).cases():
        yield press_case(case, pack_case(case)).packing


def ratios_to_continuum(packing: Packing) -> dict[str, float]:
    """Conductivity of the network over that of the voxels: of each phase, and of all particles as one."""
    alike = Packing(packing.position_um, packing.radius_um, ["se"] * len(packing), packing.edge_um, packing.height_um)
    ratios = {}
    for name, of, species in (("se", packing, "se"), ("eam", packing, "eam"), ("all", alike, "se")):
        labels = ssbflow.voxels(of, SPACING_UM).values
        continuum = continuum_conductivity(labels == {"se": 1, "eam": 2}[species])
        sample = Sample(of, Analysis(), None, np.random.default_rng(0))
        ratios[name] = relative_conductivity(sample, species) / continuum  # type: ignore[arg-type]
    return ratios


@pytest.mark.lammps
@pytest.mark.long
@pytest.mark.parametrize(("drive", "stiffness_scale"), SEEDS)
def test_network_conducts_pressed_packings_as_the_continuum_does(drive: str, stiffness_scale: float) -> None:
    each = [ratios_to_continuum(packing) for packing in pressed(drive, stiffness_scale)]
    print(drive, stiffness_scale, each)
    found = {name: [ratio[name] for ratio in each] for name in each[0]}
    assert all(np.isfinite(values).mean() > 0.5 for values in found.values())  # most boxes span
    ratios = {name: float(np.nanmedian(values)) for name, values in found.items()}
    assert ratios["all"] == pytest.approx(1, abs=0.12)
    # the phases alone have contacts that voxels of this size do not resolve
    assert all(0.65 < ratio < 1.15 for ratio in ratios.values())

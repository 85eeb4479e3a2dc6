from pathlib import Path
from typing import Any

import pytest
import yaml

from ssbflow.errors import InputError
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.experiment import load_experiment, load_experiments

SIZES = {"kind": "tabulated", "basis": "number", "diameter_um": [2], "weight": [1]}
PELLET: dict[str, Any] = {
    "kind": "pellet",
    "title": "a pellet",
    "source": "a laboratory",
    "porosity": 0.2,
    "porosity_range": [0.15, 0.25],
    "composition": {"label": "pure", "weight_percent": {"eam": 0, "se": 100}, "eam": "NCM622", "se": "LPSCl"},
    "distribution": {"label": "one", "eam": SIZES, "se": SIZES},
    "protocol": {"box": {"edge_um": 8, "areal_mass_mg_cm2": 1}, "press": {"pressure_mpa": 370}},
}


def written(folder: Path, content: object) -> Path:
    path = folder / "experiments.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_shipped_pellet_is_what_was_measured() -> None:
    pellet = load_experiment("doux_2020")
    assert (pellet.porosity, pellet.porosity_range) == (0.179, (0.151, 0.197))
    assert pellet.protocol.press.pressure_mpa == 370
    assert pellet.protocol.release
    assert pellet.composition.weight_percent.fractions() == {"eam": 0, "se": 1, "carbon": 0, "binder": 0}
    assert "10.1039/C9TA12889A" in pellet.source
    assert "assumed" in pellet.source


def test_tables_are_no_pellets_and_stay_readable() -> None:
    assert "minnmann_2021" not in load_experiments()
    content = yaml.safe_load((catalog_folder() / "experiments.yaml").read_text(encoding="utf-8"))
    assert len(content["minnmann_2021"]["cathodes"]) == 5


@pytest.mark.parametrize(("name", "reason"), [("minnmann_2021", "is a table"), ("doux", "is no known experiment")])
def test_what_is_no_pellet_is_refused_with_those_there_are(name: str, reason: str) -> None:
    with pytest.raises(InputError, match=f"'{name}' {reason}.*calibrate on doux_2020, or .*FILE.yaml"):
        load_experiment(name)


def test_the_one_pellet_of_a_file_is_found_beside_tables(tmp_path: Path) -> None:
    pellet = load_experiment(written(tmp_path, {"mine": PELLET, "numbers": {"kind": "table", "rows": [1, 2]}}))
    assert (pellet.name, pellet.title, pellet.protocol.release) == ("mine", "a pellet", None)


@pytest.mark.parametrize(("names", "found"), [((), "none"), (("one", "two"), "one, two")])
def test_a_file_without_one_pellet_is_refused(tmp_path: Path, names: tuple[str, ...], found: str) -> None:
    with pytest.raises(InputError, match=f"experiments.yaml: must hold one pellet; it has {found}"):
        load_experiment(written(tmp_path, dict.fromkeys(names, PELLET)))


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no kind": ({"kind": None}, "mine.kind must be one of pellet, table; got None"),
    "a misspelt key": ({"porosty": 0.2}, "mine.porosty: unknown key 'porosty'"),
    "a percentage": ({"porosity": 20}, "mine.porosity: .*less than 1; got 20"),
    "a porosity beside its range": ({"porosity": 0.3}, "0.3 must lie in porosity_range, .*got 0.15 to 0.25"),
    "a range upside down": ({"porosity_range": [0.25, 0.15]}, "must lie in porosity_range"),
    "an unknown material": (
        {"composition": {**PELLET["composition"], "se": "LPSC"}},
        "mine.composition.se: unknown material 'LPSC'",
    ),
    "a narrow box": (
        {"protocol": {**PELLET["protocol"], "box": {"edge_um": 2, "areal_mass_mg_cm2": 1}}},
        "no wider than the largest particle",
    ),
    "a stiffness": (
        {"protocol": {**PELLET["protocol"], "press": {"pressure_mpa": 370, "stiffness_scale": 0.5}}},
        "stiffness_scale is what a calibration finds; got 0.5, leave it out",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_impossible_pellet_is_refused(tmp_path: Path, case: str) -> None:
    changes, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        load_experiment(written(tmp_path, {"mine": {**PELLET, **changes}}))


def test_what_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mine: must be a mapping"):
        load_experiment(written(tmp_path, {"mine": [1]}))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.yaml: cannot be read"):
        load_experiment(tmp_path / "nothing.yaml")

from pathlib import Path

import pytest

from ssbflow.inputs.catalog import catalog_folder, load_materials
from ssbflow.inputs.material import MEASURED_ONLY, MECHANICAL, Material
from ssbflow.inputs.reading import load_sweep

SWEEPS = sorted((catalog_folder() / "sweeps").glob("*.yaml"))
MATERIALS = load_materials()


def numbers(material: Material) -> set[str]:
    return {name for name in (*MECHANICAL, *MEASURED_ONLY) if getattr(material, name) is not None}


def test_there_are_sweeps() -> None:
    assert {path.stem for path in SWEEPS} >= {"example_1", "quickstart"}


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_sweep_loads_under_its_own_name(path: Path) -> None:
    sweep = load_sweep(path)
    assert sweep.name == path.stem
    assert len({case.case_id for case in sweep.cases()}) == (
        len(sweep.compositions) * len(sweep.distributions) * len(sweep.seeds)
    )


@pytest.mark.parametrize("name", MATERIALS)
def test_every_number_of_a_material_has_a_source(name: str) -> None:
    material = MATERIALS[name]
    assert set(material.sources) == numbers(material)
    assert all(len(source) > 5 for source in material.sources.values())


@pytest.mark.parametrize("name", MATERIALS)
def test_material_has_what_its_role_needs(name: str) -> None:
    material = MATERIALS[name]
    needed = {"density_g_cm3"} if material.role in ("carbon", "binder") else set(MECHANICAL)
    assert material.role is not None
    assert needed <= numbers(material)


def test_every_role_has_a_material() -> None:
    assert {material.role for material in MATERIALS.values()} == {"eam", "se", "carbon", "binder"}


def test_electrolytes_conduct_ions() -> None:
    lacking = [name for name, m in MATERIALS.items() if m.role == "se" and not m.conductivity_ionic_s_m]
    assert lacking == []


def test_published_example_is_what_was_published() -> None:
    sweep = load_sweep(catalog_folder() / "sweeps" / "example_1.yaml")
    composition, press, box = sweep.compositions[0], sweep.protocol.press, sweep.protocol.box
    assert composition.weight_percent.fractions() == {"eam": 0.66, "se": 0.33, "carbon": 0.01, "binder": 0}
    assert (composition.eam.density_g_cm3, composition.se.density_g_cm3) == (4.7, 1.74)
    assert (composition.eam.youngs_modulus_gpa, composition.se.youngs_modulus_gpa) == (195, 25)
    assert (press.pressure_mpa, press.stiffness_scale, box.edge_um) == (375, 1, 20)
    assert len(sweep.warnings()) == 1  # 20 / 11.05 µm

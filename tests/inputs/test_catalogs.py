from pathlib import Path

import pytest

from ssbflow.inputs.catalog import catalog_folder, load_materials
from ssbflow.inputs.material import MEASURED_ONLY, MECHANICAL, Material
from ssbflow.inputs.reading import load_sweep
from ssbflow.inputs.search import load_search

SWEEPS = sorted((catalog_folder() / "sweeps").glob("*.yaml"))
SEARCHES = sorted((catalog_folder() / "searches").glob("*.yaml"))
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


@pytest.mark.parametrize("path", SEARCHES, ids=lambda path: path.stem)
def test_search_loads_and_is_named_after_its_sweep(path: Path) -> None:
    search, sweep = load_search(path), load_sweep(path.parents[1] / "sweeps" / path.name)
    assert search.name == f"{path.stem}_search"
    assert (search.protocol, search.analysis) == (sweep.protocol, sweep.analysis)


def test_there_are_searches() -> None:
    assert SEARCHES


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


def test_every_active_material_belongs_in_an_electrode() -> None:
    assert {material.electrode for material in MATERIALS.values() if material.role == "eam"} == {"positive", "negative"}


def test_blend_is_mixed_of_its_two_powders() -> None:
    """Of 100 g: 85 / 2.26 = 37.611 cm³ of graphite and 15 / 2.33 = 6.438 cm³ of silicon, 0.8538 and 0.1462."""
    blend = MATERIALS["graphite_silicon_85_15"]
    assert blend.density_g_cm3 == pytest.approx(100 / (37.611 + 6.438), abs=0.005)
    voigt, reuss = 0.8538 * 32 + 0.1462 * 163, 1 / (0.8538 / 32 + 0.1462 / 163)
    assert blend.youngs_modulus_gpa == pytest.approx((voigt + reuss) / 2, abs=0.05)
    assert blend.poisson_ratio == pytest.approx(0.8538 * 0.32 + 0.1462 * 0.22, abs=0.0005)
    assert blend.capacity_mah_g == pytest.approx(0.85 * 360 + 0.15 * 3000)
    assert blend.mean_voltage_v == pytest.approx((306 * 0.1 + 450 * 0.4) / 756, abs=0.0005)
    assert blend.conductivity_electronic_s_m == pytest.approx(1e5 * 2 * (1 - 0.1462) / (2 + 0.1462), rel=0.01)


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

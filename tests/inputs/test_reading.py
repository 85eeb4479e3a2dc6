import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ssbflow.errors import InputError
from ssbflow.inputs.catalog import load_materials
from ssbflow.inputs.reading import load_sweep, sweep_from
from ssbflow.inputs.yaml_file import read_yaml

POWDER = {"density_g_cm3": 4.7, "youngs_modulus_gpa": 195, "poisson_ratio": 0.3, "friction": 0.4, "restitution": 0.7}
NO_DENSITY = {name: value for name, value in POWDER.items() if name != "density_g_cm3"}
LOGNORMAL = {"kind": "lognormal", "basis": "number", "d5_um": 2.0, "d50_um": 3.0, "d95_um": 4.5, "fit": "d5_d95"}

Place = tuple[str | int, ...]


@pytest.fixture
def content(tiny_file: Path) -> dict[str, Any]:
    return yaml.safe_load(tiny_file.read_text(encoding="utf-8"))


def put(content: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(content)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


def refusal(folder: Path, text: str) -> str:
    """Return the one line that a bad sweep file is answered with."""
    path = folder / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_sweep(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


COMPOSITION: Place = ("compositions", 0)
DISTRIBUTION: Place = ("distributions", 0)

BAD: dict[str, tuple[Place, Any, list[str]]] = {
    "negative density": (
        (*COMPOSITION, "eam"),
        {**POWDER, "density_g_cm3": -4.7},
        ["compositions[0].eam.density_g_cm3", "greater than 0", "got -4.7"],
    ),
    "negative density in the file's materials": (
        ("materials",),
        {"NCM": {**POWDER, "density_g_cm3": -4.7}},
        ["materials.NCM.density_g_cm3", "greater than 0", "got -4.7"],
    ),
    "missing density": ((*COMPOSITION, "se"), NO_DENSITY, ["compositions[0].se.density_g_cm3", "missing"]),
    "weights not summing to 100": (
        (*COMPOSITION, "weight_percent", "eam"),
        61,
        ["compositions[0].weight_percent", "sum to 101 %", "must sum to 100 %"],
    ),
    "D5 above D50": (
        (*DISTRIBUTION, "se"),
        {**LOGNORMAL, "d5_um": 3.5},
        ["distributions[0].se", "D5 < D50 < D95", "got [3.5, 3.0, 4.5] µm"],
    ),
    "unknown material": (
        (*COMPOSITION, "eam"),
        "NCM999",
        ["compositions[0].eam", "unknown material 'NCM999'", "NCM811", "add it under materials:"],
    ),
    "box no wider than its largest particle": (
        ("protocol", "box", "edge_um"),
        3,
        ["box.edge_um", "edge_um 3 ", "largest particle of distribution fine (3.00 µm)", "make it wider"],
    ),
    "no pressure": (
        ("protocol", "press", "pressure_mpa"),
        0,
        ["protocol.press.pressure_mpa", "greater than 0", "got 0"],
    ),
    "unknown key": (
        ("protocol", "box", "edge"),
        8,
        ["protocol.box.edge", "unknown key 'edge' (did you mean edge_um?)", "allowed: areal_mass_mg_cm2"],
    ),
    "unknown key at the top": (("seed",), [1], ["seed: unknown key 'seed'"]),
    "repeated seed": (("seeds",), [3, 4, 3], ["seeds repeat [3]", "once"]),
    "unknown kind": (
        (*DISTRIBUTION, "eam"),
        {"kind": "cauchy", "basis": "number"},
        ["distributions[0].eam", "'cauchy'", "'normal', 'lognormal', 'skew_normal'"],
    ),
    "no kind": ((*DISTRIBUTION, "eam"), {"basis": "number"}, ["distributions[0].eam", "'kind'"]),
    "text for a number": (("protocol", "box", "edge_um"), "wide", ["protocol.box.edge_um", "number", "got 'wide'"]),
    "nan": (("protocol", "box", "edge_um"), float("nan"), ["protocol.box.edge_um", "finite number", "got nan"]),
    "list for a mapping": (("protocol",), [8], ["protocol: ", "got [8]"]),
}


@pytest.mark.parametrize("mistake", BAD)
def test_refusal_names_the_field_what_was_got_and_what_is_allowed(
    tmp_path: Path, content: dict[str, Any], mistake: str
) -> None:
    place, value, said = BAD[mistake]
    message = refusal(tmp_path, yaml.safe_dump(put(content, place, value), allow_unicode=True))
    assert [part for part in said if part not in message] == []


@pytest.mark.parametrize("axis", ["compositions", "distributions"])
def test_repeated_label_is_refused(tmp_path: Path, content: dict[str, Any], axis: str) -> None:
    label = content[axis][0]["label"]
    message = refusal(tmp_path, yaml.safe_dump(put(content, (axis,), 2 * content[axis])))
    assert message.startswith(f"{axis} repeat ['{label}']")


def test_missing_field_is_named(tmp_path: Path, content: dict[str, Any]) -> None:
    del content["protocol"]["press"]
    assert refusal(tmp_path, yaml.safe_dump(content)) == "protocol.press: is missing: give it"


def test_path_of_a_size_is_the_one_in_the_file(tmp_path: Path, content: dict[str, Any]) -> None:
    bad = put(content, (*DISTRIBUTION, "se"), {**LOGNORMAL, "d5_um": -1})
    assert refusal(tmp_path, yaml.safe_dump(bad)).startswith("distributions[0].se.d5_um: ")


def test_path_of_a_narrow_box_is_the_one_in_the_file(tmp_path: Path, content: dict[str, Any]) -> None:
    assert "protocol.box.edge_um" in refusal(tmp_path, yaml.safe_dump(put(content, ("protocol", "box", "edge_um"), 3)))


def test_own_materials_that_are_no_mapping_are_named(tmp_path: Path, content: dict[str, Any]) -> None:
    assert refusal(tmp_path, yaml.safe_dump(put(content, ("materials",), ["NCM"]))).startswith("materials: ")


def test_one_mistake_is_counted_once(tmp_path: Path, content: dict[str, Any]) -> None:
    assert "NCM999" in refusal(tmp_path, yaml.safe_dump(put(content, (*COMPOSITION, "eam"), "NCM999")))


def test_each_mistake_has_its_line(tmp_path: Path, content: dict[str, Any]) -> None:
    bad = put(put(content, ("protocol", "box", "edge_um"), -1), ("protocol", "press", "pressure_mpa"), 0)
    with pytest.raises(InputError) as caught:
        sweep_from(bad)
    count, *lines = str(caught.value).splitlines()
    assert count == "sweep: 2 things are wrong"
    assert [line.split(":")[0] for line in lines] == ["- protocol.box.edge_um", "- protocol.press.pressure_mpa"]


def test_many_mistakes_are_shown_in_part(tmp_path: Path, content: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"sweep: 14 things are wrong\n(- .*\n){10}- and 4 more$"):
        sweep_from({**content, **{f"key{number}": 0 for number in range(14)}})


def test_misspelt_key_is_named_and_not_what_it_leaves_missing(tmp_path: Path, content: dict[str, Any]) -> None:
    content["protocol"]["box"]["egde_um"] = content["protocol"]["box"].pop("edge_um")
    assert refusal(tmp_path, yaml.safe_dump(content)).startswith("protocol.box.egde_um: unknown key")


BAD_TEXT = {
    "an open bracket": ("name: [tiny\nseeds: 3", ["no valid YAML", "line 2"]),
    "a tab": ("name:\n\t- x", ["no valid YAML", "line 2"]),
    "a duplicated key": ("name: tiny\nseeds: [1]\nname: other\n", ["'name' is given twice", "line"]),
    "a duplicated inner key": ("protocol:\n  box: {edge_um: 8, edge_um: 9}\n", ["'edge_um' is given twice", "line 2"]),
    "a tag that would run code": ("name: !!python/object/apply:os.getcwd []", ["no valid YAML", "python"]),
    "a date that does not exist": ("description: 2026-13-45", ["no valid YAML", "month"]),
    "nothing": ("", ["must be a mapping", "got NoneType"]),
    "a list": ("[1, 2]", ["must be a mapping", "got list"]),
    "a bare word": ("tiny", ["must be a mapping", "got str"]),
}


@pytest.mark.parametrize("mistake", BAD_TEXT)
def test_what_is_no_sweep_file_is_refused(tmp_path: Path, mistake: str) -> None:
    text, said = BAD_TEXT[mistake]
    message = refusal(tmp_path, text)
    assert [part for part in said if part not in message] == []


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(InputError, match=r"binary.yaml: no valid YAML"):
        load_sweep(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    with pytest.raises(InputError, match="No such file") as caught:
        load_sweep(path)
    assert str(path) in str(caught.value)


def test_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_sweep(tmp_path)


def test_error_is_also_a_value_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        load_sweep(tmp_path / "none.yaml")


def test_merged_keys_may_be_overridden(tmp_path: Path) -> None:
    path = tmp_path / "merged.yaml"
    path.write_text("a: &a {x: 1, y: 1}\nb: {<<: *a, y: 2}\n", encoding="utf-8")
    assert read_yaml(path)["b"] == {"x": 1, "y": 2}


def test_merged_keys_may_be_overridden_at_any_depth(tmp_path: Path) -> None:
    path = tmp_path / "merged.yaml"
    path.write_text("a: &a {x: 1}\nb:\n  deep: &deep {<<: *a, x: 2}\nc: {<<: *deep}\n", encoding="utf-8")
    assert read_yaml(path) == {"a": {"x": 1}, "b": {"deep": {"x": 2}}, "c": {"x": 2}}


def test_material_of_the_file_goes_before_the_catalogs(content: dict[str, Any]) -> None:
    sweep = sweep_from(put(content, ("materials",), {"NCM811": {**POWDER, "density_g_cm3": 4.4}}))
    assert sweep.compositions[0].eam.density_g_cm3 == 4.4
    assert load_materials()["NCM811"].density_g_cm3 != 4.4


def test_plain_data_is_refused_under_its_own_name(content: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^night: seeds repeat"):
        sweep_from(put(content, ("seeds",), [1, 1]), "night")


def test_plain_data_is_left_as_it_was(content: dict[str, Any]) -> None:
    before = copy.deepcopy(content)
    sweep_from(content)
    assert content == before


def test_file_and_plain_data_give_equal_sweeps(tiny_file: Path, content: dict[str, Any]) -> None:
    assert sweep_from(content) == load_sweep(tiny_file)


def test_own_catalog_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump({"glass": POWDER}), encoding="utf-8")
    assert load_materials(path)["glass"].youngs_modulus_gpa == POWDER["youngs_modulus_gpa"]
    assert load_materials(str(path))["glass"].name == "glass"


def test_edited_catalog_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    for density in (4.7, 4.6):
        path.write_text(yaml.safe_dump({"NCM": {**POWDER, "density_g_cm3": density}}), encoding="utf-8")
        assert load_materials(path)["NCM"].density_g_cm3 == density


def test_bad_material_of_a_catalog_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump({"glass": {**POWDER, "poisson_ratio": 0.6}}), encoding="utf-8")
    with pytest.raises(InputError, match=r"own.yaml: glass.poisson_ratio: .*less than 0.5; got 0.6"):
        load_materials(path)

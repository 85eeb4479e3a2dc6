from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from ssbflow.errors import InputError
from ssbflow.inputs.reading import sweep_from
from ssbflow.inputs.sweep import Sweep


@pytest.fixture
def content(tiny_file: Path) -> dict[str, Any]:
    return yaml.safe_load(tiny_file.read_text(encoding="utf-8"))


def relabelled(item: dict[str, Any], *labels: str) -> list[dict[str, Any]]:
    return [{**item, "label": label} for label in labels]


def varied(content: dict[str, Any], compositions: str, distributions: str) -> None:
    """Give the content so many compositions and distributions, each of its own."""
    content["compositions"] = relabelled(content["compositions"][0], *compositions)
    content["distributions"] = relabelled(content["distributions"][0], *distributions)
    for index, composition in enumerate(content["compositions"]):
        composition["weight_percent"] = {"eam": 60 + index, "se": 38 - index, "carbon": 1, "binder": 1}
    for index, distribution in enumerate(content["distributions"]):
        distribution["se"] = {**distribution["se"], "weight": [2 + index, 1]}


def test_cases_are_every_composition_with_every_distribution_and_seed(content: dict[str, Any]) -> None:
    varied(content, "abc", "xy")
    found = [
        (case.design.composition.label, case.design.distribution.label, case.seed)
        for case in sweep_from(content).cases()
    ]
    assert found == [(c, d, s) for c in "abc" for d in "xy" for s in (1, 2)]


def test_range_of_seeds(content: dict[str, Any]) -> None:
    content["seeds"] = {"first": 7, "count": 3}
    assert sweep_from(content).seeds == (7, 8, 9)


def test_seeds_keep_their_numbers_and_order(content: dict[str, Any]) -> None:
    content["seeds"] = [30, 5, 0]
    assert [case.seed for case in sweep_from(content).cases()] == [30, 5, 0]


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ([], "seeds: .*at least 1 item"),
        ([-1], r"seeds\[0\]: .*greater than or equal to 0; got -1"),
        ([1.5], r"seeds\[0\]: .*integer.*; got 1.5"),
        ({"first": 1, "count": 0}, "seeds.count: .*greater than or equal to 1; got 0"),
        ({"first": 1, "last": 3}, "seeds.last: unknown key"),
        ([2**63], "seeds"),  # the cube's seed axis holds 64-bit integers
    ],
)
def test_impossible_seeds_are_refused(content: dict[str, Any], seeds: Any, message: str) -> None:
    content["seeds"] = seeds
    with pytest.raises(InputError, match=message):
        sweep_from(content)


@pytest.mark.parametrize("axis", ["compositions", "distributions"])
def test_labels_may_not_repeat(content: dict[str, Any], axis: str) -> None:
    content[axis] = relabelled(content[axis][0], "same", "other", "same")
    with pytest.raises(InputError, match=rf"{axis} repeat \['same'\]; each label or seed once"):
        sweep_from(content)


def test_seeds_may_not_repeat(content: dict[str, Any]) -> None:
    content["seeds"] = [1, 2, 1]
    with pytest.raises(InputError, match=r"seeds repeat \[1\]"):
        sweep_from(content)


@pytest.mark.parametrize("axis", ["compositions", "distributions"])
def test_axis_without_entries_is_refused(content: dict[str, Any], axis: str) -> None:
    content[axis] = []
    with pytest.raises(InputError, match=f"{axis}: .*at least 1 item"):
        sweep_from(content)


def test_narrow_box_is_warned_about_and_not_refused(content: dict[str, Any]) -> None:
    content["protocol"]["box"]["edge_um"] = 1.8 * 3
    warnings = sweep_from(content).warnings()
    assert len(warnings) == 1
    assert "distribution fine: the box is only 1.8 × its largest particle (3.00 µm)" in warnings[0]


def test_narrow_box_is_warned_about_once_for_all_compositions(content: dict[str, Any]) -> None:
    varied(content, "abc", "x")
    assert len(sweep_from(content).warnings()) == 1


def test_two_labels_of_one_simulation_are_refused(content: dict[str, Any]) -> None:
    content["compositions"] = relabelled(content["compositions"][0], "a", "b")
    with pytest.raises(InputError, match="compositions a and b are the same simulation"):
        sweep_from(content)


def test_comfortable_box_gives_no_warning(content: dict[str, Any]) -> None:
    content["protocol"]["box"]["edge_um"] = 9
    assert sweep_from(content).warnings() == []


def test_one_distribution_too_large_for_the_box_is_named(content: dict[str, Any]) -> None:
    coarse = {"kind": "tabulated", "basis": "number", "diameter_um": [9], "weight": [1]}
    content["distributions"].append({"label": "coarse", "eam": coarse, "se": coarse})
    with pytest.raises(InputError, match=r"edge_um 8 is no wider .*distribution coarse \(9.00 µm\)"):
        sweep_from(content)


def test_replace_gives_a_validated_copy(tiny_sweep: Sweep) -> None:
    longer = tiny_sweep.replace(seeds=[5, 6, 7], name="longer")
    assert (longer.name, longer.seeds, longer.protocol) == ("longer", (5, 6, 7), tiny_sweep.protocol)
    assert tiny_sweep.seeds == (1, 2)


def test_replace_refuses_what_a_file_may_not_say(tiny_sweep: Sweep) -> None:
    with pytest.raises(ValueError, match="seeds repeat"):
        tiny_sweep.replace(seeds=[1, 1])


def test_analysis_may_be_left_out(content: dict[str, Any]) -> None:
    del content["analysis"]
    assert sweep_from(content).analysis.label == "default"


def test_sweep_is_frozen(tiny_sweep: Sweep) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        tiny_sweep.seeds = (3,)

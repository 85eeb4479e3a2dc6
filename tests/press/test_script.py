import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import BOTH, DRIVES, plan_of, random_packing, run_plain

from ssbflow.inputs.protocol import Press, Release, Settling
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.data_file import data_text, lid_um
from ssbflow.press.script import WINDOW, script_text

MIXTURES = [("eam", "se"), ("se",), ("eam",)]
DATA_AT_REST = {names.FINAL, names.CONTACTS, names.RESULT, names.PROGRESS}
RELEASE = Release(pressure_mpa=5)
RELEASED = {names.RELEASED, names.RELEASED_RESULT}


def script_of(packing: Packing, release: Release | None = None, **press: object) -> str:
    fields = {"pressure_mpa": 375, **press}
    return script_text(packing, Press(**fields), release, plan_of(packing, **press))


def commands_of(text: str) -> list[list[str]]:
    """Words of each line; a comment has none."""
    lines = text.replace("&\n", " ").splitlines()
    return [line.split("#")[0].split() for line in lines]


def beginning(text: str, *words: str) -> list[list[str]]:
    return [command for command in commands_of(text) if tuple(command[: len(words)]) == words]


@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("species", MIXTURES)
def test_every_type_has_one_pair_coefficient_with_its_modulus(species: tuple[str, ...], drive: str) -> None:
    coefficients = beginning(script_of(random_packing(4, species), drive=drive), "pair_coeff")
    types = len(species) + (drive == "platen")
    assert [words[1:3] for words in coefficients] == [[str(kind)] * 2 for kind in range(1, types + 1)]
    moduli = [float(words[4]) for words in coefficients]
    assert moduli[: len(species)] == [BOTH[name].youngs_modulus_gpa * 1e6 for name in species]


@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("species", MIXTURES)
def test_every_species_has_a_group_a_floor_and_a_share_of_the_particles(species: tuple[str, ...], drive: str) -> None:
    text = script_of(random_packing(4, species), drive=drive)
    kinds = [str(kind) for kind in range(1, len(species) + 1)]
    groups = [["group", name, "type", kind] for name, kind in zip(species, kinds, strict=True)]
    groups.append(["group", "particles", "type", *kinds])
    if drive == "platen":
        groups.append(["group", "platen", "type", str(len(species) + 1)])
    assert [words for words in beginning(text, "group") if words[2] == "type"] == groups
    floors = [words for words in beginning(text, "fix") if words[3] == "wall/gran"]
    assert [words[2] for words in floors] == list(species)
    assert [float(words[6]) for words in floors] == [BOTH[name].youngs_modulus_gpa * 1e6 for name in species]


@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("release", [None, RELEASE], ids=["pressed", "released"])
@pytest.mark.parametrize("species", MIXTURES)
def test_script_has_no_unresolved_braces(species: tuple[str, ...], release: Release | None, drive: str) -> None:
    text = script_of(random_packing(5, species), release, drive=drive, rolling_friction=0.2)
    without_variables = re.sub(r"\$\{\w+\}", "", text)
    assert not set("{}") & set(without_variables)
    assert not re.search(r"\b(None|nan|inf|np\.\w+|float64)\b", text)


@pytest.mark.parametrize("drive", DRIVES)
def test_every_name_that_the_script_uses_is_made_in_it(drive: str) -> None:
    text = script_of(random_packing(6, ("eam", "se")), RELEASE, drive=drive)
    made = {kind: {words[1] for words in beginning(text, kind)} for kind in ("variable", "compute", "fix")}
    used = {
        "variable": {*re.findall(r"\bv_(\w+)", text), *re.findall(r"\$\{(\w+)\}", text)},
        "compute": set(re.findall(r"\bc_(\w+)", text)),
        "fix": set(re.findall(r"\bf_(\w+)", text)),
    }
    for kind, found in used.items():
        assert found, kind
        assert found <= made[kind], kind


@pytest.mark.parametrize("name", ["start", "checkpoint", "unloading_from", "time_limit"])
def test_what_a_run_may_be_given_stands_in_the_script_as_a_default(name: str) -> None:
    # LAMMPS takes a variable of the command line before an `index` of the script, and only before that
    first, *_ = beginning(script_of(random_packing(6, ("se",)), RELEASE), "variable", name)
    assert first[2] == "index"


def fixes_at_each_run(text: str) -> list[list[str]]:
    """The fixes in the order in which LAMMPS goes through them; one that is given anew stays in its place."""
    there: list[str] = []
    found: list[list[str]] = []
    for words in commands_of(text):
        if words[:1] == ["fix"] and words[1] not in there:
            there.append(words[1])
        elif words[:1] == ["unfix"]:
            there.remove(words[1])  # which must be there
        elif words[:1] == ["run"]:
            found.append(list(there))
    return found


@pytest.mark.parametrize("drive", DRIVES)
def test_net_force_is_stored_after_all_that_presses_and_before_the_drag(drive: str) -> None:
    parting, *pressing = fixes_at_each_run(script_of(random_packing(6, ("eam", "se")), RELEASE, drive=drive))
    assert {"part", "drag"} <= set(parting)
    assert not any(name.startswith("push") for name in parting)
    for fixes in pressing:
        net, drag = fixes.index("net"), fixes.index("drag")
        pushing = [index for index, name in enumerate(fixes) if name.startswith(("push", "floor", "platen"))]
        assert pushing
        assert max(pushing) < net < drag
        flow = [index for index, name in enumerate(fixes) if name.startswith("flow")]
        assert len(flow) == (2 if drive == "platen" else 0)
        assert all(net < index for index in flow)
        assert "part" not in fixes


def test_platen_weighs_what_its_walls_carry_in_the_same_step() -> None:
    *_, fixes = fixes_at_each_run(script_of(random_packing(6, ("eam", "se")), drive="platen"))
    walls = [index for index, name in enumerate(fixes) if name.startswith("platen_")]
    assert len(walls) == 3
    assert max(walls) < fixes.index("push")


@pytest.mark.parametrize("drive", DRIVES)
def test_stop_looks_at_a_window_that_has_just_been_averaged(drive: str) -> None:
    # before it, the stop would judge by the window of a while ago
    runs = fixes_at_each_run(script_of(random_packing(6, ("eam", "se")), RELEASE, drive=drive))
    watched = [fixes for fixes in runs if {"window", "stop"} <= set(fixes)]
    assert len(watched) == 2  # press and release
    assert all(fixes.index("window") < fixes.index("stop") for fixes in watched)


@settings(max_examples=20, deadline=None)
@given(
    unbalanced=st.floats(1e-8, 0.9),
    floor=st.floats(1e-8, 0.9),
    drift=st.floats(1e-8, 0.9),
    steps=st.integers(1000, 10**9),
    pressure=st.floats(0.1, 5000),
)
def test_limits_of_the_settling_are_the_scripts(
    unbalanced: float, floor: float, drift: float, steps: int, pressure: float
) -> None:
    settling = Settling(
        unbalanced_force_limit=unbalanced, floor_force_tolerance=floor, height_drift_limit=drift, max_steps=steps
    )
    text = script_of(random_packing(7, ("se",)), pressure_mpa=pressure, settling=settling)
    assert f"variable        calm equal f_window[1]<{unbalanced!r}\n" in text
    assert f"variable        bears equal abs(f_window[2]-1.0)<{floor!r}\n" in text
    assert f"variable        stands equal abs(f_window[3])<{drift!r}\n" in text
    assert len(beginning(text, "run", str(steps), "upto")) == 1
    [(asked,)] = [re.findall(r"v_load\*(\S+)\)", line) for line in text.splitlines() if " carried " in line]
    assert float(asked) == pytest.approx(1e3 * pressure)


def test_drift_is_told_for_the_window_over_which_it_is_averaged() -> None:
    packing = random_packing(8, ("se",))
    text, plan = script_of(packing), plan_of(packing)
    [window_us] = re.findall(r"variable +drift equal c_sinking\*(\S+)/\(c_height", text)
    [(every, samples, steps)] = re.findall(r"fix +window all ave/time (\d+) (\d+) (\d+)", text)
    assert float(window_us) == pytest.approx(WINDOW * plan.time_step_us)
    assert int(every) * int(samples) == int(steps) == WINDOW


def drags_of(text: str) -> list[list[float]]:
    """Coefficient of each type, for each time that the drag is given."""
    found = []
    for words in beginning(text, "fix", "drag"):
        first, scales = float(words[4]), words[5:]
        kinds = [str(kind) for kind in range(2, 2 + len(scales) // 3)]
        assert (words[2:4], scales[::3], scales[1::3]) == (["all", "viscous"], ["scale"] * len(kinds), kinds)
        found.append([first, *(first * float(scale) for scale in scales[2::3])])
    return found


@pytest.mark.parametrize("drive", DRIVES)
def test_drag_of_each_type_is_the_plans(drive: str) -> None:
    packing = random_packing(9, ("eam", "se"))
    plan = plan_of(packing, drive=drive)
    platen = [plan.platen.drag] if plan.platen else []
    parting_drag, pressing_drag = drags_of(script_of(packing, drive=drive))
    assert parting_drag == pressing_drag == pytest.approx([*(plan.drag[name] for name in plan.species), *platen])


@settings(max_examples=20, deadline=None)
@given(pressure=st.floats(1, 1000), share=st.floats(0.001, 0.999))
def test_released_load_and_drag_are_those_of_the_lower_pressure(pressure: float, share: float) -> None:
    packing = random_packing(10, ("eam", "se"))
    text = script_of(packing, Release(pressure_mpa=share * pressure), pressure_mpa=pressure)
    [lost] = re.findall(r"variable +load equal \(1\.0-(\S+)\*ternary", text)
    # Hertz: the force goes with overlap^1.5, the stiffness with its cube root; critical damping with the root of that
    assert (1 - float(lost)) ** 1.5 == pytest.approx(share, rel=1e-6)
    *_, settling, releasing = drags_of(text)
    assert releasing == pytest.approx([share ** (1 / 3) * drag for drag in settling])


def test_press_without_release_releases_nothing() -> None:
    packing = random_packing(11, ("se",))
    pressed, released = script_of(packing), script_of(packing, RELEASE)
    assert released.startswith(pressed)
    assert not any(name in pressed for name in (*RELEASED, "release.1", "label           releasing"))
    assert all(name in released for name in (*RELEASED, "release.1", "label           releasing"))


@pytest.mark.parametrize(("drive", "top"), [("body_force", "c_top"), ("platen", "v_platen_z")])
def test_height_that_is_told_is_that_of_whatever_is_on_top(drive: str, top: str) -> None:
    text = script_of(random_packing(12, ("se",)), RELEASE, drive=drive)
    assert re.findall(r'"top_um \$\((\w+):%\.17g\)"', text) == [top, top]


def test_no_centre_is_parted_beyond_the_highest_or_pressed_beyond_the_lid() -> None:
    packing = random_packing(13, ("eam", "se"))
    text = script_of(packing)
    [cover], [lid] = (beginning(text, "fix", name) for name in ("cover", "lid"))
    assert cover[2:5] == ["particles", "wall/reflect", "zhi"]
    assert float(cover[5]) == packing.position_um[:, 2].max()
    assert lid[2:7] == ["particles", "wall/reflect", "zlo", "0.0", "zhi"]
    assert float(lid[7]) == lid_um(packing)
    assert text.index("unfix           cover") < text.index("label           pressing")


def run_script(folder: Path, packing: Packing, release: Release | None = None, **press: object) -> set[str]:
    """Run a script by hand, as its head tells one to; return the names of what it leaves."""
    (folder / names.DATA).write_text(data_text(packing, plan_of(packing, **press)), encoding="utf-8")
    (folder / names.SCRIPT).write_text(script_of(packing, release, **press), encoding="utf-8")
    run_plain(folder, names.SCRIPT)
    return {path.name for path in folder.iterdir()}


@pytest.mark.lammps
@pytest.mark.parametrize(
    ("species", "size_ratio", "drive"),
    [
        (("eam", "se"), 1.5, "platen"),
        (("se",), 1, "platen"),
        (("eam", "se"), 2, "body_force"),
        (("eam",), 2, "body_force"),
    ],
)
def test_written_press_runs_with_plain_lmp(
    tmp_path: Path, species: tuple[str, ...], size_ratio: float, drive: str
) -> None:
    packing = random_packing(3, species, size_ratio)
    left = run_script(tmp_path, packing, drive=drive)
    assert left >= DATA_AT_REST
    assert not left & RELEASED
    assert len(np.loadtxt(tmp_path / names.FINAL, skiprows=9)) == len(packing)
    steps = np.loadtxt(tmp_path / names.PROGRESS, ndmin=2)[:, 0]
    assert (tmp_path / names.frame(0)).is_file()
    frames = {path.name for path in tmp_path.glob(names.frame("*"))}
    assert frames <= {names.frame(int(step)) for step in steps}


@pytest.mark.lammps
@pytest.mark.parametrize("drive", DRIVES)
def test_written_release_runs_with_plain_lmp(tmp_path: Path, drive: str) -> None:
    packing = random_packing(3, ("eam", "se"), 1.5)
    assert run_script(tmp_path, packing, Release(pressure_mpa=20), drive=drive) >= DATA_AT_REST | RELEASED
    pressed, released = (np.loadtxt(tmp_path / name, skiprows=9) for name in (names.FINAL, names.RELEASED))
    assert len(released) == len(packing)
    assert released[:, 3].mean() > pressed[:, 3].mean()

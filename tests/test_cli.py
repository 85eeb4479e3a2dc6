import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from ssbflow.cli import main
from ssbflow.design.pellet import Mean, Pellet, Trial
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store
from ssbflow.store.opening import open_cube


@dataclass
class Answer:
    returncode: int
    stdout: str
    stderr: str


CommandLine = Callable[..., Answer]


@pytest.fixture
def ssbflow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line in this process; what a new process adds is tested once."""

    def run(*words: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["ssbflow", *(str(word) for word in words)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Answer(code or 0, *capsys.readouterr())

    return run


def test_help_of_a_new_process_names_every_command() -> None:
    command = [sys.executable, "-W", "error", "-c", "from ssbflow.cli import main; main()", "--help"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert all(
        name in answer.stdout
        for name in (
            *("plan", "run", "status", "check", "migrate", "retry", "remeasure", "publish", "best", "recipe"),
            *("calibrate", "doctor"),
        )
    )


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("se: LPSCl", "se: {density_g_cm3: -1}", "compositions[0].se.density_g_cm3"),
        ("eam: 60", "eam: 61", "weights sum to 101 %"),
        ("pressure_mpa: 375", "pressure_mpa: 0", "protocol.press.pressure_mpa"),
        ("frames: 5", "framez: 5", "unknown key 'framez'"),
        ("edge_um: 8", "edge_um: 3", "no wider than the largest particle"),
        ("{edge_um: 8", "{{edge_um: 8", "no valid YAML"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    ssbflow: CommandLine, tiny_file: Path, tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    path, store = tmp_path / "bad.yaml", tmp_path / "store"
    text = tiny_file.read_text()
    assert was in text
    path.write_text(text.replace(was, becomes))
    answer = ssbflow("run", path, "--store", store, "--cluster", "serial")
    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1
    assert "bad.yaml" in answer.stderr
    assert said in answer.stderr
    assert not store.exists()


def test_an_unwritable_store_is_exit_code_2(ssbflow: CommandLine, tiny_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = ssbflow("run", tiny_file, "--store", tmp_path / "file" / "store", "--cluster", "serial")
    assert answer.returncode == 2
    assert "is a file; give a folder" in answer.stderr


def test_no_lammps_is_exit_code_2(
    ssbflow: CommandLine, tiny_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSBFLOW_LMP", "/no/such/lmp")
    answer = ssbflow("run", tiny_file, "--store", tmp_path / "store", "--cluster", "serial")
    assert answer.returncode == 2
    assert "/no/such/lmp" in answer.stderr
    assert ssbflow("doctor").returncode == 2


@pytest.mark.lammps
def test_from_plan_to_recipe(ssbflow: CommandLine, tiny_file: Path, tiny_store: Path) -> None:
    plan = ssbflow("plan", tiny_file, "--store", tiny_store)
    assert (plan.returncode, "2, done already 2" in plan.stdout) == (0, True)
    run = ssbflow("run", tiny_file, "--store", tiny_store, "--cluster", "serial")
    assert (run.returncode, "2 ok, 0 failed; 0 computed now" in run.stdout) == (0, True)
    status = ssbflow("status", tiny_store)
    assert (status.returncode, "2 ok, 0 failed, 0 pending" in " ".join(status.stdout.split())) == (0, True)
    best = ssbflow("best", tiny_store, "--minimize", "porosity", "--where", "utilization > 0.5")
    assert (best.returncode, "best: CAM60/fine" in best.stdout) == (0, True)
    recipe = ssbflow("recipe", tiny_store, "--cathode", "CAM60/fine", "--area-cm2", "10")
    total = f"{10 * float(open_cube(tiny_store)['areal_mass'].mean()):.4g}"
    assert (recipe.returncode, "mg for 10 cm²" in recipe.stdout, total in recipe.stdout) == (0, True, True)


@pytest.mark.lammps
def test_best_negative_electrode_is_to_be_joined(ssbflow: CommandLine, tiny_anode_store: Path) -> None:
    best = ssbflow("best", tiny_anode_store, "--minimize", "porosity")
    assert f"--cathode … --anode GR60/fine --anode-store {tiny_anode_store}" in best.stdout


@pytest.mark.lammps
def test_cell_card_of_two_stores(
    ssbflow: CommandLine, tiny_store: Path, tiny_anode_store: Path, tmp_path: Path
) -> None:
    words = ("recipe", tiny_store, "--cathode", "CAM60/fine", "--anode", "GR60/fine", "--anode-store", tiny_anode_store)
    answer = ssbflow(*words, "--np", "1.2", "--where", "porosity > 0", "-o", tmp_path / "card.md")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "written to" in answer.stdout
    card = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert card.startswith("# Cell card: CAM60/fine and GR60/fine\n")
    assert "| N/P ratio | 1.2, of the capacities that are utilized |" in card


@pytest.mark.lammps
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--anode", "CAM60/fine"), "belongs in the positive electrode"),
        (("--anode", "GR60/fine", "--np", "0.9"), "N/P ratio must be 1 or more; got 0.9"),
        (("--np", "1.1"), "none to join"),
        (("--batch-g", "1", "--area-cm2", "1"), "not both"),
        (("--cell", "pouch"), "'pouch' is no known cell"),
        (("--where", "porosity <"), "is no condition"),
        (("-o", "card.pdf"), "got the suffix '.pdf'"),
        (("-o", "/nowhere/card.md"), "there is no folder /nowhere"),
    ],
)
def test_impossible_recipe_is_one_line_and_writes_nothing(
    ssbflow: CommandLine, tiny_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...],
    said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    answer = ssbflow("recipe", tiny_store, "--cathode", "CAM60/fine", *words)
    assert (answer.returncode, answer.stdout, len(answer.stderr.splitlines())) == (2, "", 1)
    assert said in answer.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.lammps
def test_a_store_with_failed_cases_is_exit_code_1_again_and_again(
    ssbflow: CommandLine, tiny_file: Path, tmp_path: Path
) -> None:
    path, store = tmp_path / "restless.yaml", tmp_path / "store"
    settling = "settling: {max_steps: 1000, unbalanced_force_limit: 1.0e-12}"  # never calm enough, soon given up
    path.write_text(tiny_file.read_text().replace("frames: 5", f"frames: 5, {settling}").replace("[1, 2]", "[1]"))
    for computed in (1, 0):
        answer = ssbflow("run", path, "--store", store, "--cluster", "serial")
        assert answer.returncode == 1
        assert f"0 ok, 1 failed; {computed} computed now" in answer.stdout
    retried = ssbflow("retry", store, "--cluster", "serial")
    assert (retried.returncode, "1 computed now" in retried.stdout) == (1, True)


@pytest.fixture
def store_without_lammps(tiny_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SSBFLOW_LMP", "/no/such/lmp")
    return shutil.copytree(tiny_store, tmp_path / "store", symlinks=True)


@pytest.mark.lammps
def test_measuring_again_makes_a_cube_named_by_what_was_changed(
    ssbflow: CommandLine, store_without_lammps: Path, tiny_sweep: Sweep
) -> None:
    store, serial = store_without_lammps, ("--cluster", "serial")
    answer = ssbflow("remeasure", store, "--overlap-criterion", "1.02", *serial)
    assert answer.returncode == 0
    assert "small.overlap_criterion-1p02: 2 ok, 0 failed; 2 computed now" in answer.stdout
    assert f"{store}/cubes/small.overlap_criterion-1p02.zarr" in answer.stdout
    cube = open_cube(store, "small.overlap_criterion-1p02")
    assert (cube["coordination_se_se"] < open_cube(store)["coordination_se_se"]).all()

    options = ("--surface-cutoff-um", "2", "--contact-radius", "hertz", "--no-bulk-resistance", "--label", "other")
    answer = ssbflow("remeasure", store, *options, "--cube", "small.overlap_criterion-1p02", *serial)
    assert (answer.returncode, "small.other: 2 ok" in answer.stdout) == (0, True)
    criteria = {"overlap_criterion": 1.02, "surface_cutoff_um": 2, "contact_radius": "hertz", "bulk_resistance": False}
    expected = tiny_sweep.analysis.replace(label="other", **criteria)
    assert json.loads(open_cube(store, "small.other").attrs["analysis"]) == expected.model_dump(mode="json")

    case_id = str(cube["case_id"].values.ravel()[0])
    Store(store).record(case_id).unlink()
    answer = ssbflow("remeasure", store, *serial)
    assert (answer.returncode, "1 ok, 0 failed, 1 pending; 0 computed" in answer.stdout) == (0, True)
    Store(store).case_zip(str(cube["case_id"].values.ravel()[1])).unlink()
    answer = ssbflow("remeasure", store, "--overlap-criterion", "1.1", *serial)
    assert (answer.returncode, "0 ok, 1 failed, 1 pending" in answer.stdout) == (1, True)
    assert "StoreError" in answer.stdout


@pytest.mark.lammps
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--overlap-criterion", "5"), "overlap_criterion: Input should be less than or equal to 1.2; got 5.0"),
        (("--overlap-criterion", "nan"), "overlap_criterion: Input should be"),
        (("--surface-cutoff-um", "-1"), "surface_cutoff_um: Input should be greater than or equal to 0"),
        (("--contact-radius", "round"), "contact_radius: Input should be 'geometric' or 'hertz'; got 'round'"),
        (("--overlap-criterion", "1.02", "--label", "1.02"), "label: String should match pattern"),
        (("--overlap-criterion", "1.02", "--label", "touching"), "overlap_criterion = 1.0, here"),
        (("--cube", "x"), "no cube 'x'"),
    ],
)
def test_nothing_is_measured_with_bad_criteria(
    ssbflow: CommandLine, store_without_lammps: Path, words: tuple[str, ...], said: str
) -> None:
    before = sorted(store_without_lammps.rglob("*"))
    answer = ssbflow("remeasure", store_without_lammps, *words, "--cluster", "serial")
    assert (answer.returncode, len(answer.stderr.splitlines())) == (2, 1)
    assert said in answer.stderr
    assert sorted(store_without_lammps.rglob("*")) == before


def test_questions_without_an_answer_are_exit_code_2(ssbflow: CommandLine, tmp_path: Path) -> None:
    for words in (
        ("status", tmp_path),
        ("remeasure", tmp_path, "--overlap-criterion", "1.02"),
        ("best", tmp_path, "--minimize", "porosity"),
        ("recipe", tmp_path, "--cathode", "x"),
    ):
        answer = ssbflow(*words)
        assert (answer.returncode, len(answer.stderr.splitlines())) == (2, 1)


@pytest.fixture
def known_pellet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pellets whose porosity follows a known law, without a press: 0.179 at a stiffness scale of 0.5."""

    def pressed(pellet: Pellet, scale: float) -> Trial:
        loaded, released = 0.179 + 0.08 * math.log(2 * scale), 0.35
        return Trial(scale, {"loaded": Mean(loaded, 0.001), "released": Mean(released, 0.001)}, len(pellet.seeds), 0)

    monkeypatch.setattr(Pellet, "pressed", pressed)


@pytest.mark.usefixtures("known_pellet")
def test_calibration_shows_trials_and_both_readings_and_writes_the_fields(ssbflow: CommandLine, tmp_path: Path) -> None:
    output = tmp_path / "press.yaml"
    words = ("doux_2020", "--store", tmp_path / "store", "--seeds", "3", "-o", output, "--cluster", "serial")
    answer = ssbflow("calibrate", *words)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "0.1790 ± 0.0010" in answer.stdout
    assert "loaded: a porosity of 0.179 at stiffness_scale 0.5;" in answer.stdout
    assert "released: a porosity of 0.179 was not reached;" in answer.stdout
    assert output.read_text(encoding="utf-8") in answer.stdout
    assert yaml.safe_load(output.read_text(encoding="utf-8"))["press"] == {"pressure_mpa": 370, "stiffness_scale": 0.5}


@pytest.mark.usefixtures("known_pellet")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("minnmann_2021",), "is a table of measurements, no pellet; one can calibrate on doux_2020"),
        (("no_such",), "is no known experiment; one can calibrate on doux_2020"),
        (("no_such.yaml",), "no_such.yaml: cannot be read"),
        (("doux_2020", "--seeds", "1"), "seeds must be 2 or more"),
        (("doux_2020", "--state", "pressed"), "unknown state 'pressed'; allowed: loaded, released"),
        (("doux_2020", "--tolerance", "0"), "tolerance must be above 0"),
        (("doux_2020", "--state", "released"), "doux_2020, released: a porosity of 0.179 was not reached"),
    ],
)
def test_calibration_that_cannot_be_is_one_line_and_exit_code_2(
    ssbflow: CommandLine, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    answer = ssbflow("calibrate", *words, "--store", tmp_path / "store", "--cluster", "serial")
    assert (answer.returncode, len(answer.stderr.splitlines())) == (2, 1)
    assert said in answer.stderr
    assert not (tmp_path / "store").exists()


@pytest.mark.lammps
def test_a_damaged_store_is_exit_code_1_until_it_is_repaired(
    ssbflow: CommandLine, tiny_store: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(tiny_store, store, symlinks=True)
    assert ssbflow("migrate", store).stdout.endswith("nothing to do\n")
    well = ssbflow("check", store)
    assert (well.returncode, well.stdout) == (0, "all is as it was written\n")
    record = next((store / "records").rglob("*.json"))
    record.write_bytes(record.read_bytes()[:100])
    damaged = ssbflow("check", store)
    assert (damaged.returncode, "ssbflow check STORE --repair" in damaged.stdout) == (1, True)
    healed = ssbflow("check", store, "--repair", "--cluster", "serial")
    assert (healed.returncode, "1 healed" in healed.stdout) == (0, True)
    assert list((store / "quarantine").rglob(record.name))
    assert ssbflow("check", store).returncode == 0


@pytest.mark.lammps
def test_a_run_can_be_logged_line_by_line(
    ssbflow: CommandLine, tiny_file: Path, tiny_store: Path, tmp_path: Path
) -> None:
    words = ("--store", tiny_store, "--cluster", "serial", "--log", tmp_path / "log.jsonl")
    assert ssbflow("run", tiny_file, *words).returncode == 0
    events = [json.loads(line)["event"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert events == ["sweep_started", "published", "sweep_ended"]

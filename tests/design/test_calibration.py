import math
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import ssbflow
from ssbflow.design.calibrated import Calibration
from ssbflow.design.calibration import SOFTEST, STIFFEST, calibrate
from ssbflow.design.pellet import Mean, Pellet, Trial
from ssbflow.errors import CalibrationError, InputError
from ssbflow.flow.events import Callback
from ssbflow.inputs.experiment import Experiment, load_experiment
from ssbflow.inputs.protocol import Protocol
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import register_sweep

Law = Callable[[float], float]


@pytest.fixture
def experiment() -> Experiment:
    return load_experiment("doux_2020")


@pytest.fixture
def press_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[float]]:
    """Take porosities from a law instead of a simulation; return the scales in the order they are asked for."""

    def replace(law: Law, released: Law = lambda _: 0.35, error: float = 0.001) -> list[float]:
        asked: list[float] = []

        def pressed(pellet: Pellet, scale: float) -> Trial:
            asked.append(scale)
            porosity = {"loaded": Mean(law(scale), error), "released": Mean(released(scale), error)}
            return Trial(scale, porosity, len(pellet.seeds), 0)  # type: ignore[arg-type]

        monkeypatch.setattr(Pellet, "pressed", pressed)
        return asked

    return replace


def logarithm(at_one: float, slope: float = 0.1) -> Law:
    return lambda scale: at_one + slope * math.log(scale)


def test_a_known_law_is_inverted_with_its_errors(experiment: Experiment, press_by: Callable[..., list[float]]) -> None:
    press_by(logarithm(0.25))
    found = calibrate(experiment, "store")
    exact = math.exp((0.179 - 0.25) / 0.1)
    assert found.stiffness_scale == float(f"{exact:.3g}")
    assert found.scale_error == pytest.approx(0.01 * exact, rel=0.01)
    assert found.scale_range == pytest.approx([math.exp((end - 0.25) / 0.1) for end in (0.151, 0.197)], rel=0.02)
    assert found.porosity.value == pytest.approx(0.179, abs=0.001)
    assert found.seeds == (1, 2, 3, 4)


def test_a_bent_law_is_asked_again_until_it_is_near_enough(
    experiment: Experiment, press_by: Callable[..., list[float]]
) -> None:
    asked = press_by(lambda scale: 0.3 * scale**1.5 / (0.2 + scale**1.5))
    found = calibrate(experiment, "store", tolerance=0.0005)
    assert asked[:3] == [1, 0.5, 0.25]
    assert len(asked) == len(set(asked)) > 4
    assert abs(found.porosity.value - 0.179) <= 0.0005
    assert [trial.stiffness_scale for trial in found.trials] == sorted(asked, reverse=True)


@pytest.mark.parametrize(
    ("at_one", "further"), [(0.33, [0.125]), (0.45, [0.125, SOFTEST]), (0.10, [2, 4]), (0.0, [2, 4, 8])]
)
def test_the_series_goes_on_until_the_measured_range_is_inside(
    experiment: Experiment, press_by: Callable[..., list[float]], at_one: float, further: list[float]
) -> None:
    asked = press_by(logarithm(at_one))
    calibrate(experiment, "store")
    assert asked[3 : 3 + len(further)] == further


def test_an_end_of_the_range_out_of_reach_is_none(experiment: Experiment, press_by: Callable[..., list[float]]) -> None:
    press_by(logarithm(0.44))  # 0.163 at the softest
    assert calibrate(experiment, "store").scale_range[0] is None


@pytest.mark.parametrize(("porosity", "last"), [(0.30, SOFTEST), (0.05, STIFFEST)])
def test_a_pellet_out_of_reach_is_an_error_that_says_what_was_tried(
    experiment: Experiment, press_by: Callable[..., list[float]], porosity: float, last: float
) -> None:
    asked = press_by(logarithm(porosity, 0.01))
    with pytest.raises(CalibrationError, match=r"doux_2020, loaded: a porosity of 0\.179 was not reached; stiffness"):
        calibrate(experiment, "store")
    assert asked[-1] == last


def test_the_other_reading_out_of_reach_is_data(experiment: Experiment, press_by: Callable[..., list[float]]) -> None:
    press_by(logarithm(0.25), released=logarithm(0.36, 0.02))
    found = calibrate(experiment, "store")
    loaded, released = found.readings
    assert (loaded.state, loaded.stiffness_scale) == ("loaded", found.stiffness_scale)
    assert (released.state, released.stiffness_scale, released.scales) == ("released", None, (0.25, 1))
    assert released.porosities == pytest.approx((0.36 - 0.02 * math.log(4), 0.36))
    assert str(released).startswith("released: a porosity of 0.179 was not reached; stiffness_scale 0.25 to 1 gives")


def test_the_released_reading_is_fitted_where_it_can_be(
    experiment: Experiment, press_by: Callable[..., list[float]]
) -> None:
    press_by(logarithm(0.25), released=logarithm(0.2))
    found = calibrate(experiment, "store", state="released")
    assert found.stiffness_scale == pytest.approx(math.exp(-0.21), rel=0.01)
    assert "taken as released" in found.source()
    assert found.readings[0].stiffness_scale == pytest.approx(math.exp(-0.71), rel=0.01)


def test_a_law_that_jumps_over_the_measured_value_is_given_up(
    experiment: Experiment, press_by: Callable[..., list[float]]
) -> None:
    press_by(lambda scale: 0.1 if scale < 0.4 else 0.25)
    with pytest.raises(
        CalibrationError, match=r"no fit within 0\.002 of 0\.179; nearest: 0\.\d+ .* more seeds or a wider"
    ):
        calibrate(experiment, "store")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seeds": 1}, "seeds must be 2 or more"),
        ({"tolerance": 0}, "tolerance must be above 0"),
        ({"tolerance": math.nan}, "tolerance must be above 0"),
        ({"state": "pressed"}, "unknown state 'pressed'; allowed: loaded, released"),
    ],
)
def test_bad_questions_are_refused_before_anything_is_computed(
    experiment: Experiment, tmp_path: Path, options: dict[str, float], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        calibrate(experiment, tmp_path / "store", **options)  # type: ignore[arg-type]
    assert not (tmp_path / "store").exists()


def test_without_a_release_there_is_one_reading_to_fit(experiment: Experiment) -> None:
    loaded_only = experiment.replace(protocol=experiment.protocol.replace(release=None))
    with pytest.raises(InputError, match=r"doux_2020 has no release; add protocol\.release"):
        calibrate(loaded_only, "store", state="released")


def test_a_snippet_that_cannot_be_written_is_an_error(
    experiment: Experiment, press_by: Callable[..., list[float]], tmp_path: Path
) -> None:
    press_by(logarithm(0.25))
    with pytest.raises(InputError, match="cannot be written"):
        calibrate(experiment, "store").write_snippet(tmp_path / "nowhere" / "file.yaml")


class Count(Callback):
    """Counts the cases that are simulated."""

    def __init__(self) -> None:
        self.cases = 0

    def case_ended(self, outcome: object) -> None:
        self.cases += 1


@pytest.fixture(scope="module")
def tiny() -> Experiment:
    """A pellet of some thirty spheres, whose porosity lies inside what moduli between ¼ and 1 give."""
    sizes = {"kind": "tabulated", "basis": "number", "diameter_um": [2.0, 2.4], "weight": [1, 1]}
    return load_experiment("doux_2020").replace(
        name="tiny",
        porosity=0.24,
        porosity_range=(0.22, 0.26),
        distribution={"label": "tiny", "eam": sizes, "se": sizes},
        protocol={
            "box": {"edge_um": 7, "areal_mass_mg_cm2": 1},
            "press": {"pressure_mpa": 370},
            "release": {"pressure_mpa": 5},
        },
    )


TOLERANCE = 0.01  # between two scales of one tiny pellet chance counts as much


@pytest.fixture(scope="module")
def calibrated(tiny: Experiment, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Calibration]:
    store = tmp_path_factory.mktemp("calibration") / "store"
    return store, ssbflow.calibrate(tiny, store, seeds=2, tolerance=TOLERANCE)


@pytest.mark.lammps
def test_a_real_pellet_comes_to_its_porosity(calibrated: tuple[Path, Calibration], tiny: Experiment) -> None:
    _, found = calibrated
    assert found.porosity.value == pytest.approx(tiny.porosity, abs=TOLERANCE)
    assert 0.25 < found.stiffness_scale < 1
    assert found.scale_error > 0
    assert {(trial.seeds_ok, trial.seeds_failed) for trial in found.trials} == {(2, 0)}


@pytest.mark.lammps
def test_a_real_pellet_springs_back_out_of_reach(calibrated: tuple[Path, Calibration], tiny: Experiment) -> None:
    _, found = calibrated
    released = found.readings[1]
    assert released.stiffness_scale is None
    assert released.porosities[0] > tiny.porosity


@pytest.mark.lammps
def test_the_same_again_simulates_nothing_and_gives_the_same(
    calibrated: tuple[Path, Calibration], tiny: Experiment
) -> None:
    (store, found), count = calibrated, Count()
    again = ssbflow.calibrate(tiny, store, seeds=2, tolerance=TOLERANCE, callbacks=[count])
    assert (again, count.cases) == (found, 0)


@pytest.mark.lammps
def test_the_snippet_makes_the_protocol_that_was_simulated(
    calibrated: tuple[Path, Calibration], tiny: Experiment
) -> None:
    store, found = calibrated
    pasted = yaml.safe_load(found.snippet())
    protocol = Protocol.model_validate({**tiny.protocol.model_dump(include={"box", "release"}), **pasted})
    assert all(word in protocol.source for word in ("tiny", "C9TA12889A", "loaded", "seeds 1 to 2", "physics version"))
    trial = Pellet(tiny, store, (1, 2)).sweep(found.stiffness_scale)
    sweep = trial.replace(protocol=protocol.replace(label=trial.protocol.label))
    assert [case.case_id for case in sweep.cases()] == [case.case_id for case in trial.cases()]
    register_sweep(Store(store), sweep)  # a source means nothing: the label is not refused

import pytest

from ssbflow.design.pellet import Pellet
from ssbflow.inputs.experiment import Experiment, load_experiment
from ssbflow.inputs.sweep import Sweep

SEEDS = (1, 2, 3)


@pytest.fixture
def experiment() -> Experiment:
    return load_experiment("doux_2020")


def labels(sweep: Sweep) -> set[str]:
    return {sweep.name, sweep.protocol.label, sweep.compositions[0].label, sweep.distributions[0].label}


def sweep_of(experiment: Experiment, scale: float = 0.5) -> Sweep:
    return Pellet(experiment, "store", SEEDS).sweep(scale)


def test_a_scale_changes_the_stiffness_alone(experiment: Experiment) -> None:
    sweep = sweep_of(experiment, 0.418)
    assert sweep.seeds == SEEDS
    assert sweep.protocol.press == experiment.protocol.press.replace(stiffness_scale=0.418)
    assert sweep.protocol.release == experiment.protocol.release
    assert sweep.protocol.label.startswith("doux_2020-x0p418-")


def test_scales_differ_in_the_labels_of_their_protocols_only(experiment: Experiment) -> None:
    one, other = sweep_of(experiment, 0.5), sweep_of(experiment, 0.25)
    assert one.protocol.label != other.protocol.label
    assert one.compositions == other.compositions
    assert one.distributions == other.distributions


def test_a_changed_pellet_of_the_same_name_has_other_labels(experiment: Experiment) -> None:
    composition = experiment.composition
    slippery = experiment.replace(composition=composition.replace(se=composition.se.replace(friction=0.1)))
    wide = experiment.replace(protocol=experiment.protocol.replace(box=experiment.protocol.box.replace(edge_um=30)))
    found = [labels(sweep_of(pellet)) for pellet in (experiment, slippery, wide)]
    assert not found[0] & found[1]
    assert not found[0] & found[2]
    assert not found[1] & found[2]


def test_titles_and_measured_values_change_no_label(experiment: Experiment) -> None:
    other = experiment.replace(title="another", source="elsewhere", porosity=0.16)
    assert labels(sweep_of(other)) == labels(sweep_of(experiment))


def test_the_longest_name_still_makes_labels(experiment: Experiment) -> None:
    assert sweep_of(experiment.replace(name="x" * 40), 0.0625).cases()

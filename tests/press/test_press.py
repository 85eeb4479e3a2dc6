import numpy as np
import pytest
from press_oracles import hertz_force_nn

from ssbflow.errors import InputError, PressError
from ssbflow.flow.simulate import pack_case, press_case
from ssbflow.inputs.case import Case
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Press, Protocol, Settling
from ssbflow.packing.packing import Packing
from ssbflow.press.press import press
from ssbflow.press.pressed import Pressed
from ssbflow.structure.contact_graph import contact_graph

pytestmark = pytest.mark.lammps

SETTLING_TOLERANCE = 0.01  # of the floor's pressure, by which a press counts as settled


@pytest.fixture(scope="module")
def loose(tiny_case: Case) -> Packing:
    """The tiny case's box before the press."""
    return pack_case(tiny_case)


@pytest.fixture(scope="module")
def pressed(tiny_case: Case, loose: Packing) -> Pressed:
    """The tiny case, pressed once."""
    return press_case(tiny_case, loose)


def materials_of(case: Case) -> dict[str, Material]:
    return {"eam": case.design.composition.eam, "se": case.design.composition.se}


def with_press(protocol: Protocol, **changes: object) -> Protocol:
    """The same protocol with another press."""
    return protocol.model_copy(update={"press": Press(**{**dict(protocol.press), **changes})})


def effective_gpa(case: Case, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """1/E* is the sum of both (1 - ν²)/E."""
    compliance = {name: (1 - m.poisson_ratio**2) / m.youngs_modulus_gpa for name, m in materials_of(case).items()}
    return np.array([1 / (compliance[one] + compliance[other]) for one, other in zip(first, second, strict=True)])


def test_all_particles_are_there_and_above_the_floor(loose: Packing, pressed: Pressed) -> None:
    assert len(pressed.packing) == len(loose)
    np.testing.assert_array_equal(pressed.packing.radius_um, loose.radius_um)
    assert pressed.packing.species.tolist() == loose.species.tolist()
    assert np.isfinite(pressed.packing.position_um).all()
    assert (pressed.packing.position_um[:, 2] > 0).all()


def test_press_compacts(loose: Packing, pressed: Pressed) -> None:
    assert pressed.packing.position_um[:, 2].max() < 0.8 * loose.position_um[:, 2].max()


def test_floor_carries_the_applied_pressure(tiny_case: Case, pressed: Pressed) -> None:
    applied = tiny_case.design.protocol.press.pressure_mpa
    assert pressed.pressure_measured_mpa == pytest.approx(applied, rel=SETTLING_TOLERANCE)


def test_spheres_overlap_the_floor_by_what_the_pressure_needs(tiny_case: Case, pressed: Pressed) -> None:
    # an independent look: Hertz forces of the final positions (no sphere is flattened beyond half its radius)
    packing = pressed.packing
    overlap = np.maximum(packing.radius_um - packing.position_um[:, 2], 0)
    assert (overlap < packing.radius_um / 2).all()
    modulus = effective_gpa(tiny_case, packing.species, packing.species)
    force_nn = hertz_force_nn(overlap, packing.radius_um, modulus).sum()
    applied_nn = tiny_case.design.protocol.press.pressure_mpa * 1e3 * 8 * 8
    assert force_nn == pytest.approx(applied_nn, rel=2 * SETTLING_TOLERANCE)


def test_species_share_the_force_by_volume_fraction(tiny_case: Case, loose: Packing, pressed: Pressed) -> None:
    applied_nn = 375e6 * (8e-6) ** 2 * 1e9
    share = tiny_case.design.composition.eam_volume_fraction
    assert pressed.force_nn["eam"] * loose.is_eam.sum() == pytest.approx(share * applied_nn)
    assert pressed.force_nn["se"] * loose.is_se.sum() == pytest.approx((1 - share) * applied_nn)


def test_press_came_to_rest(tiny_case: Case, pressed: Pressed) -> None:
    assert 0 < pressed.unbalanced_force < tiny_case.design.protocol.press.settling.unbalanced_force_limit
    assert 0 < pressed.steps < tiny_case.design.protocol.press.settling.max_steps


def test_mass_below_the_height_is_the_areal_mass(tiny_case: Case, pressed: Pressed) -> None:
    composition, packing = tiny_case.design.composition, pressed.packing
    density = np.where(packing.is_eam, composition.eam.density_g_cm3, composition.se.density_g_cm3)
    grams = float(np.sum(packing.volume_below_height_um3 * density)) * 1e-12 / composition.particle_weight_fraction
    milligrams_per_cm2 = 1e3 * grams / (8e-4) ** 2
    assert milligrams_per_cm2 == pytest.approx(tiny_case.design.protocol.box.areal_mass_mg_cm2, rel=1e-8)


def test_trajectory_sinks_to_the_final_state(tiny_case: Case, pressed: Pressed) -> None:
    trajectory = pressed.trajectory
    assert trajectory.position_um.shape == (len(trajectory.step), len(pressed.packing), 3)
    assert 2 <= len(trajectory.step) <= tiny_case.design.protocol.press.frames
    assert (np.diff(trajectory.step) > 0).all()
    assert trajectory.step[-1] == pressed.steps
    np.testing.assert_array_equal(trajectory.position_um[-1], pressed.packing.position_um)
    height = trajectory.position_um[:, :, 2].mean(axis=1)
    tremor = 0.01 * (height[0] - height[-1])
    assert (np.diff(height) < tremor).all()


def test_frames_are_spread_over_the_way_down(tiny_case: Case, loose: Packing) -> None:
    protocol = with_press(tiny_case.design.protocol, frames=20)
    result = press(loose, materials_of(tiny_case), protocol, tiny_case.design.composition)
    height = result.trajectory.position_um[:, :, 2].mean(axis=1)
    assert len(height) == 20
    assert -np.diff(height).min() < 3 * (height[0] - height[-1]) / 19


def test_x_and_y_of_every_frame_lie_in_the_box(tiny_case: Case, loose: Packing) -> None:
    protocol = with_press(tiny_case.design.protocol, frames=300)
    result = press(loose, materials_of(tiny_case), protocol, tiny_case.design.composition)
    sideways = result.trajectory.position_um[:, :, :2]
    assert sideways.min() >= 0
    assert (sideways < np.array(loose.edge_um)).all()


def test_contacts_are_those_of_the_final_positions(pressed: Pressed) -> None:
    whole = Packing(
        pressed.packing.position_um, pressed.packing.radius_um, pressed.packing.species, pressed.packing.edge_um
    )
    graph, contacts = contact_graph(whole), pressed.contacts
    low, high = np.minimum(graph.first, graph.second), np.maximum(graph.first, graph.second)
    overlap = whole.radius_um[low] + whole.radius_um[high] - graph.distance_um
    found = sorted(zip(contacts.first.tolist(), contacts.second.tolist(), contacts.overlap_um.tolist(), strict=True))
    wanted = sorted(zip(low.tolist(), high.tolist(), overlap.tolist(), strict=True))
    assert [contact[:2] for contact in found] == [contact[:2] for contact in wanted]
    assert [contact[2] for contact in found] == pytest.approx([contact[2] for contact in wanted], abs=1e-9)


def test_normal_forces_are_hertz_forces_of_their_overlaps(tiny_case: Case, pressed: Pressed) -> None:
    contacts, packing = pressed.contacts, pressed.packing
    radius = 1 / (1 / packing.radius_um[contacts.first] + 1 / packing.radius_um[contacts.second])
    modulus = effective_gpa(tiny_case, packing.species[contacts.first], packing.species[contacts.second])
    expected = 4 / 3 * modulus * 1e6 * np.sqrt(radius) * contacts.overlap_um**1.5
    # damping of what still moves counts where there is hardly a force
    np.testing.assert_allclose(contacts.normal_force_nn, expected, rtol=0.02, atol=1e-3 * expected.mean())


def test_same_input_gives_the_same_bits(tiny_case: Case, loose: Packing, pressed: Pressed) -> None:
    again = press_case(tiny_case, pack_case(tiny_case))
    assert again.packing.position_um.tobytes() == pressed.packing.position_um.tobytes()
    assert again.packing.height_um == pressed.packing.height_um
    assert again.trajectory.position_um.tobytes() == pressed.trajectory.position_um.tobytes()
    assert again.contacts.normal_force_nn.tobytes() == pressed.contacts.normal_force_nn.tobytes()
    assert again.steps == pressed.steps


def test_one_species_alone_is_pressed_without_the_other_material(tiny_case: Case, loose: Packing) -> None:
    only_se = loose.selected(loose.is_se)
    result = press(only_se, {"se": tiny_case.design.composition.se}, tiny_case.design.protocol)
    assert result.force_nn.keys() == {"se"}
    assert np.isnan(result.values()["force_eam"])
    assert result.pressure_measured_mpa == pytest.approx(375, rel=SETTLING_TOLERANCE)
    assert np.isfinite(result.packing.height_um)


def test_equal_spheres_are_pressed(tiny_case: Case, loose: Packing) -> None:
    equal = Packing(loose.position_um, [1.0] * len(loose), loose.species, loose.edge_um)
    result = press(equal, materials_of(tiny_case), tiny_case.design.protocol)
    assert result.pressure_measured_mpa == pytest.approx(375, rel=SETTLING_TOLERANCE)


def test_missing_material_is_refused_before_anything_runs(tiny_case: Case, loose: Packing) -> None:
    with pytest.raises(InputError, match="eam"):
        press(loose, {"se": tiny_case.design.composition.se}, tiny_case.design.protocol)


def test_absurd_time_step_fails_with_a_cause(tiny_case: Case, loose: Packing) -> None:
    protocol = with_press(tiny_case.design.protocol, settling=Settling(time_step_fraction=50, contact_time_fraction=50))
    with pytest.raises(PressError) as raised:
        press(loose, materials_of(tiny_case), protocol)
    assert raised.value.cause in {"lost atoms", "lammps error", "not settled"}
    assert raised.value.exit_code == 1
    assert raised.value.log_tail


def test_press_that_does_not_come_to_rest_says_so(tiny_case: Case, loose: Packing) -> None:
    impatient = Settling(max_steps=1000, unbalanced_force_limit=1e-12)
    protocol = with_press(tiny_case.design.protocol, settling=impatient)
    with pytest.raises(PressError, match="1000 steps") as raised:
        press(loose, materials_of(tiny_case), protocol)
    assert raised.value.cause == "not settled"


def test_time_limit_of_the_protocol_holds(tiny_case: Case, loose: Packing) -> None:
    protocol = with_press(tiny_case.design.protocol, time_limit_s=0.01)
    with pytest.raises(PressError, match="time_limit_s") as raised:
        press(loose, materials_of(tiny_case), protocol)
    assert raised.value.cause == "time limit"

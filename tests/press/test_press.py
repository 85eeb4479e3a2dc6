from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from press_oracles import hertz_force_nn, mixed_gpa

from ssbflow.errors import InputError, PressError
from ssbflow.flow.case_task import run_case
from ssbflow.flow.simulate import case_materials, pack_case, press_case
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Protocol, Release
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press import names
from ssbflow.press.checkpoints import made_ready
from ssbflow.press.dumps import read_result
from ssbflow.press.lmp import find_lmp
from ssbflow.press.press import press, press_files
from ssbflow.press.pressed import Pressed
from ssbflow.press.process import run_lmp
from ssbflow.press.ranks import cores
from ssbflow.store.case_zip import read_packing, read_released
from ssbflow.store.layout import Store
from ssbflow.store.records import CaseRecord, read_record
from ssbflow.structure.contact_search import contact_graph

pytestmark = pytest.mark.lammps

EDGE_UM = 8.0
PRESSURE_MPA = 375.0
RELEASED_MPA = 5.0
SETTLING_TOLERANCE = 0.01  # of the floor's pressure, by which a press counts as settled
FORCE_TOLERANCE = 2 * SETTLING_TOLERANCE  # of forces worked out from positions: they tremble for a window
RANKS_SCATTER = 0.01  # relative: sums in another order send the particles another way


@dataclass(frozen=True)
class Run:
    """A case, its loose packing, and what the press made of it."""

    case: Case
    loose: Packing
    pressed: Pressed

    @property
    def protocol(self) -> Protocol:
        return self.case.design.protocol

    @property
    def materials(self) -> dict[str, Material]:
        return case_materials(self.case)

    @property
    def released(self) -> Packing:
        assert self.pressed.released is not None
        return self.pressed.released

    def again(self, *, release: bool = False, **changes: object) -> Pressed:
        """Press the same packing otherwise."""
        case = changed(self.case, self.protocol.release if release else None, **changes)
        return press_case(case, self.loose)


def changed(case: Case, release: Release | None, **changes: object) -> Case:
    """The same case with another press, and with or without a release."""
    design = case.design
    protocol = design.protocol.replace(press=design.protocol.press.replace(**changes), release=release)
    return case.model_copy(update={"design": design.replace(protocol=protocol)})


def run_of(tiny_case: Case, drive: str) -> Run:
    case = changed(tiny_case, Release(pressure_mpa=RELEASED_MPA), drive=drive)
    loose = pack_case(case)
    return Run(case, loose, press_case(case, loose))


@pytest.fixture(scope="module")
def by_platen(tiny_case: Case) -> Run:
    """The tiny case pressed by a platen, then released."""
    return run_of(tiny_case, "platen")


@pytest.fixture(scope="module")
def by_body_force(tiny_case: Case) -> Run:
    """The tiny case pressed by a force on every particle, then released."""
    return run_of(tiny_case, "body_force")


@pytest.fixture(params=["by_platen", "by_body_force"])
def run(request: pytest.FixtureRequest) -> Run:
    """The tiny case under one drive after the other."""
    found: Run = request.getfixturevalue(request.param)
    return found


def pressure_on_wall_mpa(run: Run, packing: Packing, distance_um: Floats) -> float:
    """An independent look: Hertz forces of the centres' distances from a wall, which is of every sphere's material."""
    overlap = np.maximum(packing.radius_um - distance_um, 0)
    assert (overlap < packing.radius_um / 2).all()  # no sphere is flattened so far that Hertz does not hold
    modulus = [mixed_gpa(run.materials[name], run.materials[name]) for name in packing.species.tolist()]
    return float(hertz_force_nn(overlap, packing.radius_um, modulus).sum()) / EDGE_UM**2 / 1e3


def pressure_on_floor_mpa(run: Run, packing: Packing) -> float:
    return pressure_on_wall_mpa(run, packing, packing.position_um[:, 2])


def plate_mpa(run: Run) -> float:
    """With how much the plate presses: the rest is the particles' weight."""
    return PRESSURE_MPA * (1 - run.protocol.press.settling.weight_fraction)


def pressure_on_platen_mpa(run: Run, packing: Packing) -> float:
    return pressure_on_wall_mpa(run, packing, packing.height_um - packing.position_um[:, 2])


def areal_mass_mg_cm2(run: Run, volume_um3: Floats) -> float:
    """Of particles and additives, by the volume of every particle that counts."""
    composition = run.case.design.composition
    density = np.where(run.loose.is_eam, composition.eam.density_g_cm3, composition.se.density_g_cm3)
    grams = float(np.sum(volume_um3 * density)) * 1e-12 / composition.particle_weight_fraction
    return 1e3 * grams / (EDGE_UM * 1e-4) ** 2


def assert_same_particles(packing: Packing, loose: Packing) -> None:
    """As many as before, of the same sizes and species in the same order, all of them above the floor."""
    np.testing.assert_array_equal(packing.radius_um, loose.radius_um)
    assert packing.species.tolist() == loose.species.tolist()
    assert packing.edge_um == loose.edge_um
    assert np.isfinite(packing.position_um).all()
    assert (packing.position_um[:, 2] > 0).all()


def test_all_particles_are_there_and_above_the_floor(run: Run) -> None:
    assert_same_particles(run.pressed.packing, run.loose)


def test_press_compacts(run: Run) -> None:
    assert run.pressed.packing.position_um[:, 2].max() < 0.8 * run.loose.position_um[:, 2].max()


def test_floor_carries_the_applied_pressure(run: Run) -> None:
    assert run.pressed.pressure_measured_mpa == pytest.approx(PRESSURE_MPA, rel=SETTLING_TOLERANCE)


def test_spheres_overlap_the_floor_by_what_the_pressure_needs(run: Run) -> None:
    assert pressure_on_floor_mpa(run, run.pressed.packing) == pytest.approx(PRESSURE_MPA, rel=FORCE_TOLERANCE)


def test_press_came_to_rest(run: Run) -> None:
    assert 0 < run.pressed.unbalanced_force < run.protocol.press.settling.unbalanced_force_limit
    assert 0 < run.pressed.steps <= run.protocol.press.settling.max_steps


def test_spheres_overlap_the_platen_by_what_the_pressure_needs(by_platen: Run) -> None:
    # so the height is the platen's: a little lower or higher, and they would carry another force
    carried_mpa = pressure_on_platen_mpa(by_platen, by_platen.pressed.packing)
    assert carried_mpa == pytest.approx(plate_mpa(by_platen), rel=FORCE_TOLERANCE)


def test_nothing_is_above_the_platen(by_platen: Run) -> None:
    for packing in (by_platen.pressed.packing, by_platen.released):
        assert packing.inside.all()
        assert packing.height_um < (packing.position_um[:, 2] + packing.radius_um).max()  # the highest ones touch it


def test_height_is_where_lammps_has_the_platen(by_platen: Run, tmp_path: Path) -> None:
    folder = tmp_path / "press"
    pressed = press_case(by_platen.case, by_platen.loose, folder)
    assert pressed.packing.height_um == read_result(folder / names.RESULT)["top_um"]
    assert pressed.released is not None
    assert pressed.released.height_um == read_result(folder / names.RELEASED_RESULT)["top_um"]


def test_platen_puts_no_force_on_particles_that_do_not_touch_it(by_platen: Run) -> None:
    assert by_platen.pressed.force_nn == {}
    assert np.isnan([by_platen.pressed.values()[name] for name in ("force_eam", "force_se")]).all()


def test_platen_presses_the_areal_mass_to_one_particle(by_platen: Run) -> None:
    # nothing is cut off: so many whole particles as come nearest to the mass
    largest = float((np.pi / 6) * 3**3 * by_platen.materials["eam"].density_g_cm3) * 1e-9 / (EDGE_UM * 1e-4) ** 2
    found = areal_mass_mg_cm2(by_platen, by_platen.loose.volume_um3)
    assert found == pytest.approx(by_platen.protocol.box.areal_mass_mg_cm2, abs=largest)


def test_species_share_the_body_force_by_volume_fraction(by_body_force: Run) -> None:
    applied_nn = PRESSURE_MPA * 1e3 * EDGE_UM**2
    share, loose = by_body_force.case.design.composition.eam_volume_fraction, by_body_force.loose
    force_nn = by_body_force.pressed.force_nn
    assert force_nn["eam"] * loose.is_eam.sum() == pytest.approx(share * applied_nn)
    assert force_nn["se"] * loose.is_se.sum() == pytest.approx((1 - share) * applied_nn)


def test_mass_below_the_height_is_the_areal_mass_under_a_body_force(by_body_force: Run) -> None:
    wanted = by_body_force.protocol.box.areal_mass_mg_cm2
    for packing in (by_body_force.pressed.packing, by_body_force.released):
        assert areal_mass_mg_cm2(by_body_force, packing.volume_below_height_um3) == pytest.approx(wanted, rel=1e-8)


def test_trajectory_sinks_to_the_final_state(run: Run) -> None:
    trajectory, packing = run.pressed.trajectory, run.pressed.packing
    assert trajectory.position_um.shape == (len(trajectory.step), len(packing), 3)
    assert 2 <= len(trajectory.step) <= run.protocol.press.frames
    assert (np.diff(trajectory.step) > 0).all()
    assert trajectory.step[-1] == run.pressed.steps
    np.testing.assert_array_equal(trajectory.position_um[-1], packing.position_um)
    height = trajectory.position_um[:, :, 2].mean(axis=1)
    tremor = 0.01 * (height[0] - height[-1])
    assert (np.diff(height) < tremor).all()


def test_frames_are_spread_over_the_way_down(run: Run) -> None:
    height = run.again(frames=20).trajectory.position_um[:, :, 2].mean(axis=1)
    assert len(height) == 20
    assert -np.diff(height).min() < 3 * (height[0] - height[-1]) / 19


def test_x_and_y_of_every_frame_lie_in_the_box(by_platen: Run) -> None:
    sideways = by_platen.again(frames=300).trajectory.position_um[:, :, :2]
    assert sideways.min() >= 0
    assert (sideways < EDGE_UM).all()


def test_contacts_are_those_of_the_final_positions(run: Run) -> None:
    packing, contacts = run.pressed.packing, run.pressed.contacts
    whole = Packing(packing.position_um, packing.radius_um, packing.species, packing.edge_um)
    graph = contact_graph(whole)
    low, high = np.minimum(graph.first, graph.second), np.maximum(graph.first, graph.second)
    overlap = whole.radius_um[low] + whole.radius_um[high] - graph.distance_um
    found = sorted(zip(contacts.first.tolist(), contacts.second.tolist(), contacts.overlap_um.tolist(), strict=True))
    wanted = sorted(zip(low.tolist(), high.tolist(), overlap.tolist(), strict=True))
    assert [contact[:2] for contact in found] == [contact[:2] for contact in wanted]
    assert [contact[2] for contact in found] == pytest.approx([contact[2] for contact in wanted], abs=1e-9)


def test_normal_forces_are_hertz_forces_of_their_overlaps(run: Run) -> None:
    contacts, packing = run.pressed.contacts, run.pressed.packing
    radius = 1 / (1 / packing.radius_um[contacts.first] + 1 / packing.radius_um[contacts.second])
    pairs = zip(packing.species[contacts.first].tolist(), packing.species[contacts.second].tolist(), strict=True)
    modulus = [mixed_gpa(run.materials[first], run.materials[second]) for first, second in pairs]
    expected = hertz_force_nn(contacts.overlap_um, radius, modulus)
    # damping of what still moves counts where there is hardly a force
    np.testing.assert_allclose(contacts.normal_force_nn, expected, rtol=0.02, atol=1e-3 * expected.mean())


def test_same_input_gives_the_same_bits(run: Run) -> None:
    again = press_case(run.case, pack_case(run.case))
    assert again.packing.position_um.tobytes() == run.pressed.packing.position_um.tobytes()
    assert again.packing.height_um == run.pressed.packing.height_um
    assert again.trajectory.position_um.tobytes() == run.pressed.trajectory.position_um.tobytes()
    assert again.contacts.normal_force_nn.tobytes() == run.pressed.contacts.normal_force_nn.tobytes()
    assert again.steps == run.pressed.steps
    assert again.released is not None
    assert again.released.position_um.tobytes() == run.released.position_um.tobytes()
    assert again.released.height_um == run.released.height_um


def test_released_packing_is_of_the_same_particles(run: Run) -> None:
    assert_same_particles(run.released, run.loose)


def test_released_packing_springs_back(run: Run) -> None:
    assert run.released.height_um > run.pressed.packing.height_um
    assert run.released.position_um[:, 2].mean() > run.pressed.packing.position_um[:, 2].mean()


def test_released_packing_carries_the_lower_pressure(run: Run) -> None:
    assert pressure_on_floor_mpa(run, run.released) == pytest.approx(RELEASED_MPA, rel=FORCE_TOLERANCE)


def test_released_packing_touches_the_platen_with_the_lower_pressure(by_platen: Run) -> None:
    assert pressure_on_platen_mpa(by_platen, by_platen.released) == pytest.approx(RELEASED_MPA, rel=FORCE_TOLERANCE)


def test_release_changes_nothing_of_the_press_before_it(run: Run) -> None:
    without = run.again(release=False)
    assert without.released is None
    assert without.packing.position_um.tobytes() == run.pressed.packing.position_um.tobytes()
    assert without.packing.height_um == run.pressed.packing.height_um
    assert without.values() == pytest.approx({**run.pressed.values(), "wall_time": without.wall_time_s}, nan_ok=True)


@pytest.mark.skipif(cores() < 2, reason="needs two cores")
def test_two_ranks_press_the_same_packing_and_the_record_says_so(by_platen: Run, tmp_path: Path) -> None:
    case, store = changed(by_platen.case, by_platen.protocol.release, ranks=2), Store(tmp_path)
    assert case.case_id == by_platen.case.case_id
    assert run_case(case, Analysis(), store).status == "ok"
    record = read_record(store.record(case.case_id), CaseRecord)
    assert record is not None
    assert (record.provenance["ranks"], by_platen.pressed.ranks) == (2, 1)
    assert record.values["pressure_measured"] == pytest.approx(PRESSURE_MPA, rel=SETTLING_TOLERANCE)
    packing, released = (read(store.case_zip(case.case_id)) for read in (read_packing, read_released))
    assert packing is not None
    assert released is not None
    assert_same_particles(packing, by_platen.loose)
    assert_same_particles(released, by_platen.loose)
    assert packing.height_um == pytest.approx(by_platen.pressed.packing.height_um, rel=RANKS_SCATTER)
    assert released.height_um == pytest.approx(by_platen.released.height_um, rel=RANKS_SCATTER)
    assert pressure_on_platen_mpa(by_platen, packing) == pytest.approx(plate_mpa(by_platen), rel=FORCE_TOLERANCE)


def test_particles_that_resist_rolling_pack_looser(by_platen: Run) -> None:
    # light: what holds grains up counts for less where they are crushed together
    smooth, rough = (by_platen.again(pressure_mpa=2, rolling_friction=friction) for friction in (0, 0.1))
    assert rough.pressure_measured_mpa == pytest.approx(2, rel=SETTLING_TOLERANCE)
    assert rough.packing.height_um > 1.01 * smooth.packing.height_um
    assert len(rough.contacts.first) < len(smooth.contacts.first)


def test_particles_that_resist_rolling_come_to_rest_under_full_pressure(run: Run) -> None:
    settling = run.protocol.press.settling.replace(max_steps=10_000)
    rough = run.again(rolling_friction=0.5, settling=settling)
    assert rough.pressure_measured_mpa == pytest.approx(PRESSURE_MPA, rel=SETTLING_TOLERANCE)
    assert rough.packing.height_um > 1.01 * run.pressed.packing.height_um


@pytest.mark.parametrize("drive", ["platen", "body_force"])
def test_one_species_alone_is_pressed_without_the_other_material(by_platen: Run, drive: str) -> None:
    only_se = by_platen.loose.selected(by_platen.loose.is_se)
    protocol = changed(by_platen.case, None, drive=drive).design.protocol
    result = press(only_se, {"se": by_platen.materials["se"]}, protocol)
    assert set(result.force_nn) == ({"se"} if drive == "body_force" else set())
    assert np.isnan(result.values()["force_eam"])
    assert result.pressure_measured_mpa == pytest.approx(PRESSURE_MPA, rel=SETTLING_TOLERANCE)
    assert np.isfinite(result.packing.height_um)


@pytest.mark.parametrize("drive", ["platen", "body_force"])
def test_equal_spheres_are_pressed(by_platen: Run, drive: str) -> None:
    loose = by_platen.loose
    equal = Packing(loose.position_um, [1.0] * len(loose), loose.species, loose.edge_um)
    result = press(equal, by_platen.materials, changed(by_platen.case, None, drive=drive).design.protocol)
    assert result.pressure_measured_mpa == pytest.approx(PRESSURE_MPA, rel=SETTLING_TOLERANCE)


def test_missing_material_is_refused_before_anything_runs(by_platen: Run, tmp_path: Path) -> None:
    folder = tmp_path / "press"
    with pytest.raises(InputError, match="eam"):
        press(by_platen.loose, {"se": by_platen.materials["se"]}, by_platen.protocol, folder=folder)
    assert not folder.exists()


def test_time_step_a_hundred_times_too_long_loses_particles_and_says_so(run: Run, tmp_path: Path) -> None:
    # the inputs refuse such a step; the script takes it
    plan, files = press_files(run.loose, run.materials, run.protocol, run.case.design.composition)
    line = f"timestep        {plan.time_step_us!r}\n"
    assert files[names.SCRIPT].count(line) == 1
    script = files[names.SCRIPT].replace(line, f"timestep {100 * plan.time_step_us!r}\n")
    assert made_ready(tmp_path / "press", {**files, names.SCRIPT: script}) == {}
    with pytest.raises(PressError, match="Lost atoms") as raised:
        run_lmp(find_lmp(), tmp_path / "press", time_limit_s=60)
    assert (raised.value.cause, raised.value.exit_code) == ("lost atoms", 1)
    assert "Lost atoms" in raised.value.log_tail


def test_press_that_does_not_come_to_rest_says_so(run: Run) -> None:
    settling = run.protocol.press.settling.replace(max_steps=1000, unbalanced_force_limit=1e-12)
    with pytest.raises(PressError, match=f"{names.NOT_SETTLED} after 1000 steps") as raised:
        run.again(settling=settling)
    assert (raised.value.cause, raised.value.exit_code) == ("not settled", names.EXIT_NOT_SETTLED)
    assert names.NOT_SETTLED in raised.value.log_tail


def test_time_limit_of_the_protocol_holds(by_platen: Run) -> None:
    settling = by_platen.protocol.press.settling.replace(unbalanced_force_limit=1e-300, max_steps=10**9)
    with pytest.raises(PressError, match=names.TIME_LIMIT) as raised:
        by_platen.again(settling=settling, time_limit_s=0.01)
    assert (raised.value.cause, raised.value.exit_code) == ("time limit", names.EXIT_TIME_LIMIT)

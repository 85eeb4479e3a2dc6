import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import dump_text, random_packing

from ssbflow.errors import PressError
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.outcome import read_contacts, read_packing_at_rest, read_trajectory

LOOSE = Packing([[1, 1, 5], [3, 3, 9], [1, 3, 12]], [1, 0.5, 0.75], ["se", "eam", "se"], (5.0, 4.0))
AT_REST = [[1.0, 1.5, 1.25, 0.5], [2.0, 3.0, 3.0, 1.0], [3.0, 4.999999999999999, 0.1234567890123456, 2.5]]


def dumped(folder: Path, rows: list[list[float]]) -> Path:
    path = folder / names.FINAL
    path.write_text(dump_text(900, rows), encoding="ascii")
    return path


def test_packing_at_rest_is_the_loose_one_elsewhere(tmp_path: Path) -> None:
    packing = read_packing_at_rest(dumped(tmp_path, AT_REST), LOOSE)
    assert packing.position_um.tolist() == [row[1:] for row in AT_REST]
    assert packing.radius_um.tolist() == LOOSE.radius_um.tolist()
    assert packing.species.tolist() == LOOSE.species.tolist()
    assert (packing.edge_um, packing.height_um) == (LOOSE.edge_um, 2.5 + 0.75)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param(None, "1 particles were lost", id="gone"),
        pytest.param([3.0, 1, 1, float("nan")], "to infinity", id="no number"),
        pytest.param([3.0, float("inf"), 1, 1], "to infinity", id="infinity"),
        pytest.param([3.0, 1, 1, -1e-9], "through the floor", id="buried"),
    ],
)
def test_press_that_lost_a_particle_has_failed(tmp_path: Path, row: list[float] | None, message: str) -> None:
    (tmp_path / names.LOG).write_text("Step 1200\nall is well\n", encoding="utf-8")
    with pytest.raises(PressError, match=message) as raised:
        read_packing_at_rest(dumped(tmp_path, AT_REST[:2] + ([row] if row else [])), LOOSE)
    assert raised.value.cause == "lost atoms"
    assert "all is well" in raised.value.log_tail


def frame_rows(mean_height: float) -> list[list[float]]:
    """One particle to the left of the box, one in it, one to the right; their mean height is as asked."""
    return [[1.0, -0.5, 1, mean_height], [2.0, 2, 3, mean_height - 0.25], [3.0, 5.5, 4.5, mean_height + 0.25]]


def write_progress(folder: Path, told: Sequence[tuple[int, float]], mode: str = "w") -> None:
    with (folder / names.PROGRESS).open(mode, encoding="ascii") as file:
        file.writelines(f"{step} {height:.9g}\n" for step, height in told)


def write_frames(folder: Path, frames: Sequence[tuple[int, float]]) -> None:
    for step, height in frames:
        (folder / names.frame(step)).write_text(dump_text(step, frame_rows(height)), encoding="ascii")


def pressed_to(mean_height: float) -> Packing:
    return Packing(np.array(frame_rows(mean_height))[:, 1:], LOOSE.radius_um, LOOSE.species, LOOSE.edge_um)


def heights_of(position_um: np.ndarray) -> list[float]:
    return [float(height) for height in position_um[:, :, 2].mean(axis=1)]


def test_frames_are_spread_evenly_over_the_way_down_and_not_over_time(tmp_path: Path) -> None:
    # down fast, then a long creep
    way = [(0, 10.0), (10, 8.0), (20, 6.0), (30, 4.0), (40, 2.0), *((step, 1.9) for step in range(50, 500, 10))]
    write_progress(tmp_path, way)
    write_frames(tmp_path, way)
    trajectory = read_trajectory(tmp_path, 500, pressed_to(2.0), 5)
    assert trajectory.step.tolist() == [0, 10, 20, 30, 500]
    assert heights_of(trajectory.position_um) == pytest.approx([10, 8, 6, 4, 2])


@settings(max_examples=50, deadline=None)
@given(
    falls=st.lists(st.floats(1e-3, 1), min_size=2, max_size=40),
    tremor=st.floats(0, 1e-4),
    frames=st.integers(2, 60),
)
def test_frames_cover_the_way_in_steps_of_its_part(falls: list[float], tremor: float, frames: int) -> None:
    heights = 50 - np.concatenate([[0], np.cumsum(falls)])
    trembling = heights + tremor * (-1.0) ** np.arange(len(heights))
    way = [(3 * index, float(height)) for index, height in enumerate(trembling)]
    pressed, final_step = pressed_to(float(heights[-1])), way[-1][0] + 1
    with tempfile.TemporaryDirectory() as name:
        write_progress(Path(name), way)
        write_frames(Path(name), way)
        trajectory = read_trajectory(Path(name), final_step, pressed, frames)
    assert 2 <= len(trajectory.step) <= frames
    assert (np.diff(trajectory.step) > 0).all()
    assert (trajectory.step[0], trajectory.step[-1]) == (0, final_step)
    assert trajectory.position_um.shape == (len(trajectory.step), 3, 3)
    np.testing.assert_array_equal(trajectory.position_um[-1], pressed.position_um)
    # no step is longer than an even share and one written frame together
    longest = -np.diff(heights_of(trajectory.position_um)).min()
    assert longest <= (trembling.max() - heights[-1]) / (frames - 1) + max(falls) + 3 * tremor


def test_resumed_press_tells_some_steps_twice_and_its_last_word_counts(tmp_path: Path) -> None:
    before = [(0, 10.0), (10, 9.0), (20, 7.5), (30, 6.4)]  # then killed, the checkpoint being of step 15
    after = [(20, 8.0), (30, 7.0), (40, 6.0)]
    write_progress(tmp_path, before)
    write_progress(tmp_path, after, "a")
    write_frames(tmp_path, before)
    write_frames(tmp_path, after)
    trajectory = read_trajectory(tmp_path, 50, pressed_to(5.0), 6)
    assert trajectory.step.tolist() == [0, 10, 20, 30, 40, 50]
    assert heights_of(trajectory.position_um) == pytest.approx([10, 9, 8, 7, 6, 5])


def test_steps_of_a_killed_press_beyond_the_end_of_the_resumed_one_are_left_out(tmp_path: Path) -> None:
    way = [(0, 10.0), (10, 8.0), (20, 6.0), (30, 4.0), (40, 3.0), (50, 2.0)]
    write_progress(tmp_path, way)
    write_frames(tmp_path, way)
    trajectory = read_trajectory(tmp_path, 30, pressed_to(4.0), 10)
    assert trajectory.step.tolist() == [0, 10, 20, 30]
    assert heights_of(trajectory.position_um) == pytest.approx([10, 8, 6, 4])


def test_steps_whose_frame_was_not_worth_writing_are_passed_over(tmp_path: Path) -> None:
    way = [(0, 10.0), (10, 8.0), (20, 7.99), (30, 6.0), (40, 4.0)]
    write_progress(tmp_path, way)
    write_frames(tmp_path, [way[0], way[2], way[4]])
    trajectory = read_trajectory(tmp_path, 50, pressed_to(2.0), 5)
    assert trajectory.step.tolist() == [0, 20, 40, 50]


def test_press_that_settled_before_its_second_frame_has_two(tmp_path: Path) -> None:
    write_progress(tmp_path, [(0, 10.0)])
    write_frames(tmp_path, [(0, 10.0)])
    assert read_trajectory(tmp_path, 200, pressed_to(9.0), 20).step.tolist() == [0, 200]


def test_only_frames_that_are_chosen_are_read(tmp_path: Path) -> None:
    way = [(0, 10.0), (10, 9.9), (20, 6.0)]
    write_progress(tmp_path, way)
    write_frames(tmp_path, way)
    (tmp_path / names.frame(10)).write_text("ITEM: TIMESTEP\n", encoding="ascii")
    assert read_trajectory(tmp_path, 30, pressed_to(2.0), 3).step.tolist() == [0, 20, 30]
    (tmp_path / names.frame(20)).write_text("ITEM: TIMESTEP\n20\nITEM: NUMBER", encoding="ascii")
    with pytest.raises(PressError, match=names.frame(20)) as raised:
        read_trajectory(tmp_path, 30, pressed_to(2.0), 3)
    assert raised.value.cause == "torn output"


def test_particles_that_left_through_a_side_come_back_in_by_the_other(tmp_path: Path) -> None:
    write_progress(tmp_path, [(0, 10.0)])
    write_frames(tmp_path, [(0, 10.0)])
    frame = read_trajectory(tmp_path, 200, pressed_to(9.0), 2).position_um[0]
    assert frame.tolist() == [[4.5, 1, 10], [2, 3, 9.75], [0.5, 0.5, 10.25]]


def write_contacts(folder: Path, rows: list[list[float]]) -> None:
    text = dump_text(900, rows, "c_pair[1] c_pair[2] c_contact[1] c_contact[2]")
    (folder / names.CONTACTS).write_text(text.replace("ATOMS", "ENTRIES"), encoding="ascii")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_contacts_do_not_hang_on_the_order_in_which_lammps_tells_them(data: st.DataObject) -> None:
    packing = random_packing(1, ("eam", "se"))
    ids = st.integers(1, len(packing))
    pairs = data.draw(st.lists(st.tuples(ids, ids).filter(lambda pair: pair[0] != pair[1]), max_size=20))
    rows = [[float(i), float(j), 1 + 0.01 * number, 5.0 * number] for number, (i, j) in enumerate(pairs)]
    turned = [[j, i, *rest] if data.draw(st.booleans()) else [i, j, *rest] for i, j, *rest in rows]
    with tempfile.TemporaryDirectory() as name:
        write_contacts(Path(name), rows)
        contacts = read_contacts(Path(name), packing)
        write_contacts(Path(name), data.draw(st.permutations(turned)))
        again = read_contacts(Path(name), packing)
    for field in ("first", "second", "overlap_um", "normal_force_nn"):
        np.testing.assert_array_equal(getattr(contacts, field), getattr(again, field))
    assert (contacts.first < contacts.second).all()
    wanted = sorted((min(pair) - 1, max(pair) - 1) for pair in pairs)
    assert list(zip(contacts.first.tolist(), contacts.second.tolist(), strict=True)) == wanted
    assert contacts.normal_force_nn.sum() == pytest.approx(sum(row[3] for row in rows))


def test_contacts_tell_overlap_and_force_of_each_pair_and_image(tmp_path: Path) -> None:
    # 1 and 3 touch through two images
    write_contacts(tmp_path, [[3, 1, 1.7, 9.0], [2, 1, 1.25, 4.0], [1, 3, 1.5, 25.0], [3, 2, 1.25, -1e-3]])
    contacts = read_contacts(tmp_path, LOOSE)
    assert contacts.first.tolist() == [0, 0, 0, 1]
    assert contacts.second.tolist() == [1, 2, 2, 2]
    assert contacts.overlap_um.tolist() == pytest.approx([0.25, 0.25, 0.05, 0.0])
    assert contacts.normal_force_nn.tolist() == [4.0, 25.0, 9.0, -1e-3]
    assert contacts.first.dtype == contacts.second.dtype == np.int64


def test_packing_without_contacts_has_none(tmp_path: Path) -> None:
    write_contacts(tmp_path, [])
    contacts = read_contacts(tmp_path, LOOSE)
    assert len(contacts.first) == len(contacts.second) == len(contacts.overlap_um) == len(contacts.normal_force_nn) == 0

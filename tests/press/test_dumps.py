from pathlib import Path

import numpy as np
import pytest

from ssbflow.errors import PressError
from ssbflow.press.dumps import read_dump, read_final, read_result

ROWS = [[1.0, 0.125, 2.5, 3.75], [2.0, 1e-7, 19.999999999999996, 4.0], [3.0, 12.0, 0.25, 0.1234567890123]]


def frame(step: int, rows: list[list[float]]) -> str:
    header = [
        "ITEM: TIMESTEP",
        str(step),
        "ITEM: NUMBER OF ATOMS",
        str(len(rows)),
        "ITEM: BOX BOUNDS pp pp ff",
        *["0 20"] * 3,
        "ITEM: ATOMS id x y z",
    ]
    return "\n".join([*header, *(" ".join(f"{value:.17g}" for value in row) for row in rows), ""])


def written(folder: Path, text: str) -> Path:
    path = folder / "some.dump"
    path.write_text(text, encoding="ascii")
    return path


def test_every_frame_is_read_to_the_last_bit(tmp_path: Path) -> None:
    steps, tables = read_dump(written(tmp_path, frame(0, ROWS) + frame(250, ROWS[::-1]) + frame(300, ROWS[:1])))
    assert steps.tolist() == [0, 250, 300]
    assert [table.tolist() for table in tables] == [ROWS, ROWS[::-1], ROWS[:1]]


def test_frame_without_rows_is_empty(tmp_path: Path) -> None:
    steps, tables = read_dump(written(tmp_path, frame(7, []) + frame(8, ROWS)))
    assert steps.tolist() == [7, 8]
    assert [table.shape for table in tables] == [(0, 4), (3, 4)]


def test_final_is_the_last_frame_without_ids(tmp_path: Path) -> None:
    step, position = read_final(written(tmp_path, frame(0, ROWS[::-1]) + frame(900, ROWS)))
    assert step == 900
    np.testing.assert_array_equal(position, np.array(ROWS)[:, 1:])


WHOLE = frame(0, ROWS) + frame(250, ROWS)
LAST_ROW = WHOLE.rindex("\n3 ") + 1
SECOND_FRAME = len(frame(0, ROWS))


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(SECOND_FRAME + len("ITEM: TIMESTEP\n"), id="after the first line"),
        pytest.param(WHOLE.rindex("ITEM: BOX"), id="before the box"),
        pytest.param(WHOLE.rindex("ITEM: ATOMS"), id="before the columns"),
        pytest.param(WHOLE.rindex("id x y z\n") + len("id x y z\n"), id="before the rows"),
        pytest.param(LAST_ROW, id="a row short"),
        pytest.param(LAST_ROW + len("3 12 0.2"), id="in a row"),
        pytest.param(LAST_ROW + len("3 12 0.25"), id="a value short"),
        pytest.param(len(WHOLE) - 4, id="in the last number"),
    ],
)
def test_file_cut_in_the_middle_of_a_frame_is_refused(tmp_path: Path, kept: int) -> None:
    with pytest.raises(PressError, match=r"some\.dump") as raised:
        read_dump(written(tmp_path, WHOLE[:kept]))
    assert raised.value.cause == "torn output"


def test_result_is_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "result.txt"
    path.write_text("steps 1800\nunbalanced 0.00012345678901234\nfloor_kpa 375012.5\n", encoding="ascii")
    assert read_result(path) == {"steps": 1800, "unbalanced": 0.00012345678901234, "floor_kpa": 375012.5}

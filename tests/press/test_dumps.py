import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_oracles import dump_text

from ssbflow.errors import PressError
from ssbflow.press.dumps import read_dump, read_result

ROWS = [[1.0, 0.125, 2.5, 3.75], [2.0, 1e-7, 19.999999999999996, 4.0], [3.0, 12.0, 0.25, 0.1234567890123]]

doubles = st.floats(allow_nan=False, allow_infinity=False)


def written(folder: Path, text: str) -> Path:
    path = folder / "some.dump"
    path.write_text(text, encoding="ascii")
    return path


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(doubles, min_size=width, max_size=width), min_size=1)))
def test_frame_is_read_to_the_last_bit_in_the_order_of_the_file(rows: list[list[float]]) -> None:
    columns = " ".join(f"c{number}" for number in range(len(rows[0])))
    with tempfile.TemporaryDirectory() as folder:
        assert read_dump(written(Path(folder), dump_text(250, rows, columns))).tolist() == rows


def test_frame_without_rows_is_empty_and_has_its_columns(tmp_path: Path) -> None:
    assert read_dump(written(tmp_path, dump_text(7, []))).shape == (0, 4)


def test_what_is_no_number_is_read_as_such(tmp_path: Path) -> None:
    # a press that blew up; the packing says what is wrong with it
    path = written(tmp_path, dump_text(7, [[1.0, float("nan"), float("inf"), float("-inf")]]))
    assert [str(value) for value in read_dump(path)[0].tolist()] == ["1.0", "nan", "inf", "-inf"]


WHOLE = dump_text(250, ROWS)
LAST_ROW = WHOLE.rindex("\n3 ") + 1


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(0, id="before it began"),
        pytest.param(len("ITEM: TIMESTEP\n"), id="after the first line"),
        pytest.param(WHOLE.index("ITEM: BOX"), id="before the box"),
        pytest.param(WHOLE.index("ITEM: ATOMS"), id="before the columns"),
        pytest.param(WHOLE.index(" y z\n"), id="in the columns"),
        pytest.param(WHOLE.index("id x y z\n") + len("id x y z\n"), id="before the rows"),
        pytest.param(LAST_ROW, id="a row short"),
        pytest.param(LAST_ROW + len("3 12"), id="in a row"),
        pytest.param(LAST_ROW + len("3 12 0.25"), id="a value short"),
        pytest.param(len(WHOLE) - 4, id="in the last number"),
    ],
)
def test_file_that_ends_in_the_middle_is_refused(tmp_path: Path, kept: int) -> None:
    with pytest.raises(PressError, match=r"some\.dump") as raised:
        read_dump(written(tmp_path, WHOLE[:kept]))
    assert raised.value.cause == "torn output"


@pytest.mark.parametrize("hole", [b"\0" * 8, b"\xff\xfe", b"x"], ids=["zeros", "bytes that are no text", "a letter"])
def test_file_with_a_hole_is_refused(tmp_path: Path, hole: bytes) -> None:
    path = tmp_path / "some.dump"
    path.write_bytes(WHOLE.encode().replace(b"0.25", hole))
    with pytest.raises(PressError, match=r"some\.dump") as raised:
        read_dump(path)
    assert raised.value.cause == "torn output"


def test_result_is_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "result.txt"
    path.write_text("steps 1800\nunbalanced 0.00012345678901234\nfloor_kpa 375012.5\n", encoding="ascii")
    assert read_result(path) == {"steps": 1800, "unbalanced": 0.00012345678901234, "floor_kpa": 375012.5}

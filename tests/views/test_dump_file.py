from pathlib import Path

import numpy as np
import pytest

import ssbflow
from ssbflow.errors import StoreError
from ssbflow.inputs.case import Case
from ssbflow.views.dump_file import export_dump


def frames(path: Path) -> list[tuple[int, list[float], list[str], np.ndarray]]:
    """Time step, box edges, columns, and rows (species left out) of each frame of a dump."""
    found = []
    for text in path.read_text(encoding="utf-8").split("ITEM: TIMESTEP\n")[1:]:
        lines = text.splitlines()
        count = int(lines[2])
        edges = [float(line.split()[1]) for line in lines[4:7]]
        columns = lines[7].split()[2:]
        rows = [line.split() for line in lines[8:]]
        assert len(rows) == count
        numbers = np.array([[*row[:2], *row[3:]] for row in rows], dtype=float)
        assert {(row[1], row[2]) for row in rows} == {("1", "eam"), ("2", "se")}
        found.append((int(lines[0]), edges, columns, numbers))
    return found


@pytest.mark.lammps
def test_a_dump_holds_every_frame_and_the_final_state_to_the_bit(
    tiny_store: Path, tiny_case: Case, tmp_path: Path
) -> None:
    written = frames(export_dump(tiny_store, tiny_case.case_id, tmp_path / "new"))
    with ssbflow.open_case(tiny_store, tiny_case.case_id) as case:
        assert [step for step, *_ in written] == case["step"].values.tolist()
        _, edges, columns, last = written[-1]
        assert columns == ["id", "type", "element", "x", "y", "z", "radius"]
        final = case["final_position"].values
        np.testing.assert_array_equal(last[:, 4], final[:, 2])
        np.testing.assert_array_equal(last[:, 2:4], final[:, :2] % 8)
        np.testing.assert_array_equal(last[:, 5], case["radius"].values)
        assert edges[:2] == [8, 8]
        for (_, box, _, rows), position in zip(written[:-1], case["position"].values, strict=False):
            np.testing.assert_allclose(rows[:, 4], position[:, 2], rtol=0, atol=1e-12)
            assert box[2] == pytest.approx((position[:, 2] + case["radius"].values).max())


@pytest.mark.lammps
def test_the_normalised_form_goes_from_0_to_1(tiny_store: Path, tiny_case: Case, tmp_path: Path) -> None:
    plain = frames(export_dump(tiny_store, tiny_case.case_id, tmp_path / "plain"))
    scaled = frames(export_dump(tiny_store, tiny_case.case_id, tmp_path / "scaled", normalised=True))
    for (_, edges, _, there), (_, same, columns, here) in zip(plain, scaled, strict=True):
        assert columns[3:6] == ["xs", "ys", "zs"]
        assert same == edges
        assert here[:, 2:5].min() >= 0
        assert here[:, 2:5].max() <= 1
        np.testing.assert_allclose(here[:, 2:5] * edges, there[:, 2:5], rtol=1e-12)


def test_a_case_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no case file"):
        export_dump(tmp_path, "ab" * 16, tmp_path / "out")
    assert not (tmp_path / "out").exists()

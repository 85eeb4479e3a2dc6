import subprocess
from pathlib import Path

import numpy as np
import pytest

import ssbflow
from ssbflow.errors import SelectionError
from ssbflow.inputs.case import Case
from ssbflow.press.dumps import read_dump
from ssbflow.press.lmp import find_lmp
from ssbflow.views.exports import export_lammps


@pytest.mark.lammps
def test_the_exported_files_run_by_hand_to_the_same_final_state(
    tiny_store: Path, tiny_case: Case, tmp_path: Path
) -> None:
    folder = export_lammps(tiny_store, tiny_case.case_id, tmp_path / "by_hand")
    assert sorted(path.name for path in folder.iterdir()) == ["particles.data", "press.in"]
    lmp = find_lmp()
    command = [lmp.path, "-in", "press.in"]
    subprocess.run(command, cwd=folder, env=lmp.environment(), check=True, capture_output=True)
    position = read_dump(folder / "final.dump")[:, 1:]
    with ssbflow.open_case(tiny_store, tiny_case.case_id) as stored:
        np.testing.assert_array_equal(position, stored["final_position"].values)


def test_a_case_that_no_sweep_asked_for_is_refused(tiny_store: Path, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="no sweep"):
        export_lammps(tiny_store, "ab" * 16, tmp_path)

"""The Slurm of this session, and a stand-in for PBS."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from account import ordinary_account
from slurm_fixture import Slurm, missing
from stand_in_pbs import StandInPbs


@pytest.fixture(scope="session")
def running_slurm() -> Iterator[Slurm]:
    """A real Slurm, down again at the end."""
    if missing():
        pytest.skip(missing())
    # not pytest's own temporary folder: only its owner may go in there, and that is not the user who submits
    with tempfile.TemporaryDirectory(prefix="ssbflow-slurm-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        slurm = Slurm(Path(name), ordinary_account())
        try:
            slurm.start()
            yield slurm
        finally:
            slurm.stop()


@pytest.fixture
def slurm(running_slurm: Slurm) -> Iterator[Slurm]:
    """The real Slurm with an idle node, whatever the test before did."""
    running_slurm.clear()
    yield running_slurm
    running_slurm.clear()


@pytest.fixture
def stand_in_pbs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInPbs]:
    """A qsub, qdel and qstat on the PATH that run jobs as processes of this machine."""
    pbs = StandInPbs(tmp_path)
    monkeypatch.setenv("PATH", f"{pbs.programs}{os.pathsep}{os.environ['PATH']}")
    yield pbs
    pbs.end()

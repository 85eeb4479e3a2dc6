import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.errors import InputError, LammpsNotFoundError
from ssbflow.inputs.protocol import Press
from ssbflow.press import ranks
from ssbflow.press.lmp import SETTING, Lmp, find_lmp
from ssbflow.press.ranks import PARTICLES_PER_RANK, check_machine, check_ranks, cores, ranks_for

AUTO = Press(pressure_mpa=375, ranks="auto")
LMP = Lmp("/path/of/lmp", "22 Jul 2025", "", "/path/of/mpiexec")
LONELY = Lmp("/path/of/lmp", "22 Jul 2025", "")
"""One without mpiexec."""


def press_on(count: int) -> Press:
    return Press(pressure_mpa=375, ranks=count)


@pytest.fixture
def one_core() -> Iterator[None]:
    """This process confined to one core."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("no affinity on this system")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.fixture
def fake_lmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What looks like a LAMMPS, with no `mpiexec` anywhere."""
    path = tmp_path / "lmp"
    lines = ["#!/bin/sh", "echo 'Massively Parallel Simulator - 22 Jul 2025'", "echo GRANULAR", ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv(SETTING, str(path))
    monkeypatch.setenv("PATH", str(tmp_path))
    return path


def test_cores_are_those_that_this_process_may_use(one_core: None) -> None:
    assert cores() == 1


def test_as_many_ranks_as_cores_are_allowed() -> None:
    assert ranks_for(press_on(cores()), particles=10, lmp=LMP) == cores()


def test_more_ranks_than_cores_are_refused_with_both_numbers() -> None:
    too_many = cores() + 1
    for refusing in (check_ranks, check_machine, lambda press: ranks_for(press, 10, LMP)):
        with pytest.raises(InputError, match=rf"at most the {cores()} cores .*auto; got {too_many}$"):
            refusing(press_on(too_many))


def test_confined_process_is_refused_a_second_rank(one_core: None) -> None:
    with pytest.raises(InputError, match="at most the 1 cores"):
        check_ranks(press_on(2))


@settings(max_examples=100, deadline=None)
@given(available=st.integers(1, 256), particles=st.integers(1, 10**8))
def test_auto_gives_each_rank_its_particles_and_no_more_ranks_than_cores(available: int, particles: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranks, "cores", lambda: available)
        chosen = ranks_for(AUTO, particles, LMP)
    assert 1 <= chosen <= available
    assert chosen == 1 or particles / chosen >= PARTICLES_PER_RANK
    assert chosen == available or particles < (chosen + 1) * PARTICLES_PER_RANK


@settings(max_examples=50, deadline=None)
@given(available=st.integers(1, 256), particles=st.integers(1, 10**8))
def test_auto_is_one_rank_where_no_mpiexec_starts_more(available: int, particles: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranks, "cores", lambda: available)
        assert ranks_for(AUTO, particles, LONELY) == 1


@settings(max_examples=50, deadline=None)
@given(asked=st.integers(1, 64), particles=st.integers(1, 10**8))
def test_number_that_was_asked_for_is_taken_whatever_the_particles(asked: int, particles: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranks, "cores", lambda: 64)
        assert ranks_for(press_on(asked), particles, LMP) == asked


def test_machine_without_mpiexec_is_refused_for_several_ranks(fake_lmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "cores", lambda: 8)
    check_machine(press_on(1))
    check_machine(AUTO)
    with pytest.raises(InputError, match="mpiexec") as raised:
        check_machine(press_on(2))
    assert str(fake_lmp) in str(raised.value)


def test_machine_without_lammps_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path / "nowhere"))
    with pytest.raises(LammpsNotFoundError, match="nowhere"):
        check_machine(AUTO)


@pytest.mark.lammps
def test_this_machine_can_run_a_press_on_all_its_cores() -> None:
    check_machine(press_on(cores()))
    check_machine(AUTO)
    assert ranks_for(AUTO, PARTICLES_PER_RANK, find_lmp()) == 1

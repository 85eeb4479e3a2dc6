"""On how many cores one press runs."""

import os

from ssbflow.errors import InputError
from ssbflow.inputs.protocol import Press
from ssbflow.press.lmp import Lmp, find_lmp

SETTING = "SSBFLOW_CORES_PER_CASE"  # where several cases share a machine; set in the job's script
PARTICLES_PER_RANK = 20_000  # below, a second core is better used for a second case


def cores() -> int:
    """Return how many cores a press may use here."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(here, int(os.environ.get(SETTING, here)))


def check_ranks(press: Press) -> None:
    """Refuse more ranks than this machine has cores.

    Raises
    ------
    InputError
    """
    if press.ranks != "auto" and press.ranks > cores():
        raise InputError(f"press.ranks must be at most the {cores()} cores of this machine, or auto; got {press.ranks}")


def check_machine(press: Press) -> None:
    """Refuse a press that this machine cannot run.

    Raises
    ------
    InputError
        More ranks than cores, or no `mpiexec` for several.
    LammpsNotFoundError
        There is no LAMMPS.
    """
    check_ranks(press)
    lmp = find_lmp()
    if press.ranks != "auto":
        lmp.command(press.ranks)


def ranks_for(press: Press, particles: int, lmp: Lmp) -> int:
    """Return the number of MPI ranks for a packing of so many particles.

    Raises
    ------
    InputError
        More are asked for than there are cores.
    """
    check_ranks(press)
    if press.ranks != "auto":
        return press.ranks
    return max(1, min(cores(), particles // PARTICLES_PER_RANK)) if lmp.mpiexec else 1

"""What a killed MPICH process leaves in shared memory, and how the next one is kept from it.

A process that was started without `mpiexec` names its segment after its process number. One that is killed leaves the
segment there; a process that is given the same number later finds it, and waits for ever in `MPI_Init`, or fails there
if the segment is another user's (MPICH issue 7374).
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

SEGMENT = "/dev/shm/mpich_shm_{number}_0"
REMOVING = f'rm -f "{SEGMENT.format(number="$(printf %x $$)")}" 2>/dev/null; exec "$@"'


def past_leftovers(command: Sequence[str]) -> list[str]:
    """Return the command so that it removes, before it starts, what an earlier process of its number left behind."""
    return ["/bin/sh", "-c", REMOVING, "sh", *command]


def remove_leftover(number: int) -> None:
    """Remove what the process of a number, which has ended, left behind; another user's is left alone."""
    with contextlib.suppress(OSError):
        Path(SEGMENT.format(number=f"{number:x}")).unlink()

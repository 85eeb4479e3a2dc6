"""What can go wrong, by kind: each error also inherits the builtin that people catch by habit.

A message says what was wrong, what was got, what is allowed and what to do.
"""

from collections.abc import Iterable
from difflib import get_close_matches

ALIKE = 0.65  # a unit that was left out: edge for edge_um


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like another, as part of a message; nothing where none is much like it."""
    near = get_close_matches(name, known, n=1, cutoff=ALIKE)
    return f" (did you mean {near[0]}?)" if near else ""


class SsbflowError(Exception):
    """Base of every error that ssbflow raises on purpose."""


class InputError(SsbflowError, ValueError):
    """An input that cannot be used; raised before anything is computed."""


class PackingError(SsbflowError, RuntimeError):
    """No loose packing of this design could be built."""


class LammpsNotFoundError(SsbflowError, FileNotFoundError):
    """No usable `lmp` executable on this machine."""


class PressError(SsbflowError, RuntimeError):
    """A LAMMPS run that did not end in a pressed packing.

    Parameters
    ----------
    message : str
        What happened.
    cause : str
        One word or two for tables: ``"lammps error"``, ``"not settled"``, ``"time limit"``, ...
    exit_code : int or None
        Of the LAMMPS process.
    log_tail : str
        Last lines of the LAMMPS log.
    """

    def __init__(self, message: str, *, cause: str, exit_code: int | None = None, log_tail: str = "") -> None:
        super().__init__(message)
        self.cause = cause
        self.exit_code = exit_code
        self.log_tail = log_tail


class StoreError(SsbflowError, OSError):
    """A store that cannot be read, written or understood."""


class DiskError(StoreError):
    """The file system refuses: it is full, over quota, read-only, or does not permit; nothing is lost.

    ``worker`` is the address of the Dask worker that met it, empty outside of one.
    """

    worker = ""


class ClusterError(SsbflowError, RuntimeError):
    """A queue that starts no jobs, or jobs in which no case can be computed."""


class SelectionError(SsbflowError, LookupError):
    """No design, case or cube answers the question."""


class CalibrationError(SsbflowError, RuntimeError):
    """No stiffness brings a simulated pellet to the measured porosity, or too few of its simulations ended well."""

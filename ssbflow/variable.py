"""A variable of the cube: its name, unit and meaning, declared where it is computed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One stable name of the cube.

    Parameters
    ----------
    name : str
        As analysts read it.
    units : str
        UDUNITS form (``"1"`` where there is none).
    long_name : str
        One line, for axes and tables.
    """

    name: str
    units: str
    long_name: str

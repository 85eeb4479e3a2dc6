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
    state : str
        Of the packing that it describes: ``"loaded"`` or ``"released"``.
    """

    name: str
    units: str
    long_name: str
    state: str = "loaded"

    def attributes(self) -> dict[str, str]:
        """Return the attributes that readers of the cube see."""
        state = {} if self.state == "loaded" else {"state": self.state}
        return {"units": self.units, "long_name": self.long_name, **state}

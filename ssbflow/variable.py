"""A variable of the cube: its name, unit and meaning, declared where it is computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
    comment : str
        What the number depends on; fields of the analysis stand in braces.
    state : str
        Of the packing that it describes: ``"loaded"`` or ``"released"``.
    """

    name: str
    units: str
    long_name: str
    comment: str = ""
    state: str = "loaded"

    def attributes(self, analysis: Mapping[str, Any]) -> dict[str, str]:
        """Return the attributes that readers of a cube of this analysis see."""
        comment = {"comment": self.comment.format_map(analysis)} if self.comment else {}
        state = {} if self.state == "loaded" else {"state": self.state}
        return {"units": self.units, "long_name": self.long_name, **comment, **state}

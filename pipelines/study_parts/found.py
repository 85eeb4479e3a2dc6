"""What the worked study found, for its page."""

from dataclasses import dataclass

import ssbflow
from ssbflow.design.race import Race
from ssbflow.design.search import Searched
from ssbflow.design.selection import Selection


@dataclass(frozen=True, eq=False)
class Study:
    """What the study found.

    Parameters
    ----------
    grid : Selection
        All designs of the full factorial, by the objective.
    front : Selection
        Those that no other one beats in energy and in ohmic loss.
    grid_cases : int
    race : Race
    search : Searched
    fresh : Selection
        The picks of grid and search, by seeds that chose neither.
    anodes : Selection
    recipe : Recipe
    """

    grid: Selection
    front: Selection
    grid_cases: int
    race: Race
    search: Searched
    fresh: Selection
    anodes: Selection
    recipe: ssbflow.Recipe

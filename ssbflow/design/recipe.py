"""The recipe of an electrode, or of a cell of two: what to weigh, how to press, what to expect."""

import math
from pathlib import Path

from ssbflow.design.card import Recipe
from ssbflow.design.cautions import doubts
from ssbflow.design.cell_part import cell_part, energies_of
from ssbflow.design.constraints import parse_condition
from ssbflow.design.electrode import Amount, electrode
from ssbflow.design.joining import check_n_p_ratio, joined_cell, scale_of
from ssbflow.design.stored_design import StoredDesign, stored_design
from ssbflow.errors import InputError
from ssbflow.inputs.cell import Cell
from ssbflow.store.source import git_commit, ssbflow_version


def recipe(
    store: str | Path,
    cathode: str,
    *,
    anode: str | None = None,
    anode_store: str | Path | None = None,
    anode_cube: str | None = None,
    n_p_ratio: float | None = None,
    cell: Cell | None = None,
    where: str | None = None,
    anode_where: str | None = None,
    batch_g: float | None = None,
    area_cm2: float | None = None,
    cube: str | None = None,
) -> Recipe:
    """Write the recipe of a design, of the cell it makes, and of the negative electrode that goes with it.

    The negative electrode is made as thick as the positive one's capacity asks for: its areal mass, thickness and
    capacity are scaled together, its porosity and utilization are as simulated.

    Parameters
    ----------
    store : path
    cathode : str
        Label of the positive electrode's design, COMPOSITION/DISTRIBUTION.
    anode : str, optional
        Label of a negative electrode's design.
    anode_store, anode_cube : path and str, optional
        Where that one lies; in the same store and cube if left out.
    n_p_ratio : float, optional
        Areal capacity of the negative electrode's utilized EAM over that of the positive one's; 1.1 if left out.
    cell : Cell, optional
        What else stands there: separator, collectors, casing, and the negative electrode if none is simulated. With an
        anode, the shipped cell ``composite_anode`` if left out.
    where, anode_where : str, optional
        What makes a design of either electrode feasible, as in `best`: the recipe then says how far the powders may
        differ.
    batch_g : float, optional
        Mass of the positive electrode's powders to mix (g).
    area_cm2 : float, optional
        Area of electrode to make (cm²); that of one cell if neither is given.
    cube : str, optional
        Name of the cube; the store's default one if left out.

    Returns
    -------
    Recipe
        ``model_dump_json()`` writes it, ``Recipe.model_validate_json`` reads it.

    Raises
    ------
    InputError
        Both a batch and an area, or one that is not above 0; an N/P ratio below 1; a material that belongs in the other
        electrode; a negative electrode above the positive one's voltage; a condition that is none.
    SelectionError
        No such design, none of its cases ended well, it does not fulfil the condition, or it gives no capacity to join
        by.
    """
    _check_amount(batch_g, area_cm2)
    _check_anode(anode, n_p_ratio, {"store": anode_store, "cube": anode_cube, "condition": anode_where})
    condition, anode_condition = (None if text is None else parse_condition(text) for text in (where, anode_where))
    positive = stored_design(store, cathode, cube, "positive")
    negative = None if anode is None else _negative(store, anode, cube, anode_store, anode_cube)
    if negative is not None:
        cell = joined_cell(cell, negative, n_p_ratio)
    amount = _amount(positive, cell, batch_g, area_cm2)
    made = [electrode(positive, amount, condition, cell)]
    if negative is not None and cell is not None:
        scale = scale_of(positive, negative, cell)
        made.append(electrode(negative, amount, anode_condition, scaled_by=scale))
    opposite = made[1] if negative else None
    return Recipe(
        cathode=made[0],
        anode=opposite,
        cell=None if cell is None else cell_part(cell, made[0], opposite, amount),
        energies=energies_of(positive, cell),
        electrode_area_cm2=amount.electrode_area_cm2,
        cells=amount.cells,
        warnings=tuple(doubts(made, [positive, negative] if negative else [positive])),
        ssbflow_version=ssbflow_version(),
        ssbflow_commit=git_commit(),
    )


def _negative(
    store: str | Path, anode: str, cube: str | None, anode_store: str | Path | None, anode_cube: str | None
) -> StoredDesign:
    """Find the negative electrode: where the positive one lies, unless something else was said."""
    if anode_store is None:
        return stored_design(store, anode, anode_cube or cube, "negative")
    return stored_design(anode_store, anode, anode_cube, "negative")


def _amount(cathode: StoredDesign, cell: Cell | None, batch_g: float | None, area_cm2: float | None) -> Amount:
    electrode_area = 1.0 if cell is None else cell.electrode_area_cm2
    area = 1000 * batch_g / cathode.row["areal_mass"] if batch_g else area_cm2 or electrode_area
    return Amount(electrode_area, area / electrode_area)


def _check_amount(batch_g: float | None, area_cm2: float | None) -> None:
    if batch_g is not None and area_cm2 is not None:
        raise InputError("give the mass of a batch or the area of an electrode, not both")
    for name, amount in (("batch mass", batch_g), ("area", area_cm2)):
        if amount is not None and not (amount > 0 and math.isfinite(amount)):
            raise InputError(f"{name} must be above 0 and finite; got {amount:g}")


def _check_anode(anode: str | None, n_p_ratio: float | None, about: dict[str, object]) -> None:
    if n_p_ratio is not None:
        check_n_p_ratio(n_p_ratio)
    said = [name for name, given in {**about, "N/P ratio": n_p_ratio}.items() if given is not None]
    if anode is None and said:
        raise InputError(f"the {said[0]} of a negative electrode was given, but none to join: give it with --anode")

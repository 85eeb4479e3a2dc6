"""Constraints over designs: which ones hold, which one rules a design out, and by how much."""

import numpy as np
import pandas as pd

from ssbflow.design.expression import Expression, parse_expression
from ssbflow.errors import InputError

EXAMPLE = "'utilization > 0.9 and porosity < 0.3'"


def parse_condition(where: str) -> Expression:
    """Parse a condition.

    Raises
    ------
    InputError
        The text is none.
    """
    try:
        return parse_expression(where, EXAMPLE)
    except InputError as error:
        raise _no_condition(where, error) from error


def fulfilling(table: pd.DataFrame, condition: Expression) -> "pd.Series[bool]":
    """Return which designs fulfil a condition; a comparison with what does not exist (NaN) does not hold.

    Raises
    ------
    InputError
        The expression gives numbers, or compares numbers with texts.
    SelectionError
        It names what the cube does not have.
    """
    try:
        found = condition.over(table)
    except (TypeError, ValueError) as error:
        raise _no_condition(condition.text, error) from error
    if found.dtype != bool:
        raise _no_condition(condition.text, "it gives numbers")
    return found


def constraint_table(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return how each design stands to each of the constraints that ``and`` joins.

    Parameters
    ----------
    table : pandas.DataFrame
        As `design_table`.
    where : str

    Returns
    -------
    pandas.DataFrame
        Index (composition, distribution, constraint); ``fulfilled``, and ``misses_by`` in the units of the constraint
        (negative where it holds; NaN where it compares no numbers).
    """
    parts = parse_condition(where).conjuncts()
    each = {
        part.text: pd.DataFrame({"fulfilled": fulfilling(table, part), "misses_by": part.excess(table)})
        for part in parts
    }
    standing = pd.concat(each, names=["constraint", *table.index.names])
    return standing.reorder_levels([*range(1, standing.index.nlevels), 0])


def what_rules_out(table: pd.DataFrame, where: str) -> str:
    """Return, in words, how many designs each constraint leaves, and which design comes nearest to all of them."""
    standing = constraint_table(table, where)
    fulfilled, misses = (standing[name].unstack("constraint") for name in ("fulfilled", "misses_by"))
    left = ", ".join(f"{count} of {len(table)} fulfil {name!r}" for name, count in fulfilled.sum().items())
    missing = misses.div(misses.std().replace(0, np.nan)).fillna(np.inf).where(~fulfilled, 0)  # unknown is far
    nearest = pd.DataFrame({"failed": (~fulfilled).sum(axis=1), "missing": missing.max(axis=1)})
    design = nearest.sort_values(["failed", "missing"], kind="stable").index[0]
    return f"{left}; nearest is {'/'.join(design)}, which misses {what_is_missed(table.loc[[design]], where)}"


def what_is_missed(design: pd.DataFrame, where: str) -> str:
    """Return, in words, the constraints that one design does not fulfil, and by how much it misses them."""
    missed = constraint_table(design, where).droplevel([0, 1]).query("not fulfilled")
    return ", ".join(
        f"{name!r}" + ("" if pd.isna(row["misses_by"]) else f" by {row['misses_by']:.3g}")
        for name, row in missed.iterrows()
    )


def _no_condition(where: str, reason: object) -> InputError:
    return InputError(f"where {where!r} is no condition ({reason}); write e.g. {EXAMPLE}")

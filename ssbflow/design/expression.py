"""Expressions over the variables of a cube: parsed into numbers, comparisons and a few functions, never run as code."""

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ssbflow.design.grammar import (
    ARITHMETIC,
    COMPARISONS,
    FUNCTIONS,
    LARGEST,
    STATISTICS,
    UNARY,
    NotAllowedError,
    check_allowed,
    outside_statistics,
    statistic_of,
)
from ssbflow.errors import InputError, SelectionError, did_you_mean

Values = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Expression:
    """Arithmetic and conditions over variables.

    Parameters
    ----------
    text : str
        As it was given.
    node : ast.expr
    """

    text: str
    node: ast.expr

    @property
    def names(self) -> set[str]:
        """The variables that it names, those inside of statistics not counted."""
        return {node.id for node in outside_statistics(self.node) if isinstance(node, ast.Name)}

    @property
    def statistics(self) -> list["Statistic"]:
        """The statistics over the cases of a design that it names."""
        return [
            Statistic(ast.unparse(node), name, Expression(ast.unparse(inner), inner))
            for node in outside_statistics(self.node)
            for name, inner in statistic_of(node)
        ]

    def conjuncts(self) -> list["Expression"]:
        """Return the conditions that ``and`` joins; itself if there is one."""
        if isinstance(self.node, ast.BoolOp) and isinstance(self.node.op, ast.And):
            parts = [Expression(ast.get_source_segment(self.text, node) or "", node) for node in self.node.values]
            return [one for part in parts for one in part.conjuncts()]
        return [self]

    def over(self, table: pd.DataFrame) -> "pd.Series[Any]":
        """Return the value in each row of a table.

        Raises
        ------
        SelectionError
            It names what is no column and no level of the index.
        NotAllowedError, TypeError
            Numbers, texts and conditions are mixed up.
        """
        for statistic in self.statistics:
            if statistic.text not in table.columns:
                raise SelectionError(f"{self.text!r}: {statistic.text!r} is of designs, and has no value for each case")
        for name in sorted(self.names):
            if name not in table.columns and name not in table.index.names:
                meant = did_you_mean(name, map(str, table.columns))
                known = ", ".join(numeric_names(table))
                raise SelectionError(f"{self.text!r}: {name!r} is not defined{meant}; the cube has {known}")
        with np.errstate(all="ignore"):
            value = _value(self.node, table)
        return pd.Series(np.broadcast_to(value, len(table)).copy(), index=table.index)

    def numbers_over(self, table: pd.DataFrame) -> "pd.Series[float]":
        """Return the number in each row of a table; a condition counts as 1 where it holds.

        Raises
        ------
        SelectionError
            It gives no numbers, or names what is no column.
        """
        try:
            return self.over(table).astype(float)
        except (TypeError, ValueError) as error:
            known = ", ".join(numeric_names(table))
            raise SelectionError(f"{self.text!r} gives no numbers ({error}); the cube has {known}") from error

    def excess(self, table: pd.DataFrame) -> "pd.Series[float]":
        """Return by how much each row misses a comparison of numbers; negative where it holds, NaN for other ones."""
        nothing = pd.Series(np.nan, index=table.index)
        if not isinstance(self.node, ast.Compare):
            return nothing
        sides = [_value(side, table) for side in (self.node.left, *self.node.comparators)]
        if any(np.asarray(side).dtype.kind not in "fiu" for side in sides):
            return nothing
        missed = []
        for operation, left, right in zip(self.node.ops, sides, sides[1:], strict=False):
            if not isinstance(operation, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                return nothing
            missed.append(left - right if isinstance(operation, ast.Lt | ast.LtE) else right - left)
        return pd.Series(np.broadcast_to(np.maximum.reduce(missed), len(table)).copy(), index=table.index)


@dataclass(frozen=True)
class Statistic:
    """A number of each design, from its cases: the column of a table of designs that an expression names.

    Parameters
    ----------
    text : str
        Name of the column, ``ci95(utilization)``.
    function : str
        Of `STATISTICS`.
    inner : Expression
        Over cases.
    """

    text: str
    function: str
    inner: Expression


def parse_expression(text: str, example: str = "'areal_mass * utilization'") -> Expression:
    """Parse an expression: names, numbers, texts, ``+ - * / **``, comparisons, ``and or not``, a few functions.

    Statistics (``mean``, ``std``, ``ci95``) are of an expression over the cases of a design, and make a number of each
    design.

    Raises
    ------
    InputError
        The text is anything else.
    """
    (only,) = parse_expressions(text, example, most=1)
    return only


def parse_expressions(text: str, example: str = "'utilization, -porosity'", most: int = 10) -> list[Expression]:
    """Parse expressions between commas.

    Raises
    ------
    InputError
        One is none, or there are too many.
    """
    stripped = text.strip()
    try:
        tree = ast.parse(stripped, mode="eval").body
        nodes = tree.elts if isinstance(tree, ast.Tuple) else [tree]
        if len(nodes) > most:
            raise NotAllowedError(f"{len(nodes)} expressions where at most {most} are wanted")
        if sum(1 for _ in ast.walk(tree)) > LARGEST:
            raise NotAllowedError(f"it has more than {LARGEST} parts")
        for node in nodes:
            check_allowed(node)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise InputError(f"{text!r} is no expression ({error}); write e.g. {example}") from error
    return [Expression(ast.get_source_segment(stripped, node) or stripped, node) for node in nodes]


def numeric_names(table: pd.DataFrame) -> list[str]:
    """Return the columns of numbers that are neither deviations, intervals nor counts of an objective's seeds."""
    beside = ("_std", "_seeds", "_low", "_high")
    return [str(name) for name in table.select_dtypes("number").columns if not str(name).endswith(beside)]


def _value(node: ast.AST, table: pd.DataFrame) -> Any:
    match node:
        case ast.Name(name):
            column = table[name] if name in table.columns else table.index.get_level_values(name)
            return column.to_numpy()
        case ast.Constant(str(text)):
            return text
        case ast.Constant(int() | float() as number):
            return np.float64(number)
        case ast.Call(ast.Name(name), _) if name in STATISTICS:
            return table[ast.unparse(node)].to_numpy()
        case ast.Call(ast.Name(name), arguments):
            return FUNCTIONS[name][0](*(_value(one, table) for one in arguments))
    return _operation(node, table)


def _operation(node: ast.AST, table: pd.DataFrame) -> Any:
    match node:
        case ast.BinOp(left, ast.BitAnd() | ast.BitOr() as how, right):
            return ARITHMETIC[type(how)](_condition(left, table), _condition(right, table))
        case ast.BinOp(left, how, right):
            return ARITHMETIC[type(how)](_value(left, table), _value(right, table))
        case ast.UnaryOp(ast.USub() | ast.UAdd() as sign, operand):
            return UNARY[type(sign)](_value(operand, table))
        case ast.UnaryOp(_, operand):
            return np.logical_not(_condition(operand, table))
        case ast.BoolOp(how_joined, values):
            join = np.logical_and if isinstance(how_joined, ast.And) else np.logical_or
            return join.reduce(np.broadcast_arrays(*(_condition(one, table) for one in values)))
        case ast.Compare(left, comparisons, comparators):
            sides = [_value(side, table) for side in (left, *comparators)]
            links = zip(comparisons, sides, sides[1:], strict=False)
            return np.logical_and.reduce([COMPARISONS[type(link)](one, other) for link, one, other in links])
    raise NotAllowedError(f"{ast.unparse(node)!r} is not allowed")


def _condition(node: ast.AST, table: pd.DataFrame) -> Values:
    values = np.asarray(_value(node, table))
    if values.dtype != bool:
        raise NotAllowedError(f"{ast.unparse(node)!r} is no condition")
    return values

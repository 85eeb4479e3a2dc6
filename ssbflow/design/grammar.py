"""What an expression may be made of: the operations and functions that are allowed; whatever else is refused."""

import ast
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

LARGEST = 200  # nodes: bounds how deep an expression can be
ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.BitAnd: np.logical_and,
    ast.BitOr: np.logical_or,
}
COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
UNARY: dict[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: np.logical_not,
    ast.Invert: np.logical_not,
}
FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "abs": (np.abs, 1),
    "sqrt": (np.sqrt, 1),
    "log": (np.log, 1),
    "log10": (np.log10, 1),
    "exp": (np.exp, 1),
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
}
"""Name → function and number of arguments."""
STATISTICS = ("mean", "std", "ci95")
"""Of the cases of a design: mean, standard deviation, half of Student's 95 % confidence interval of the mean."""


class NotAllowedError(ValueError):
    """What stands in a text is no part of an expression."""


def check_allowed(node: ast.AST) -> None:
    """Refuse whatever is not in the tables above.

    Raises
    ------
    NotAllowedError
    """
    match node:
        case ast.Name():
            return
        case ast.Constant(value=str()):
            return
        case ast.Constant(value=int() | float() as number):
            float(number)  # one that is too large is told now
            return
        case ast.BinOp(left, operation, right) if type(operation) in ARITHMETIC:
            inner: list[ast.expr] = [left, right]
        case ast.UnaryOp(operation, operand) if type(operation) in UNARY:
            inner = [operand]
        case ast.BoolOp(values=values):
            inner = values
        case ast.Compare(left, operations, comparators) if {type(one) for one in operations} <= COMPARISONS.keys():
            inner = [left, *comparators]
        case ast.Call(ast.Name(name), arguments, []) if name in FUNCTIONS and len(arguments) == FUNCTIONS[name][1]:
            inner = arguments
        case ast.Call(ast.Name(name), [argument], []) if name in STATISTICS and not _has_statistics(argument):
            inner = [argument]
        case _:
            raise NotAllowedError(f"{ast.unparse(node)!r} is not allowed")
    for one in inner:
        check_allowed(one)


def outside_statistics(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an expression: statistics whole, and no names of functions."""
    yield node
    if isinstance(node, ast.Call):
        inner: Iterable[ast.AST] = () if _is_statistic(node) else node.args
    else:
        inner = ast.iter_child_nodes(node)
    for one in inner:
        yield from outside_statistics(one)


def _has_statistics(node: ast.AST) -> bool:
    return any(_is_statistic(one) for one in ast.walk(node))


def _is_statistic(node: ast.AST) -> bool:
    return bool(statistic_of(node))


def statistic_of(node: ast.AST) -> list[tuple[str, ast.expr]]:
    """Return function and inner expression of a statistic; nothing of anything else."""
    match node:
        case ast.Call(ast.Name(name), [argument]) if name in STATISTICS:
            return [(name, argument)]
    return []

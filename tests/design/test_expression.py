import ast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssbflow.design.expression import parse_expression, parse_expressions
from ssbflow.errors import InputError, SelectionError

TABLE = pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [3.0, -1.0, 2.0], "name": ["x", "y", "x"]})

leaves = st.sampled_from(["a", "b", "(2 * a)", "(b + 0.5)", "-b"])
arithmetic = st.recursive(
    leaves, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner), max_leaves=8
)


@given(arithmetic)
def test_arithmetic_is_what_pandas_computes(text: str) -> None:
    found = parse_expression(text).numbers_over(TABLE)
    expected = TABLE.eval(text, engine="python")
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("max(a, b)", [3, 2, np.nan]),
        ("sqrt(a) ** 2", [1, 2, np.nan]),
        ("log10(10 * a / a)", [1, 1, np.nan]),
        ("-abs(b)", [-3, -1, -2]),
        ("a > 1", [0, 1, 0]),
        ("name == 'x'", [1, 0, 1]),
        ("(a > 1) | (b > 2)", [1, 1, 0]),
    ],
)
def test_functions_and_conditions(text: str, values: list[float]) -> None:
    np.testing.assert_allclose(parse_expression(text).numbers_over(TABLE), values)


def test_list_is_split_at_its_own_commas_only() -> None:
    assert [one.text for one in parse_expressions(" max(a, b), -a ")] == ["max(a, b)", "-a"]


@pytest.mark.parametrize(
    "text", ["a.b", "a()", "[a]", "f'{a}'", "a := 1", "lambda: 1", "a if b else 1", "a[0]", "None"]
)
def test_code_is_no_expression(text: str) -> None:
    with pytest.raises(InputError, match="is no expression"):
        parse_expression(text)


def test_mistyped_name_is_answered_with_the_near_one() -> None:
    table = TABLE.rename(columns={"a": "utilization"})
    with pytest.raises(SelectionError, match=r"'utilisation' is not defined \(did you mean utilization\?\)"):
        parse_expression("utilisation").over(table)


def test_parts_of_a_condition_and_by_how_much_they_are_missed() -> None:
    parts = parse_expression("0 < a < 1.5 and b > 0 and name == 'x'").conjuncts()
    assert [part.text for part in parts] == ["0 < a < 1.5", "b > 0", "name == 'x'"]
    np.testing.assert_allclose(parts[0].excess(TABLE), [-0.5, 0.5, np.nan])
    np.testing.assert_allclose(parts[1].excess(TABLE), [-3, 1, -2])
    assert parts[2].excess(TABLE).isna().all()
    assert isinstance(parts[0].node, ast.Compare)


def test_statistics_are_columns_of_a_table_of_designs() -> None:
    condition = parse_expression("ci95(a * b) < 0.05 * mean(a) and b > std( a )")
    assert [(one.text, one.function, one.inner.text) for one in condition.statistics] == [
        ("ci95(a * b)", "ci95", "a * b"),
        ("mean(a)", "mean", "a"),
        ("std(a)", "std", "a"),
    ]
    assert condition.names == {"b"}
    table = pd.DataFrame({"b": [1.0, 1, 0], "ci95(a * b)": [0.1, 0.1, 0.1], "mean(a)": [3.0, 1, 3], "std(a)": 0.5})
    assert condition.over(table).tolist() == [True, False, False]


def test_names_within_functions_count_and_those_of_functions_do_not() -> None:
    assert parse_expression("max(a, 2 * b) + ci95(c)").names == {"a", "b"}


def test_statistics_have_no_value_for_a_case() -> None:
    with pytest.raises(SelectionError, match=r"'mean\(a\)' is of designs"):
        parse_expression("a / mean(a)").over(TABLE)


@pytest.mark.parametrize("text", ["mean(std(a))", "ci95(a, b)", "mean()", "ci95(2 * max(a, mean(b)))", "mean(a=1)"])
def test_statistics_are_of_one_expression_over_cases(text: str) -> None:
    with pytest.raises(InputError, match="is no expression"):
        parse_expression(text)

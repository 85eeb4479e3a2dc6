import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.inputs.identity import canonical_json, identity

names = st.text(max_size=5)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | names
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=5
)


def test_canonical_json_is_sorted_and_without_spaces() -> None:
    assert canonical_json({"b": [1, 2.5], "a": {"d": None, "c": "µ"}}) == '{"a":{"c":"\\u00b5","d":null},"b":[1,2.5]}'


def test_identity_is_the_beginning_of_the_sha256_of_the_canonical_json() -> None:
    assert identity({"seed": 1}) == hashlib.sha256(b'{"seed":1}').hexdigest()[:32]


@given(st.dictionaries(names, trees, min_size=2, max_size=5))
@settings(max_examples=30, deadline=None)
def test_order_of_keys_does_not_matter(inputs: dict[str, object]) -> None:
    assert identity(dict(reversed(inputs.items()))) == identity(inputs)


@given(trees, trees)
@settings(max_examples=30, deadline=None)
def test_identities_are_equal_exactly_where_the_texts_are(first: object, second: object) -> None:
    assert (identity(first) == identity(second)) == (canonical_json(first) == canonical_json(second))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_has_no_json_has_no_identity(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        identity({"pressure_mpa": value})

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ssbflow.errors import StoreError
from ssbflow.store.sealed import SEAL_DIGITS, seal_of, sealed, unsealed

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
contents = st.dictionaries(
    st.text().filter(lambda key: key != "seal"),
    st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=4),
    max_size=3,
)


@settings(max_examples=50, deadline=None)
@given(contents)
def test_what_was_sealed_comes_back(content: dict[str, Any]) -> None:
    assert _without_nulls(unsealed(sealed(content), "a.json")) == _without_nulls(content)


@settings(max_examples=50, deadline=None)
@given(contents, st.text().filter(lambda key: key != "seal"), scalars.filter(lambda value: value is not None))
def test_any_other_value_is_noticed(content: dict[str, Any], key: str, value: Any) -> None:
    assume(json.dumps(_without_nulls(content).get(key)) != json.dumps(_without_nulls(value)))
    changed = json.loads(sealed(content)) | {key: value}
    with pytest.raises(StoreError, match=r"a\.json is damaged"):
        unsealed(json.dumps(changed).encode(), "a.json")


@settings(max_examples=50, deadline=None)
@given(contents, st.integers(min_value=0), st.integers(0, 7))
def test_a_flipped_bit_and_a_torn_text_never_give_other_content(content: dict[str, Any], at: int, bit: int) -> None:
    text = sealed(content)
    at %= len(text)
    flipped = text[:at] + bytes([text[at] ^ 1 << bit]) + text[at + 1 :]
    for harmed in (flipped, text[:at]):
        try:
            found = unsealed(harmed, "a.json")
        except StoreError as error:
            assert "a.json is damaged" in str(error)  # noqa: PT017  (blanks between the values may change)
        else:
            assert _without_nulls(found) == _without_nulls(content)


def _without_nulls(content: Any) -> Any:
    if isinstance(content, dict):
        return {
            key: value if key == "inputs" else _without_nulls(value)
            for key, value in content.items()
            if value is not None
        }
    return content


def test_inputs_come_back_with_their_nulls_for_names_are_hashes_of_them() -> None:
    content = {"inputs": {"protocol": {"release": None}}, "zip": None}
    assert unsealed(sealed(content), "a.json") == {"inputs": {"protocol": {"release": None}}}
    assert seal_of(content) != seal_of({"inputs": {"protocol": {}}})


def test_nulls_and_the_seal_itself_do_not_count() -> None:
    content = {"a": 1, "b": {"c": "x"}}
    assert len(seal_of(content)) == SEAL_DIGITS
    assert seal_of(content) == seal_of({**content, "d": None, "b": {"c": "x", "e": None}, "seal": "anything"})


def test_equal_content_in_another_order_has_the_same_seal() -> None:
    assert seal_of({"a": 1, "b": 2}) == seal_of({"b": 2, "a": 1}) != seal_of({"a": 2, "b": 1})


@pytest.mark.parametrize("text", [b"", b"[1]", b"{", b'{"a": 1}', b"\xff", b"null"])
def test_what_was_never_sealed_is_named(text: bytes) -> None:
    with pytest.raises(StoreError, match=r"x\.json is damaged.*ssbflow check"):
        unsealed(text, "x.json")

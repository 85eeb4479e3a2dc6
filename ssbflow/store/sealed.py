"""Sealed JSON: a file that knows whether it is still what was written.

The text is canonical (sorted keys, no spaces, what is null left out but for inputs), and ends in a hash of all that
stands before.
"""

import hashlib
import re
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from ssbflow.errors import StoreError
from ssbflow.inputs.identity import canonical_json

SEAL_DIGITS = 16
INPUTS = "inputs"  # of records: names are hashes of them, nulls included
TAIL = re.compile(rb'"seal":"([0-9a-f]{16})"\}')
TAIL_LENGTH = SEAL_DIGITS + len('"seal":""}')


def seal_of(content: dict[str, Any]) -> str:
    """Return the seal of some content: a hash of all that is not null; a seal in it counts for nothing."""
    return _hash(_body({name: value for name, value in content.items() if name != "seal"}))


def sealed(content: dict[str, Any]) -> bytes:
    """Return content as a sealed JSON text."""
    body = _body(content)
    comma = "," if len(body) > 1 else ""
    return body + f'{comma}"seal":"{_hash(body)}"}}'.encode()


def unsealed(text: bytes, origin: Path | str) -> dict[str, Any]:
    """Return the content of a sealed JSON text.

    Raises
    ------
    StoreError
        It is torn, or not what was sealed.
    """
    check_seal(text, origin)
    content: dict[str, Any] = from_json(text)  # five times as fast as json
    del content["seal"]
    return content


def check_seal(text: bytes, origin: Path | str) -> None:
    """Refuse a sealed JSON text that is not what was sealed.

    Raises
    ------
    StoreError
        It is torn, or not what was sealed.
    """
    body, tail = text[:-TAIL_LENGTH].removesuffix(b","), TAIL.fullmatch(text[-TAIL_LENGTH:])
    if tail is None or _hash(body) != tail[1].decode():
        raise StoreError(f"{origin} is damaged: its content is not what was sealed; see: ssbflow check STORE")


def _body(content: dict[str, Any]) -> bytes:
    """Return the text up to the seal: without the brace that closes it."""
    return canonical_json(_without_nulls(content)).encode()[:-1]


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:SEAL_DIGITS]


def _without_nulls(content: Any) -> Any:
    if isinstance(content, dict):
        return {
            key: value if key == INPUTS else _without_nulls(value)
            for key, value in content.items()
            if value is not None
        }
    return content

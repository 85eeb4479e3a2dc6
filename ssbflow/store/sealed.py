"""Sealed JSON: a file that knows whether it is still what was written."""

import hashlib
import json
from pathlib import Path
from typing import Any

from ssbflow.errors import StoreError
from ssbflow.inputs.identity import canonical_json

SEAL_DIGITS = 16


def seal_of(content: dict[str, Any]) -> str:
    """Return the seal of some content: a hash of all that is not null; a seal in it counts for nothing."""
    return hashlib.sha256(canonical_json(_without_nulls({**content, "seal": None})).encode()).hexdigest()[:SEAL_DIGITS]


def sealed(content: dict[str, Any]) -> bytes:
    """Return content as a sealed JSON text."""
    return json.dumps({**content, "seal": seal_of(content)}, indent=1).encode()


def unsealed(text: bytes, origin: Path | str) -> dict[str, Any]:
    """Return the content of a sealed JSON text.

    Raises
    ------
    StoreError
        It is torn, or not what was sealed.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise StoreError(f"{origin} is damaged ({error}); see: ssbflow check STORE") from error
    if not isinstance(content, dict) or content.get("seal") != seal_of(content):
        raise StoreError(f"{origin} is damaged: its content is not what was sealed; see: ssbflow check STORE")
    del content["seal"]
    return content


def _without_nulls(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _without_nulls(value) for key, value in content.items() if value is not None}
    return content

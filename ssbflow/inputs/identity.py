"""Identities: equal inputs, equal names.

``case_id`` is a hash of everything that changes a simulation, ``measure_id`` of everything that only measures use.
"""

import hashlib
import json
from typing import Any

PHYSICS_VERSION = 6
"""Raise when the same inputs give another pressed packing."""

MEASURE_VERSION = 3
"""Raise when the same packing gives other numbers."""

ID_DIGITS = 32


def canonical_json(inputs: Any) -> str:
    """Return the one JSON text of these inputs: sorted keys, no spaces, no NaN."""
    return json.dumps(inputs, sort_keys=True, separators=(",", ":"), allow_nan=False)


def identity(inputs: Any) -> str:
    """Return the sha256 of the canonical JSON, cut to 32 hex digits."""
    return hashlib.sha256(canonical_json(inputs).encode()).hexdigest()[:ID_DIGITS]

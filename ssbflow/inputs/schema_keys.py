"""Which keys a JSON schema allows at a place: for errors that say what was meant."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


def keys_at(schema: Schema, location: tuple[int | str, ...]) -> list[str]:
    """Return the keys that a schema allows in the mapping at a place.

    Parameters
    ----------
    schema : dict
        As pydantic generates it.
    location : tuple of int or str
        Keys and places in lists, from the outermost inwards; the `kind` by which one of several was chosen may stand
        among them.
    """
    places = list(_alternatives(schema, schema))
    for part in location:
        inner = [found for place in places for found in _inside(place, part, schema)]
        places = inner or [place for place in places if _kind(place) == part] or places
    return sorted({key for place in places for key in place.get("properties", {})})


def _alternatives(place: Schema, root: Schema) -> Iterator[Schema]:
    """Yield what a place may be, references followed."""
    if "$ref" in place:
        yield from _alternatives(root["$defs"][place["$ref"].rsplit("/", 1)[-1]], root)
        return
    yield place
    for one in (*place.get("anyOf", ()), *place.get("oneOf", ())):
        yield from _alternatives(one, root)


def _inside(place: Schema, part: int | str, root: Schema) -> Iterator[Schema]:
    found = place.get("items") if isinstance(part, int) else place.get("properties", {}).get(part)
    if found is None and isinstance(part, str) and isinstance(place.get("additionalProperties"), dict):
        found = place["additionalProperties"]
    if isinstance(found, dict):
        yield from _alternatives(found, root)


def _kind(place: Schema) -> Any:
    return place.get("properties", {}).get("kind", {}).get("const")

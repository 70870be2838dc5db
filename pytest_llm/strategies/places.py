"""The places of a JSON value, and the value with one of them changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["Place", "at", "places", "with_key", "without", "writing"]

Place = tuple[str | int, ...]
"""The keys and positions that lead to a part of a JSON value; empty for the whole."""


def places(value: Any, here: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield every part of a JSON value with its place, the whole first."""
    yield here, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*here, key))


def at(value: Any, place: Place) -> Any:
    """Return the part at a place."""
    for key in place:
        value = value[key]
    return value


def writing(value: Any, place: Place, new: Any) -> Any:
    """Return the value with another part at a place."""
    if not place:
        return new
    key, *rest = place
    inner = writing(value[key], tuple(rest), new)
    if isinstance(value, dict):
        return {**value, key: inner}
    return [inner if index == key else item for index, item in enumerate(value)]


def without(value: Any, place: Place, key: str) -> Any:
    """Return the value without a key of the object at a place."""
    return writing(value, place, {name: item for name, item in at(value, place).items() if name != key})


def with_key(value: Any, place: Place, key: str, item: Any) -> Any:
    """Return the value with one more key in the object at a place."""
    return writing(value, place, {**at(value, place), key: item})

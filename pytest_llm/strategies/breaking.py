"""The ways in which models break the arguments of a tool call, each where it breaks the tool's schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.compiling import Schema
from pytest_llm.strategies.places import places, with_key, without, writing

__all__ = ["BREAKS", "Break", "breakages", "ways_of"]

Break = Literal["missing", "extra", "wrong type", "string for number", "trailing text", "cut off"]
"""A required key is missing; there is a key that the schema forbids; a value has another type; a number is a string
with that number; prose follows the JSON; the JSON ends in the middle."""

_TRAILING = ("\n\nLet me know if you need anything else.", "```", " {}", "<|im_end|>")
_EXTRA = ("explanation", "confidence", "", "type")
_OTHERS: tuple[Any, ...] = (None, "", 0, True, [], {})


def ways_of(name: str, given: bool | str | Collection[str], valid: Collection[str]) -> tuple[str, ...]:
    """Return the names that a user's ``True``, name or collection of names stands for.

    Raises ``ConfigurationError`` for a name that is none of the valid ones.
    """
    if isinstance(given, bool):
        return tuple(valid) if given else ()
    names = (given,) if isinstance(given, str) else tuple(given)
    if wrong := [one for one in names if one not in valid]:
        raise ConfigurationError(
            f"{name}={wrong[0]!r} is not known. Valid: {', '.join(map(repr, valid))}, True, False."
        )
    return names


def breakages(value: Any, schema: Schema, ways: Collection[str]) -> list[tuple[str, Any]]:
    """Return what breaking a value in these ways gives, each that no longer conforms: a JSON value, or a text."""
    found: list[tuple[str, Any]] = []
    for way in ways:
        if way in _OF_VALUES:
            broken = _OF_VALUES[way](value)
            found += [(way, one) for one in broken if isinstance(one, dict) and schema.violations(one)]
        else:
            found += [(way, one) for one in _OF_TEXTS[way](json.dumps(value, ensure_ascii=False))]
    return found


def _missing(value: Any) -> Iterator[Any]:
    return (without(value, place, key) for place, part in places(value) if isinstance(part, dict) for key in part)


def _extra(value: Any) -> Iterator[Any]:
    objects = [(place, part) for place, part in places(value) if isinstance(part, dict)]
    return (with_key(value, place, key, "") for place, part in objects for key in _EXTRA if key not in part)


def _wrong_type(value: Any) -> Iterator[Any]:
    for place, part in places(value):
        yield from (writing(value, place, other) for other in _OTHERS if place and type(other) is not type(part))


def _string_for_number(value: Any) -> Iterator[Any]:
    numbers = [(place, part) for place, part in places(value) if type(part) in (int, float)]
    return (writing(value, place, str(part)) for place, part in numbers)


def _trailing_text(text: str) -> Iterator[str]:
    return (text + more for more in _TRAILING)


def _cut_off(text: str) -> Iterator[str]:
    return (text[:end] for end in sorted({1, len(text) // 2, len(text) - 1}) if 0 < end < len(text))


_OF_VALUES: Mapping[str, Callable[[Any], Iterator[Any]]] = MappingProxyType(
    {"missing": _missing, "extra": _extra, "wrong type": _wrong_type, "string for number": _string_for_number}
)
_OF_TEXTS: Mapping[str, Callable[[str], Iterator[str]]] = MappingProxyType(
    {"trailing text": _trailing_text, "cut off": _cut_off}
)
BREAKS: tuple[str, ...] = get_args(Break)

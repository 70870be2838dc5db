"""The ways in which models break the arguments of a tool call, each where it breaks the tool's schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from operator import add, getitem
from types import MappingProxyType
from typing import Any, Literal, get_args

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.compiling import Schema
from pytest_llm.strategies.extra import hypothesis
from pytest_llm.strategies.places import places, with_key, without, writing

__all__ = ["BREAKS", "Break", "Vain", "breakages", "broken_by", "ways_of"]

Break = Literal["missing", "extra", "wrong type", "string for number", "trailing text", "cut off"]
"""A required key is missing; there is a key that the schema forbids; a value has another type; a number is a string
with that number; prose follows the JSON; the JSON ends in the middle."""

_TRAILING = ("\n\nLet me know if you need anything else.", "```", " {}", "<|im_end|>")
_EXTRA = ("explanation", "confidence", "", "type")
_TRIES = 40  # of breakages in a row, each of which is checked
_IN_VAIN = 40
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


@dataclass
class Vain:
    """What was drawn in vain: when nothing else has been, that is said instead of hypothesis, which cannot know why."""

    said: str
    count: int = 0
    some: bool = False

    def found(self, one: object) -> bool:
        """Say whether something was found. Raises hypothesis' ``FailedHealthCheck`` when it never was."""
        self.some |= one is not None
        self.count += one is None
        if self.count == _IN_VAIN and not self.some:
            raise hypothesis.errors.FailedHealthCheck(self.said)  # which it neither shrinks nor tries again
        return one is not None


def breakages(value: Any, way: str) -> list[Callable[[], Any]]:
    """Return what makes of a value each that breaking it in this way may give: a JSON value, or a text."""
    return list(_WAYS[way](value))


def broken_by(made: Sequence[Callable[[], Any]], start: int, schema: Schema) -> Any:
    """Return the first of some breakages from ``start`` on that no longer conforms; None when there is none nearby."""
    for make in islice(cycle(made), start, start + min(len(made), _TRIES)):
        broken = make()
        if isinstance(broken, str) or schema.violations(broken):
            return broken
    return None


def _missing(value: Any) -> Iterator[Callable[[], Any]]:
    return (
        partial(without, value, place, key) for place, part in places(value) if isinstance(part, dict) for key in part
    )


def _extra(value: Any) -> Iterator[Callable[[], Any]]:
    objects = [(place, part) for place, part in places(value) if isinstance(part, dict)]
    return (partial(with_key, value, place, key, "") for place, part in objects for key in _EXTRA if key not in part)


def _wrong_type(value: Any) -> Iterator[Callable[[], Any]]:
    for place, part in places(value):
        others = [other for other in _OTHERS if place and type(other) is not type(part)]
        yield from (partial(writing, value, place, other) for other in others)


def _string_for_number(value: Any) -> Iterator[Callable[[], Any]]:
    numbers = [(place, part) for place, part in places(value) if type(part) in (int, float)]
    return (partial(writing, value, place, str(part)) for place, part in numbers)


def _trailing_text(value: Any) -> Iterator[Callable[[], Any]]:
    text = json.dumps(value, ensure_ascii=False)
    return (partial(add, text, more) for more in _TRAILING)


def _cut_off(value: Any) -> Iterator[Callable[[], Any]]:
    text = json.dumps(value, ensure_ascii=False)
    ends = sorted({1, len(text) // 2, len(text) - 1})
    return (partial(getitem, text, slice(end)) for end in ends if 0 < end < len(text))


_WAYS: Mapping[str, Callable[[Any], Iterator[Callable[[], Any]]]] = MappingProxyType(
    {
        "missing": _missing,
        "extra": _extra,
        "wrong type": _wrong_type,
        "string for number": _string_for_number,
        "trailing text": _trailing_text,
        "cut off": _cut_off,
    }
)
BREAKS: tuple[str, ...] = get_args(Break)

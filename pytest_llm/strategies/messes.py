"""The messes that models make of JSON: each turns a value into a text, or leaves it alone where it does not apply."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args

from pytest_llm.strategies.places import places, writing

__all__ = ["BROKEN", "MESSES", "Mess", "messy"]

Mess = Literal["fenced", "prose", "cut off", "single quotes", "comments", "trailing commas", "nan", "duplicated keys"]
"""The JSON stands in a fenced block, or amid prose; or it is none: it is cut off, written with single quotes, has
comments, trailing commas, NaN or Infinity for a number, or a key twice."""
MESSES: tuple[Mess, ...] = get_args(Mess)
BROKEN: tuple[Mess, ...] = MESSES[2:]

_PROSE = ("Here is the JSON:\n", "Sure! ", "Based on the text, the answer is:\n\n")
_AFTER = ("", "\n\nLet me know if you need anything else!", "\n(end)")
_ENDS = 500  # at which a text is cut off: all of them in a short one
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[]}]')


def messy(value: Any, mess: str) -> list[str]:
    """Return the texts that a mess makes of a JSON value, the plainest first; none where it does not apply."""
    return list(_MADE[mess](value))


def _text(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **options)


def _fenced(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for before in ("", *_PROSE):
            yield f"{before}```json\n{_text(value, indent=2)}\n```"
        yield f"```\n{_text(value)}\n```"


def _prose(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        yield from (f"{before}{_text(value)}{after}" for before in _PROSE for after in _AFTER)


def _cut_off(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        text = _text(value)
        yield from (text[:end] for end in range(1, len(text), 1 + len(text) // _ENDS))


def _single_quotes(value: Any) -> Iterator[str]:
    text = _text(value)
    if isinstance(value, dict | list) and '"' in text:
        yield _STRUCTURE.sub(lambda token: _requoted(token[0]), text)


def _requoted(token: str) -> str:
    if not token.startswith('"'):
        return token
    # Backslashes are read in pairs, so that the quote after an escaped one is not taken for escaped.
    inner = re.sub(r"\\.|'", lambda part: {'\\"': '"', "'": "\\'"}.get(part[0], part[0]), token[1:-1])
    return f"'{inner}'"


def _comments(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        text = _text(value, indent=2)
        yield text.replace("\n", "  // as requested\n", 1)
        yield text.replace("\n", "\n  /* as requested */\n", 1)
        yield f"{text[:-1]}# end\n{text[-1]}"


def _trailing_commas(value: Any) -> Iterator[str]:
    for options in ({}, {"indent": 2}):
        text = _text(value, **options)
        for token in _STRUCTURE.finditer(text):
            end = len(text[: token.start()].rstrip())
            if token[0] in "]}" and text[end - 1] not in "[{":
                yield f"{text[:end]},{text[end:]}"


def _nan(value: Any) -> Iterator[str]:
    for place, part in places(value):
        if type(part) in (int, float):
            yield from (_text(writing(value, place, new)) for new in (math.nan, math.inf, -math.inf))


def _duplicated_keys(value: Any) -> Iterator[str]:
    for place, part in places(value):
        for key, item in part.items() if isinstance(part, dict) else ():
            # A placeholder for the object, so that the key can be written twice.
            mark = "\ue000object\ue000"
            inner = _text(part)
            twice = f"{inner[:-1]}, {_text(key)}: {_text(item)}}}"
            yield _text(writing(value, place, mark)).replace(_text(mark), twice)


_MADE: Mapping[str, Callable[[Any], Iterator[str]]] = MappingProxyType(
    {
        "fenced": _fenced,
        "prose": _prose,
        "cut off": _cut_off,
        "single quotes": _single_quotes,
        "comments": _comments,
        "trailing commas": _trailing_commas,
        "nan": _nan,
        "duplicated keys": _duplicated_keys,
    }
)

"""The JSON in a text: all of it, a fenced block, or the first object or array within prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pytest_llm.schemas.faults import Fault, fault_at
from pytest_llm.schemas.parsing import Broken, Parsed, parsed
from pytest_llm.schemas.violations import Violation
from pytest_llm.text import short

__all__ = ["Document", "document", "located"]

_FENCE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}+|~{3,}+)[ \t]*+(?P<label>[\w+.-]*+)[^\n`]*+\n(?P<body>.*?)(?:^[ \t]*(?P=fence)|\Z)",
    re.M | re.S,
)
_BEGINS = re.compile(
    r"""\{ (?= \s* (?: ["'}\u201c] | //? | [^\W\d]\w* \s* : | \Z ) )
      | \[ (?= \s* (?: [\]\[{"'\u201c] | \Z | -?\d[\d.eE+-]* \s* (?: [,\]] | \Z )
                     | (?: [Tt]rue | [Ff]alse | null | None ) \b ) )
    """,
    re.X,
)
_TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*+"|[][{}]')
_TRIES = 1_000  # brackets within prose: each that begins no JSON costs a look at the whole text
_SPACE = re.compile(r"\s*")
_BETWEEN = re.compile(r"[\s,]*")
_BEFORE = re.compile(r"[\s\ufeff]*")
_CONSTANT = re.compile(r"True|False|None|undefined|NaN|-?Infinity")


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON value of a text; ``where`` says where it was found unless it is the whole text."""

    value: Any
    where: str = ""
    repeated: tuple[Violation, ...] = ()


def located(text: str) -> Document | Fault:
    """Return the JSON in a text: the whole text, else in a fenced block, else the first object or array in prose.

    A fenced block counts when it is labelled json, or has no label and begins with a bracket. Within prose, an empty
    array or object and an array of plain numbers ("[1]", a footnote) is taken only when there is no other.
    """
    whole = document(text)
    if isinstance(whole, Document) or _is_several(text):
        return whole
    found = _in_fence(text) or _in_prose(text)
    if found is not None:
        return found
    if not text.strip():
        return Fault("the text is empty")
    return whole if _CONSTANT.fullmatch(text.strip()) else Fault("there is no JSON in it", (f"got {_quoted(text)}",))


def document(text: str, begin: int = 0, where: str = "") -> Document | Fault:
    """Return the JSON that is the whole text from ``begin`` on, but for white space around it."""
    found = parsed(text, _after(_BEFORE, text, begin))
    if isinstance(found, Broken):
        return found.fault()
    rest = _after(_SPACE, text, found.end)
    if rest == len(text):
        return Document(found.value, where, found.repeated)
    follows = "a second JSON document" if text[_after(_BETWEEN, text, rest) :][:1] in ("{", "[") else "other text"
    return fault_at(text, rest, f"the JSON is followed by {follows}")


def _is_several(text: str) -> bool:
    """Say whether a text is nothing but JSON objects or arrays one after the other."""
    count, start = 0, _after(_BEFORE, text, 0)
    while text[start : start + 1] in ("{", "["):
        found = parsed(text, start)
        if isinstance(found, Broken):
            return False
        count, start = count + 1, _after(_BETWEEN, text, found.end)
    return count > 1 and start == len(text)


def _in_fence(text: str) -> Document | Fault | None:
    blocks = list(_FENCE.finditer(text))
    labelled = [block for block in blocks if block["label"].casefold().startswith("json")]
    plain = [block for block in blocks if not block["label"] and block["body"].lstrip().startswith(("{", "["))]
    for block in labelled or plain:
        # What stands before the block stays, so that a fault tells the line within the whole text.
        return document(text[: block.end("body")], block.start("body"), "in a fenced block")
    return None


def _in_prose(text: str) -> Document | Fault | None:
    broken: Broken | None = None
    slight: tuple[int, Parsed] | None = None
    start = _first(text)
    for _ in range(_TRIES):
        if start is None:
            break
        found = parsed(text, start)
        if isinstance(found, Broken):
            broken = broken or found
            end = _balanced(text, start)
            if end is None:
                break
        elif _is_slight(found.value):
            slight = slight or (start, found)
            end = found.end
        else:
            return _within(text, start, found)
        start = _next(text, end)
    if broken is not None:
        return broken.fault()
    return None if slight is None else _within(text, *slight)


def _within(text: str, start: int, found: Parsed) -> Document:
    line = text.count("\n", 0, start) + 1
    return Document(found.value, f"within prose, at line {line}", found.repeated)


def _first(text: str) -> int | None:
    """Return where the first array or object may begin; a text that begins with a bracket is meant as one."""
    start = _after(_BEFORE, text, 0)
    return start if text[start : start + 1] in ("{", "[") else _next(text, start)


def _next(text: str, start: int) -> int | None:
    match = _BEGINS.search(text, start)
    return None if match is None else match.start()


def _balanced(text: str, start: int) -> int | None:
    """Return where the bracket that opens at ``start`` is closed; None if it never is."""
    depth = 0
    for token in _TOKENS.finditer(text, start):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth == 0 and token[0] in "}]":
            return token.end()
    return None


def _is_slight(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, int | float) for item in value)
    return value == {}


def _after(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return start if match is None else match.end()


def _quoted(text: str) -> str:
    return short(repr(text if len(text) < 400 else text[:200] + text[-200:]), 92)

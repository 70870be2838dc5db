"""Why a text is not JSON: the place, the likely reason, and the spot with a caret below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

__all__ = ["Fault", "fault", "fault_at"]

_WIDTH = 96
_WORD = re.compile(r"[^\W\d][\w$-]*")
_LITERALS = {"True": "true", "False": "false", "None": "null"}
_QUOTES = {
    "'": "single quotes",
    "`": "backquotes",
    **dict.fromkeys("\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb", "typographic quotes"),
}
_MISSING = {",": "a missing value", "]": "a missing value", "}": "a missing value", ":": "a missing value"}
_NUMBERS = {"+": "a number with a plus sign", ".": "a number that begins with a point"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no JSON to look at; ``lines`` show the spot, ``cut`` says that the text ends in the middle."""

    reason: str
    lines: tuple[str, ...] = ()
    cut: bool = False

    def __str__(self) -> str:
        return "\n".join((f"{self.reason}.", *(f"  {line}" for line in self.lines)))


def fault_at(text: str, place: int, cause: str, *, cut: bool = False) -> Fault:
    """Return the fault with the line and column of its place, and the spot."""
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return Fault(f"{cause} at line {line}, column {column}", _spot(text, place), cut)


def fault(text: str, start: int, place: int, message: str) -> Fault:
    """Return what the message of Python's decoder, for a value that begins at ``start``, most likely means."""
    end = len(text.rstrip())
    if message.startswith("Unterminated string"):
        if text[end - 1 : end] in ("}", "]"):
            return fault_at(text, place, "the JSON has a string that is never closed")
        return fault_at(text, end, "the JSON is cut off within a string", cut=True)
    if place >= end:
        return fault_at(text, end, "the JSON is cut off", cut=True)
    before = text[start:place].rstrip()
    if message.startswith("Illegal trailing comma") or (before.endswith(",") and text[place] in "}]"):
        return fault_at(
            text, start + before.rfind(",") if text[place] != "," else place, "the JSON has a trailing comma"
        )
    return fault_at(text, place, f"the JSON has {_cause(before, text[place : place + 80], message)}")


def _cause(before: str, rest: str, message: str) -> str:
    if message.startswith("Invalid"):
        return _within_string(rest, message)
    if rest.startswith(("//", "/*", "#")):
        return "a comment"
    if rest.startswith(("...", "…")):
        return "an ellipsis in place of values"
    if rest[0] in _QUOTES:
        return f"{_QUOTES[rest[0]]} where double quotes belong"
    if message.startswith("Expecting ','"):
        return _no_comma(before, rest)
    if message.startswith("Expecting ':'"):
        return "a key without a colon"
    word = _WORD.match(rest)
    if word is not None:
        return _bare(word[0], is_key="property name" in message)
    if "property name" in message:
        return f"{rest[0]!r} where a key belongs"
    return _MISSING.get(rest[0]) or _NUMBERS.get(rest[0]) or f"{rest[0]!r} where a value belongs"


def _within_string(rest: str, message: str) -> str:
    if message.startswith("Invalid control"):
        name = {"\n": "newline", "\r": "carriage return", "\t": "tab"}.get(rest[0], f"control character {rest[0]!r}")
        return f"a {name} in a string that is not escaped"
    return f"a backslash that begins no JSON escape ({rest.split()[0][:6]})"


def _no_comma(before: str, rest: str) -> str:
    if before.endswith('"') and _WORD.match(rest):
        return "a double quote in a string that is not escaped, or a missing comma"
    if re.search(r"(?<![\d.eE])0$", before) and rest[0].isdigit():
        return "a number with a leading zero"
    if rest[0] in "]}":
        return f"{rest[0]!r} where another bracket is open"
    if rest[0] in '"{[-' or rest[0].isdigit():
        return "a missing comma"
    return f"{rest[0]!r} where a comma belongs"


def _bare(word: str, *, is_key: bool) -> str:
    if is_key:
        return f"a key without double quotes ({word[:30]})"
    if word in _LITERALS:
        return f"the Python literal {word} ({_LITERALS[word]} in JSON)"
    return f"a value without double quotes ({word[:30]})"


def _spot(text: str, place: int) -> tuple[str, ...]:
    """Return the line of a place, cut to the width around it, and a caret below the place."""
    begin = text.rfind("\n", 0, place) + 1
    newline = text.find("\n", place)
    end = len(text) if newline < 0 else newline
    left = max(begin, min(place - _WIDTH * 2 // 3, end - _WIDTH))
    head = ("…" if left > begin else "") + _visible(text[left:place])
    tail = _visible(text[place : min(end, left + _WIDTH)]) + ("…" if end > left + _WIDTH else "")
    return head + tail, " " * _columns(head) + "^"


def _visible(text: str) -> str:
    """Spell out what a terminal would obey: control characters, lone surrogates."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for a wide character, none for a combining one."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)

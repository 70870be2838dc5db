"""Texts as literals: on one line, no white space lost, and never the same when the texts are not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from pytest_llm.metrics import fuzzy

__all__ = ["alike", "apart", "around", "cut", "other_form", "quoted"]

Spelled = Mapping[int, str]  # characters to be written as escapes, as ``str.translate`` takes them

# The property Default_Ignorable_Code_Point of Unicode: a terminal shows nothing of them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"\s")


def quoted(text: str, width: int = 60) -> str:
    """Return a text as a literal, its middle cut out when it takes more than ``width`` characters."""
    near = text if len(text) <= 2 * width else text[:width] + text[-width:]  # what is between is cut anyway
    return repr("".join(cut(near, width, _length)))


def cut(units: Sequence[str], width: int, length: Callable[[str], int] = len) -> list[str]:
    """Return the units of a text, none of them cut, without those in the middle when they are too long."""
    if sum(map(length, units)) <= width:
        return list(units)
    head = (width - 1) * 2 // 3
    end = _fitting(units[::-1], width - 1 - head, length)
    return [*_fitting(units, head, length), "…", *end[::-1]]


def around(text: str, start: int, end: int, width: int) -> str:
    """Return what stands at a place and its surroundings, as a literal."""
    return repr(_windows([text], start, end, width, {})[0])


def apart(ours: str, theirs: str, width: int) -> tuple[str, str]:
    """Return the first difference of two texts with its surroundings, as two literals that do not look the same."""
    pairs = enumerate(zip(ours, theirs, strict=False))
    start = next((place for place, (one, other) in pairs if one != other), min(len(ours), len(theirs)))
    first, second = _windows([ours, theirs], start, start + 1, width, {})
    if not alike(repr(first), repr(second)):
        return repr(first), repr(second)
    spelled = _changed(first, second)
    first, second = _windows([ours, theirs], start, start + 1, width, spelled)
    return repr(first).translate(spelled), repr(second).translate(spelled)


def alike(ours: str, theirs: str) -> bool:
    """Say whether two texts look the same in a terminal, but for where they break their lines."""
    return _look(ours) == _look(theirs)


def other_form(sought: str, text: str) -> str:
    """Return what is sought in the Unicode form, composed or decomposed, in which the text has it; empty if in none."""
    forms = [unicodedata.normalize(form, sought) for form in ("NFC", "NFD")]
    return next((one for one in forms if one != sought and one in text), "")


def _windows(texts: Sequence[str], start: int, end: int, width: int, spelled: Spelled) -> list[str]:
    """Return the same stretch of each text, as long as their literals have room for."""
    longest = max(map(len, texts))
    for size in range(width, 0, -1):
        spare = max(0, size - (end - start))
        first = max(0, min(start - spare // 2, longest - size))
        last = first + size
        if all(_length(text[first:last], spelled) <= width for text in texts):
            break
    return [f"{'…' * (first > 0)}{text[first:last]}{'…' * (last < len(text))}" for text in texts]


def _length(text: str, spelled: Spelled | None = None) -> int:
    """Return how many characters a text takes within the quotes of a literal."""
    return len(repr(text).translate(spelled or {})) - 2


def _fitting(units: Sequence[str], room: int, length: Callable[[str], int]) -> list[str]:
    taken = []
    for unit in units:
        room -= length(unit)
        if room < 0:
            break
        taken.append(unit)
    return taken


def _changed(ours: str, theirs: str) -> dict[int, str]:
    places = zip((ours, theirs), fuzzy.changes(ours, theirs), strict=True)
    found = {char for text, ranges in places for start, end in ranges for char in text[start:end]}
    return {ord(char): ascii(char)[1:-1] for char in found if not char.isascii()}


def _look(text: str) -> str:
    return _SPACE.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).rstrip()

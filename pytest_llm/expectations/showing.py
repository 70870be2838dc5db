"""What findings about texts show: scores beside their bounds, aligned differences, surroundings."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pytest_llm.metrics import fuzzy
from pytest_llm.text import and_list, excerpts, short

__all__ = ["WIDTH", "aligned", "around", "beside", "got", "ignored", "lines", "quoted", "whole"]

WIDTH = 90
_TOO_DIFFERENT = 0.5  # of the characters: marks under nearly everything help nobody


def beside(score: float, bound: float, digits: int) -> str:
    """Return "62 >= 90", with as many more digits as it takes to be true or false on sight."""
    while digits < 15:
        said = f"{score:.{digits}f}"
        if float(f"{bound:.{digits}f}") == bound and (float(said) >= bound) == (score >= bound):
            break
        digits += 1
    return f"{score:.{digits}f} >= {bound:.{digits}f}"


def ignored(what: Sequence[str]) -> str:
    """Return "ignoring case and whitespace"; nothing if nothing is ignored."""
    return f"ignoring {and_list(list(what))}" if what else ""


def quoted(text: str, width: int = 60) -> str:
    """Return a text as a short literal."""
    return repr(short(text, width))


def got(text: str) -> str:
    """Return the line that shows the text that was checked."""
    return f"got {quoted(text, WIDTH)}"


def around(text: str, start: int, end: int, width: int = WIDTH) -> str:
    """Return what stands at a place and its surroundings, as a short literal."""
    spare = max(0, width - (end - start))
    first = max(0, min(start - spare // 2, len(text) - width))
    last = min(len(text), max(end, first + width)) if end - start < width else start + width
    middle = short(text[first:last], width)
    return repr(f"{'…' * (first > 0)}{middle}{'…' * (last < len(text))}")


def aligned(expected: str, text: str) -> tuple[str, ...]:
    """Return the two texts one above the other with what differs marked; of long ones the first lines that differ."""
    if max(_columns(expected), _columns(text)) > WIDTH or not (expected + text).isprintable():
        before, after = excerpts(expected, text, WIDTH)
        return (f"- {before}", f"+ {after}")
    ours, theirs = fuzzy.changes(expected, text)
    changed = sum(end - start for start, end in ours + theirs)
    if changed > _TOO_DIFFERENT * (len(expected) + len(text)):
        return (f"- {expected}", f"+ {text}")
    lines = (f"- {expected}", _marks(expected, ours), f"+ {text}", _marks(text, theirs))
    return tuple(line for line in lines if line)


def whole(expected: str, text: str) -> tuple[str, ...]:
    """Return both texts in full."""
    return ("expected:", *_indented(expected), "got:", *_indented(text))


def lines(text: str) -> tuple[str, ...]:
    """Return the text that was checked in full; nothing if ``got`` shows it so."""
    return () if len(text) <= WIDTH and "\n" not in text else ("got:", *_indented(text))


def _indented(text: str) -> list[str]:
    return [f"  {_printable(line)}" for line in text.split("\n")]


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() or char == "\t" else repr(char)[1:-1] for char in line)


def _marks(text: str, changed: list[tuple[int, int]]) -> str:
    line = ""
    at = 0
    for start, end in changed:
        line += " " * _columns(text[at:start]) + "^" * max(1, _columns(text[start:end]))
        at = end
    return f"  {line}" if line else ""


def _columns(text: str) -> int:
    """Return how many columns a terminal gives a text: two to wide characters, none to combining ones."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)

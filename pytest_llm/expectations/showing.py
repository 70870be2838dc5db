"""What findings about texts show: scores beside their bounds, aligned differences, surroundings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pytest_llm.expectations.literals import alike, apart, quoted
from pytest_llm.metrics import fuzzy
from pytest_llm.text import and_list, excerpts

__all__ = ["WIDTH", "aligned", "beside", "got", "ignored", "lines", "listed", "whole"]

WIDTH = 90
_ROOM = WIDTH - 4  # for the quotes, and an ellipsis at either end
_ESCAPES = re.compile(r"\\x..|\\u.{4}|\\U.{8}|\\.|.", re.DOTALL)
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


def got(text: str) -> str:
    """Return the line that shows the text that was checked."""
    return f"got {quoted(text, WIDTH)}"


def listed(said: Sequence[str], width: int = 70) -> str:
    """Return what is said, separated by commas, as much as there is room for."""
    shown: list[str] = []
    for one in said:
        if shown and len(", ".join([*shown, one])) > width:
            return f"{', '.join(shown)} and {len(said) - len(shown)} more"
        shown.append(one)
    return ", ".join(shown)


def aligned(expected: str, text: str) -> tuple[str, ...]:
    """Return the two texts one above the other with what differs marked; of long ones the first lines that differ.

    What would look the same (white space at the end or within, another Unicode form) is shown as two literals.
    """
    if expected == text:
        shown = expected if _is_plain(expected) else quoted(expected, WIDTH)
        return (f"- {shown}", f"+ {shown}")
    pair = _first_difference(expected, text)
    only_space = expected.split() == text.split()
    if _is_plain(expected) and _is_plain(text) and not alike(*pair):
        return _marked(expected, text)
    before, after = excerpts(expected, text, WIDTH)
    if only_space or alike(*pair) or alike(before, after):
        return _marked(*apart(*((expected, text) if only_space else pair), _ROOM))
    return (f"- {before}", f"+ {after}")


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


def _is_plain(text: str) -> bool:
    return _columns(text) <= WIDTH and text.isprintable()


def _first_difference(expected: str, text: str) -> tuple[str, str]:
    """Return the first two lines that differ; both texts if one goes on where the other ends."""
    pairs = zip(expected.split("\n"), text.split("\n"), strict=False)
    return next((pair for pair in pairs if pair[0] != pair[1]), (expected, text))


def _marked(expected: str, text: str) -> tuple[str, ...]:
    """Return the two lines, and below each what differs; an escape of a literal differs as a whole."""
    before, after = (_ESCAPES.findall(one) if one[:1] in ("'", '"') else list(one) for one in (expected, text))
    ours, theirs = fuzzy.changes(before, after)
    changed = [
        unit for units, found in ((before, ours), (after, theirs)) for at, end in found for unit in units[at:end]
    ]
    too_different = len("".join(changed)) > _TOO_DIFFERENT * (len(expected) + len(text))
    if too_different or max(_columns(expected), _columns(text)) > WIDTH:
        return (f"- {expected}", f"+ {text}")
    shown = (f"- {expected}", _marks(before, ours), f"+ {text}", _marks(after, theirs))
    return tuple(line for line in shown if line)


def _marks(units: Sequence[str], changed: Sequence[tuple[int, int]]) -> str:
    line = ""
    at = 0
    for start, end in changed:
        line += " " * _columns("".join(units[at:start])) + "^" * max(1, _columns("".join(units[start:end])))
        at = end
    return f"  {line}" if line else ""


def _columns(text: str) -> int:
    """Return how many columns a terminal gives a text: two to wide characters, none to combining ones."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)

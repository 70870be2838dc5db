"""Two texts beside each other: their lines two by two, the words that changed, and nothing that a terminal obeys."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

__all__ = ["Paint", "Row", "Segment", "columns", "rows", "visible", "wrapped"]

Paint = Literal["", "old", "new", "old word", "new word", "dim", "bold", "cause"]
_JOINERS = "\u200c\u200d"  # within Persian words and emoji; they move nothing
_TOKEN = re.compile(r"(?:\w+|[^\w\s])\s*|\s+")  # with the space after it: changed words in a row are one change
_WORD = re.compile(r"\S+|\s+")
_CONTEXT = 3
_MANY = 2_000
_ALIKE = 0.3  # lines that share less are another line, of which single words that recur tell nothing


class Segment(NamedTuple):
    """A piece of a line and how it is painted."""

    text: str
    paint: Paint = ""


Line = list[Segment]


class Row(NamedTuple):
    """A line of the old text beside one of the new; a side that has none is None, ``gap`` stands for equal lines."""

    old: Line | None
    new: Line | None
    gap: int = 0


def visible(text: str) -> str:
    """Return a line with what a terminal would obey spelled out: escape sequences, control and bidi characters."""
    text = text.expandtabs(4)
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in _JOINERS else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrapped(line: Sequence[Segment], width: int) -> list[Line]:
    """Return a line as lines of at most ``width`` columns, broken between words where that is possible."""
    lines: list[Line] = [[]]
    used = 0
    for text, paint in line:
        for token in _WORD.findall(text):
            for piece in _pieces(token, width):
                size = columns(piece)
                if used + size > width:
                    lines.append([])
                    used = 0
                    if piece.isspace():
                        continue
                if lines[-1] and lines[-1][-1].paint == paint:
                    piece = lines[-1].pop().text + piece
                lines[-1].append(Segment(piece, paint))
                used += size
    return lines


def _pieces(token: str, width: int) -> Iterator[str]:
    """Yield a word whole, or in pieces when it is wider than a line."""
    while columns(token) > width:
        end = next(index for index in range(1, len(token) + 1) if columns(token[: index + 1]) > width)
        yield token[:end]
        token = token[end:]
    yield token


def rows(old: str, new: str, *, whole: bool = False) -> Iterator[Row]:
    """Yield two texts line by line; equal lines far from a change are a gap, unless the ``whole`` is wanted."""
    before, after = ([visible(line) for line in text.split("\n")] for text in (old, new))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > _MANY)
    opcodes = matcher.get_opcodes()
    for number, (tag, start, end, first, last) in enumerate(opcodes):
        if tag == "equal":
            edges = (number > 0, number < len(opcodes) - 1)
            yield from _equal(before[start:end], edges, whole or len(opcodes) == 1)
            continue
        paired = min(end - start, last - first)
        for one, other in zip(before[start : start + paired], after[first : first + paired], strict=True):
            yield Row(*_changed(one, other))
        yield from (Row([Segment(line, "old")], None) for line in before[start + paired : end])
        yield from (Row(None, [Segment(line, "new")]) for line in after[first + paired : last])


def _equal(lines: Sequence[str], edges: tuple[bool, bool], whole: bool) -> Iterator[Row]:
    head, tail = (_CONTEXT if edge else 0 for edge in edges)
    hidden = 0 if whole else max(0, len(lines) - head - tail)
    if hidden <= 1:  # the gap takes a line too
        head, hidden = len(lines), 0
    same = [[Segment(line)] for line in lines]
    yield from (Row(line, line) for line in same[:head])
    if hidden:
        yield Row(None, None, hidden)
    yield from (Row(line, line) for line in same[head + hidden :])


def _changed(old: str, new: str) -> tuple[Line, Line]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > _MANY:
        return [Segment(old, "old word")], [Segment(new, "new word")]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return [Segment(old, "old")], [Segment(new, "new")]
    left: Line = []
    right: Line = []
    for tag, start, end, first, last in matcher.get_opcodes():
        same = tag == "equal"
        left += _painted("".join(before[start:end]), "old", "old" if same else "old word")
        right += _painted("".join(after[first:last]), "new", "new" if same else "new word")
    return left, right


def _painted(text: str, line: Paint, paint: Paint) -> Iterator[Segment]:
    """Yield words and the space after them, which is painted only where it is all there is."""
    words = text.rstrip() or text
    yield from (Segment(piece, one) for piece, one in ((words, paint), (text[len(words) :], line)) if piece)

"""What changed in a text, word by word, on one line: ``return it within [-30-]{+60+} days``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pytest_llm.text import printable

__all__ = ["Run", "apart", "inline", "runs", "word_diff"]

Run = tuple[Literal[" ", "-", "+"], str]
"""A piece of both texts, of the old one only, or of the new one only."""

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_KEPT = 0.4  # of the characters: below it, marks around nearly everything help nobody
_AROUND = (30, 16, 8)  # characters of what is equal, as many as there is room for


def apart(one: str, other: str) -> float:
    """Return how far two texts are apart, from 0 (equal) to 1: the share of their characters that is not common.

    The normalized Indel distance of rapidfuzz: insertions and deletions over the length of both texts.
    """
    from rapidfuzz.distance import Indel

    return Indel.normalized_distance(one, other)


def runs(old: str, new: str) -> list[Run]:
    """Return the two texts as runs of equal, removed and added words."""
    from rapidfuzz.distance import Indel

    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    found: list[Run] = []
    removed = added = ""
    for code in Indel.opcodes(before, after):
        ours, theirs = "".join(before[code.src_start : code.src_end]), "".join(after[code.dest_start : code.dest_end])
        if code.tag != "equal":
            removed, added = removed + ours * (code.tag != "insert"), added + theirs * (code.tag != "delete")
        elif (removed or added) and ours.isspace() and code.src_end < len(before) and code.dest_end < len(after):
            removed, added = removed + ours, added + theirs  # one change of two words, not two of one
        else:
            found += [*_changed(removed, added), (" ", ours)]
            removed = added = ""
    return [*found, *_changed(removed, added)]


def inline(found: list[Run]) -> str:
    """Return runs as one text in the notation of ``git diff --word-diff``."""
    return "".join(_marked(mark, text) for mark, text in found)


def _marked(mark: str, text: str) -> str:
    words = text.rstrip() or text
    marked = {" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}[mark].format(words)
    return marked + text[len(words) :]


def word_diff(old: str, new: str, width: int) -> str | None:
    """Return the changes with some words around them, on one line; None when little is left of the old text.

    Longer than ``width`` characters it is cut at its end.
    """
    found = runs(old, new)
    kept = sum(len(text) for mark, text in found if mark == " ")
    if kept < _KEPT * max(len(old), len(new)):
        return None
    line = ""
    for around in _AROUND:
        line = printable(inline(list(_near(found, around))))
        if len(line) <= width:
            return line
    return line[: width - 1] + "…"


def _changed(removed: str, added: str) -> Iterator[Run]:
    space = ""
    while removed[-1:].isspace() and removed[-1:] == added[-1:]:
        removed, added, space = removed[:-1], added[:-1], removed[-1] + space
    changed: tuple[Run, ...] = (("-", removed), ("+", added), (" ", space))
    return (run for run in changed if run[1])


def _near(found: list[Run], around: int) -> Iterator[Run]:
    """Yield the runs with what is equal cut to the words next to a change."""
    for index, (mark, text) in enumerate(found):
        if mark != " ":
            yield mark, text
            continue
        head = "" if index == 0 else _words(text, around)
        tail = "" if index == len(found) - 1 else _words(text[::-1], around)[::-1]
        if len(head) + len(tail) + 1 >= len(text):
            yield mark, text
        else:
            yield mark, f"{head}…{tail}"


def _words(text: str, width: int) -> str:
    """Return the beginning of a text, up to the end of a word."""
    if len(text) <= width:
        return text
    return text[: width + 1].rpartition(" ")[0] or text[:width]

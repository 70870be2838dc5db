"""Short forms of texts for explanations: one line, cut around what matters."""

from __future__ import annotations

import json

__all__ = ["and_list", "changed_words", "excerpts", "money", "or_list", "plural", "printable", "short", "value"]


def short(text: str, width: int = 80) -> str:
    """Return the text on one line, its middle cut out when it is longer than ``width`` characters."""
    line = printable(" ".join(text.split()))
    if len(line) <= width:
        return line
    head = (width - 1) * 2 // 3
    return line[:head] + "…" + line[-(width - 1 - head) :]


def value(item: object, width: int = 40) -> str:
    """Return a JSON value as a short text."""
    return short(json.dumps(item, ensure_ascii=False, sort_keys=True, default=str), width)


def and_list(words: list[str]) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def or_list(words: list[str]) -> str:
    """Return ``a``, ``a or b``, ``a, b or c``."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def plural(count: int, noun: str) -> str:
    """Return ``1 call``, ``2 calls``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def excerpts(old: str, new: str, width: int = 96) -> tuple[str, str]:
    """Return the first pair of lines in which two texts differ, cut to ``width`` around the first change."""
    before, after = _first_difference(old.split("\n"), new.split("\n"))
    start = _common_prefix(before, after)
    return _around(before, start, width), _around(after, start, width)


def changed_words(old: str, new: str, width: int = 40) -> str:
    """Return ``old → new`` without the words that begin and end both, but for one before the change."""
    before, after = old.split(), new.split()
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    start = max(0, start - 1)
    said = [" ".join(words[start : len(words) - end]) for words in (before, after)]
    return " → ".join(short(words, width) or "nothing" for words in said)


def _first_difference(old: list[str], new: list[str]) -> tuple[str, str]:
    for index in range(max(len(old), len(new))):
        before = old[index] if index < len(old) else ""
        after = new[index] if index < len(new) else ""
        if before != after:
            return before, after
    return "", ""


def _common_prefix(old: str, new: str) -> int:
    for index, (before, after) in enumerate(zip(old, new, strict=False)):
        if before != after:
            return index
    return min(len(old), len(new))


def _around(line: str, place: int, width: int) -> str:
    if len(line) <= width:
        return printable(line)
    start = max(0, min(place - width // 3, len(line) - width + 2))
    end = start + width - 2
    return ("…" if start else "") + printable(line[start:end]) + ("…" if end < len(line) else "")


def printable(text: str) -> str:
    """Spell out what a terminal would obey or cannot show: control characters, lone surrogates."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def money(amount: float) -> str:
    """Return an amount of USD with the digits that matter."""
    if 0 < amount < 0.0001:
        return "under $0.0001"
    if amount >= 1 or amount == 0:
        return f"${amount:,.2f}"
    return f"${amount:.4f}"

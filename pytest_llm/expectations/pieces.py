"""One thing to find in a text: a string or a compiled regular expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.showing import quoted
from pytest_llm.metrics import fuzzy
from pytest_llm.text import short

__all__ = ["Piece", "always", "pattern_shown", "pieces"]

_TRIED = ("", "x", "\0\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """What is looked for, and how it is called."""

    sought: str | re.Pattern[str]
    ignore_case: bool

    def __str__(self) -> str:
        return quoted(self.sought, 40) if isinstance(self.sought, str) else pattern_shown(self.sought.pattern, 40)

    def place(self, text: str) -> tuple[int, int] | None:
        """Return where a text has it first; None if it does not.

        Ignoring case compares as ``str.casefold`` does; where that changes the length of the text ("ß", "İ") the
        place is roughly right.
        """
        if isinstance(self.sought, re.Pattern):
            found = self.sought.search(text)
            return found.span() if found else None
        if not self.ignore_case:
            start = text.find(self.sought)
            return (start, start + len(self.sought)) if start >= 0 else None
        start = text.casefold().find(self.sought.casefold())
        return (min(start, len(text)), min(start + len(self.sought), len(text))) if start >= 0 else None

    def begins(self, text: str) -> bool:
        """Say whether a text begins with it."""
        if isinstance(self.sought, re.Pattern):
            return self.sought.match(text) is not None
        if self.ignore_case:
            return text.casefold().startswith(self.sought.casefold())
        return text.startswith(self.sought)

    def nearest(self, text: str) -> str:
        """Return what in a text is most like it, as a literal; empty if nothing is."""
        if not isinstance(self.sought, str):
            return ""
        place = fuzzy.nearest(self.sought.casefold(), text.casefold())
        found = text[slice(*place)] if place and len(text.casefold()) == len(text) else ""
        return quoted(found, 40) if found else ""


def pieces(name: str, given: Sequence[object], *, ignore_case: bool) -> tuple[Piece, ...]:
    """Return what an expectation looks for; what every text has is refused."""
    if not given:
        raise ConfigurationError(f"{name}() needs at least one text: with none it says nothing.")
    return tuple(_piece(name, one, ignore_case=ignore_case) for one in given)


def pattern_shown(pattern: str, width: int = 60) -> str:
    """Return a regular expression as one writes it in Python."""
    line = short(pattern, width) if len(pattern) > width or "\n" in pattern else pattern
    quote = "'" if "'" not in line else '"'
    return f"r{quote}{line}{quote}" if quote not in line and line.isprintable() else repr(line)


def always(pattern: re.Pattern[str], *, full: bool) -> bool:
    """Say whether a pattern is met by texts that have nothing in common."""
    find = pattern.fullmatch if full else pattern.search
    return all(find(text) for text in _TRIED)


def _piece(name: str, given: object, *, ignore_case: bool) -> Piece:
    if isinstance(given, list | tuple | set | frozenset):
        raise ConfigurationError(f"{name}({given!r}) takes its texts one by one. Did you mean {name}(*{given!r})?")
    if isinstance(given, re.Pattern) and isinstance(given.pattern, str):
        if always(given, full=False):
            raise ConfigurationError(f"{name}(): every text has the pattern {pattern_shown(given.pattern)}.")
        flags = given.flags | (re.IGNORECASE if ignore_case else 0)
        return Piece(given if flags == given.flags else re.compile(given.pattern, flags), ignore_case)
    if not isinstance(given, str):
        raise ConfigurationError(f"{name}() takes texts and compiled regular expressions, and {given!r} is neither.")
    if not given:
        raise ConfigurationError(f"{name}(''): every text has the empty text. Use equal_to('') to expect an empty one.")
    return Piece(given, ignore_case)

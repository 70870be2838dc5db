"""One thing to find in a text: a string or a compiled regular expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.literals import alike, apart, cut, other_form, quoted
from pytest_llm.metrics import fuzzy

__all__ = ["Piece", "always", "pattern_shown", "pieces"]

_TRIED = ("", "x", "\0\n")
_WIDTH = 40
_UNIT = re.compile(r"\\.|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """What is looked for, and how it is called."""

    sought: str | re.Pattern[str]
    ignore_case: bool

    def __str__(self) -> str:
        if isinstance(self.sought, re.Pattern):
            return pattern_shown(self.sought.pattern, _WIDTH)
        return quoted(self.sought, _WIDTH)

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

    def nearest(self, text: str) -> tuple[str, str] | None:
        """Return it, and what in a text is most like it, as two literals; None if nothing is."""
        if not isinstance(self.sought, str):
            return None
        if found := other_form(self.sought, text):
            return apart(self.sought, found, _WIDTH)
        place = fuzzy.nearest(self.sought.casefold(), text.casefold())
        found = text[slice(*place)] if place and len(text.casefold()) == len(text) else ""
        if not found:
            return None
        said = str(self), quoted(found, _WIDTH)
        return apart(self.sought, found, _WIDTH) if alike(*said) else said

    def beginning(self, text: str) -> tuple[str, str] | None:
        """Return it, and what a text begins with instead: it in another Unicode form; None if it does not."""
        found = other_form(self.sought, text) if isinstance(self.sought, str) else ""
        return apart(str(self.sought), found, _WIDTH) if found and text.startswith(found) else None


def pieces(name: str, given: Sequence[object], *, ignore_case: bool) -> tuple[Piece, ...]:
    """Return what an expectation looks for; what every text has is refused."""
    if not given:
        raise ConfigurationError(f"{name}() needs at least one text: with none it says nothing.")
    return tuple(_piece(name, one, ignore_case=ignore_case) for one in given)


def pattern_shown(pattern: str, width: int = 60) -> str:
    """Return a regular expression as one writes it in Python; its escapes, which mean the same there, stay whole."""
    units = cut([_escaped(unit) for unit in _UNIT.findall(pattern)], width)
    line = "".join(units)
    quote = "'" if "'" not in line else '"'
    return f"r{quote}{line}{quote}" if quote not in line and units[-1:] != ["\\"] else repr(line)


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


def _escaped(unit: str) -> str:
    return unit if unit.isprintable() else repr(unit[-1])[1:-1]

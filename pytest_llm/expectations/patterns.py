"""Expect a text to match a regular expression."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, no_text, text_of
from pytest_llm.expectations.literals import around, quoted
from pytest_llm.expectations.pieces import always, pattern_shown
from pytest_llm.expectations.showing import WIDTH, got, lines

__all__ = ["matches"]

_LONGEST_PATTERN = 200
_SEARCHED = 10_000
_FORMS: tuple[Literal["NFC"], Literal["NFD"]] = ("NFC", "NFD")


@dataclass(eq=False, repr=False)
class Matches(Expectation):
    """A regular expression to search for, or to match in full."""

    pattern: re.Pattern[str]
    full: bool

    def __repr__(self) -> str:
        return f"matches({pattern_shown(self.pattern.pattern)}{', full=True' if self.full else ''}{self._flags()})"

    def finding(self, value: object) -> Finding:
        """Search, and say how far the pattern matched."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        claim = f"matches {pattern_shown(self.pattern.pattern)}{' in full' if self.full else ''}"
        found = self._find(text)
        if found:
            return Finding(True, claim, (f"it is met by {around(text, *found.span(), WIDTH)}",), lines(text))
        return Finding(False, claim, (*(self._other_form(text) or self._how_far(text)), got(text)), lines(text))

    def _find(self, text: str) -> re.Match[str] | None:
        return self.pattern.fullmatch(text) if self.full else self.pattern.search(text)

    def _other_form(self, text: str) -> tuple[str, ...]:
        near = "" if text.isascii() or len(text) > _SEARCHED else text
        forms = [form for form in _FORMS if near and self._find(unicodedata.normalize(form, near))]
        return (f"in the Unicode form {forms[0]} the text does match",) if forms else ()

    def _how_far(self, text: str) -> tuple[str, ...]:
        part = self.pattern.search(text) if self.full else None
        if part and part.end() > part.start():
            return (f"only {quoted(part.group())} matches, in {around(text, *part.span(), 60)}",)
        near = _longest_beginning(self.pattern, text[:_SEARCHED])
        if near is None:
            return ()
        pattern, found = near
        rest = text[found.end() : found.end() + 30]
        after = f"then comes {quoted(rest, 30)}" if rest else "then the text ends"
        return (f"as far as {pattern_shown(pattern)} it matches {quoted(found.group(), 40)}, {after}",)

    def _flags(self) -> str:
        flags = re.RegexFlag(self.pattern.flags) & ~re.UNICODE
        return f", flags={flags!r}" if flags else ""


def matches(pattern: str | re.Pattern[str], *, full: bool = False, flags: int = 0) -> Expectation:
    """Expect a regular expression of Python's ``re`` somewhere in the text; with ``full`` the whole text must match.

    A failure shows how far the pattern matched, where a beginning of it does.
    """
    if isinstance(pattern, re.Pattern) and flags:
        raise ConfigurationError("matches(): flags= goes with a pattern in a string; a compiled one has its own.")
    if not isinstance(pattern, str) and not (isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str)):
        raise ConfigurationError(f"matches({pattern!r}) needs a regular expression, as a string or compiled.")
    try:
        compiled = re.compile(pattern, flags)
    except (re.error, ValueError) as error:
        shown = pattern_shown(str(pattern))
        raise ConfigurationError(f"matches({shown}) is not a regular expression: {error}.") from error
    if always(compiled, full=full):
        raise ConfigurationError(f"matches({pattern_shown(compiled.pattern)}) can never fail: every text matches.")
    return Matches(compiled, full)


def _longest_beginning(pattern: re.Pattern[str], text: str) -> tuple[str, re.Match[str]] | None:
    """Return the longest beginning of a pattern that matches something; alternatives have no such beginning."""
    source = pattern.pattern
    if len(source) > _LONGEST_PATTERN or "|" in source or pattern.flags & re.VERBOSE:
        return None
    for end in range(len(source) - 1, 0, -1):
        try:
            part = re.compile(source[:end], pattern.flags)
        except (re.error, ValueError):
            continue
        found = None if part.search("") else part.search(text)
        if found and found.group().strip():
            return source[:end], found
    return None

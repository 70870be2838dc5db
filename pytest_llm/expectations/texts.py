"""Expect what is in a text, what is not, and what it begins with or equals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import LINES, Expectation, Finding, no_text, text_of
from pytest_llm.expectations.literals import around, quoted
from pytest_llm.expectations.pieces import Piece, pieces
from pytest_llm.expectations.showing import WIDTH, aligned, got, ignored, lines, listed, whole
from pytest_llm.metrics.normalise import IGNORABLE, Ignorable, ignoring

__all__ = ["contains_all", "contains_any", "equal_to", "excludes", "starts_with"]

Kind = Literal["contains_all", "contains_any", "excludes", "starts_with"]


@dataclass(eq=False, repr=False)
class Texts(Expectation):
    """Several things to look for in a text."""

    kind: Kind
    pieces: tuple[Piece, ...]
    ignore_case: bool

    def __repr__(self) -> str:
        case = ["ignore_case=True"] if self.ignore_case else []
        return f"{self.kind}({', '.join([*map(str, self.pieces), *case])})"

    def finding(self, value: object) -> Finding:
        """Look for each of them."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        if self.kind == "contains_all":
            return self._all(text)
        if self.kind == "contains_any":
            return self._any(text)
        return self._excluded(text) if self.kind == "excludes" else self._first(text)

    def _all(self, text: str) -> Finding:
        missing = [piece for piece in self.pieces if piece.place(text) is None]
        what = f"contains all of {len(self.pieces)}" if len(self.pieces) > 1 else f"contains {self.pieces[0]}"
        if not missing:
            return Finding(True, self._claim(what), (got(text),), lines(text))
        missed = f"missing: {_named(missing)}" if len(self.pieces) > 1 else ""
        return Finding(False, self._claim(what, missed), (*_nearest(missing, text), got(text)), lines(text))

    def _any(self, text: str) -> Finding:
        places = {piece: piece.place(text) for piece in self.pieces}
        what = f"contains any of {len(self.pieces)}" if len(self.pieces) > 1 else f"contains {self.pieces[0]}"
        present = [piece for piece in self.pieces if places[piece]]
        if present:
            return Finding(True, self._claim(what, f"present: {_named(present)}"), (got(text),), lines(text))
        missed = f"missing: {_named(self.pieces)}" if len(self.pieces) > 1 else ""
        return Finding(False, self._claim(what, missed), (*_nearest(self.pieces, text), got(text)), lines(text))

    def _excluded(self, text: str) -> Finding:
        places = [(piece, piece.place(text)) for piece in self.pieces]
        present = [(piece, place) for piece, place in places if place is not None]
        what = f"excludes all of {len(self.pieces)}" if len(self.pieces) > 1 else f"excludes {self.pieces[0]}"
        if not present:
            return Finding(True, self._claim(what), (got(text),), lines(text))
        said = f"present: {_named([piece for piece, _ in present])}" if len(self.pieces) > 1 else ""
        shown = [f"{piece} is in {around(text, *place, WIDTH)}" for piece, place in present]
        return Finding(False, self._claim(what, said), _fitting(shown, LINES), lines(text))

    def _first(self, text: str) -> Finding:
        what = f"starts with any of {len(self.pieces)}" if len(self.pieces) > 1 else f"starts with {self.pieces[0]}"
        holds = any(piece.begins(text) for piece in self.pieces)
        places = [(piece, place) for piece in self.pieces if (place := piece.place(text))]
        later = [f"{piece} comes later, in {around(text, *place, WIDTH)}" for piece, place in places]
        sought = f"none of {_named(self.pieces)}" if len(self.pieces) > 1 and not holds else ""
        forms = [found for piece in self.pieces if (found := piece.beginning(text))]
        instead = [f"instead of {piece} it starts with {found}" for piece, found in forms]
        shown = () if holds else _fitting([*instead, *later], LINES - 1)
        return Finding(holds, self._claim(what, sought), (*shown, got(text)), lines(text))

    def _claim(self, what: str, said: str = "") -> str:
        notes = "; ".join(filter(None, (said, ignored(("case",) if self.ignore_case else ()))))
        return f"{what}  ({notes})" if notes else what


@dataclass(eq=False, repr=False)
class EqualTo(Expectation):
    """The same text, but for what is ignored."""

    text: str
    ignore: tuple[Ignorable, ...]

    def __repr__(self) -> str:
        what = self.ignore[0] if len(self.ignore) == 1 else self.ignore
        option = f", ignore={what!r}" if self.ignore else ""
        return f"equal_to({quoted(self.text)}{option})"

    def finding(self, value: object) -> Finding:
        """Compare both, normalised."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        wanted, seen = ignoring(self.text, self.ignore), ignoring(text, self.ignore)
        notes = f"  ({ignored(self.ignore)})" if self.ignore else ""
        claim = f"equal to {quoted(self.text)}{notes}"
        if wanted == seen:
            return Finding(True, claim, (got(text),), lines(text))
        return Finding(False, claim, aligned(wanted, seen), whole(wanted, seen))


def contains_all(*texts: str | re.Pattern[str], ignore_case: bool = False) -> Expectation:
    """Expect every one of these texts, or compiled regular expressions, somewhere in the text.

    A failure lists the missing ones, each with the nearest part of the text if one is near.
    """
    return Texts("contains_all", pieces("contains_all", texts, ignore_case=ignore_case), ignore_case)


def contains_any(*texts: str | re.Pattern[str], ignore_case: bool = False) -> Expectation:
    """Expect at least one of these texts, or compiled regular expressions, somewhere in the text.

    The same as ``Includes`` in OpenAI Evals.
    """
    return Texts("contains_any", pieces("contains_any", texts, ignore_case=ignore_case), ignore_case)


def excludes(*texts: str | re.Pattern[str], ignore_case: bool = False) -> Expectation:
    """Expect none of these texts, or compiled regular expressions; a failure shows where each one stands."""
    return Texts("excludes", pieces("excludes", texts, ignore_case=ignore_case), ignore_case)


def starts_with(*texts: str | re.Pattern[str], ignore_case: bool = False) -> Expectation:
    """Expect the text to begin with one of these texts, or compiled regular expressions.

    The same as ``Match`` in OpenAI Evals.
    """
    return Texts("starts_with", pieces("starts_with", texts, ignore_case=ignore_case), ignore_case)


def equal_to(text: str, *, ignore: Ignorable | Iterable[Ignorable] = ()) -> Expectation:
    """Expect exactly this text, but for what is ignored: one or several of these.

    "case" (folded as ``str.casefold`` does), "whitespace" (each run is one space, none at the ends), "unicode" (NFKC:
    full-width letters, ligatures, composed accents), "markdown" (code fences, emphasis, headings, list marks, link
    targets) and "punctuation" (the Unicode categories P). A failure shows the first difference of what was compared.
    """
    if not isinstance(text, str):
        raise ConfigurationError(f"equal_to({text!r}) needs a text.")
    given = (ignore,) if isinstance(ignore, str) else tuple(ignore)
    unknown = [what for what in given if what not in IGNORABLE]
    if unknown:
        raise ConfigurationError(f"equal_to() cannot ignore {unknown[0]!r}. Valid values: {', '.join(IGNORABLE)}.")
    what = tuple(one for one in IGNORABLE if one in given)
    if text and not ignoring(text, what):
        raise ConfigurationError(f"equal_to({quoted(text)}) has nothing left to compare, {ignored(what)}.")
    return EqualTo(text, what)


def _named(found: Sequence[Piece]) -> str:
    return listed([str(piece) for piece in found])


def _nearest(missing: Sequence[Piece], text: str) -> tuple[str, ...]:
    """Return a line for each missing piece that something in the text is like."""
    near = [found for piece in missing[:50] if (found := piece.nearest(text))]
    return _fitting([f"missing: {piece} (nearest: {found})" for piece, found in near], LINES - 1)


def _fitting(found: Sequence[str], room: int) -> tuple[str, ...]:
    if len(found) <= room:
        return tuple(found)
    return (*found[: room - 1], f"and {len(found) - room + 1} more")

"""What a text is made of: its language, its length, its Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, limited, no_text, text_of, unfit
from pytest_llm.expectations.literals import quoted
from pytest_llm.expectations.showing import got
from pytest_llm.messages import Response
from pytest_llm.metrics.language import LANGUAGES, detect, detect_sentences
from pytest_llm.metrics.length import sentence_list, word_list
from pytest_llm.metrics.markdown import defects
from pytest_llm.text import plural, short

__all__ = ["Limit", "has_length", "in_language", "valid_markdown"]

Limit = int | tuple[int, int] | range
_ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "farsi": "fa", "mandarin": "zh"}


def in_language(language: str) -> Expectation:
    """Expect that the text is in a language: its ISO 639-1 code ("de") or English name ("German").

    Code, URLs, addresses and tags are left out first. The detector is py3langid (the extra ``language``): 4.6 MB, no
    download, for 90 languages; of 76 sentences of one to nine words in 30 languages it names 73 right. A text without
    words, or too short to tell, fails and says so, also under ``~``. Regions of a language (``pt-BR``) are not told
    apart.
    """
    return InLanguage(_code(language))


def has_length(
    *,
    words: Limit | None = None,
    sentences: Limit | None = None,
    characters: Limit | None = None,
    tokens: Limit | None = None,
) -> Expectation:
    """Expect that the text has at most so many words, sentences, characters or tokens; all those given have to hold.

    A limit is the most, or ``(least, most)``, or a ``range``. A word is a run of letters, digits and marks, with the
    apostrophes and hyphens in it; each Han or kana character is one. Sentences end at a stop, a blank line or a list
    item; code has none. Characters are code points, as ``len`` counts. Tokens are ``usage.output_tokens``, as the
    provider counted them: a string has none, and a response without usage fails and says so.
    """
    given = {"words": words, "sentences": sentences, "characters": characters, "tokens": tokens}
    limits = {unit: _limit(unit, limit) for unit, limit in given.items() if limit is not None}
    if not limits:
        raise ConfigurationError(
            "has_length() needs a limit, without which it could never fail: words=, sentences=, characters= or tokens=."
        )
    return HasLength(limits, tuple(f"{unit}={given[unit]!r}" for unit in limits))


def valid_markdown() -> Expectation:
    """Expect that the Markdown has its effect: no code fence, code span, emphasis or link without its end, no table
    row with another number of cells than the header, no reference without a definition, no ``##Heading`` without a
    space, no heading below a level that was left out. Needs the extra ``markdown`` (markdown-it-py).

    By the standard (CommonMark) every text is valid Markdown; these are the places where a reader sees the markup.
    """  # noqa: D205
    return ValidMarkdown()


@dataclass(eq=False, repr=False)
class InLanguage(Expectation):
    """A language by its code."""

    language: str

    def __repr__(self) -> str:
        return f"in_language({self.language!r})"

    def finding(self, value: object) -> Finding:
        """Name the language that was found."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        found, wanted = detect(text), LANGUAGES[self.language]
        if found is None:
            return unfit(f"in {wanted}  (there is no word to tell it by: {quoted(text, 38)})")
        name = LANGUAGES[found.language]
        if not found.certain:
            guess = f"the best guess is {name} with {found.confidence:.2f}"
            return unfit(f"in {wanted}  (too short to tell: {guess}, py3langid)", got(text))
        claim = f"language {name} {found.confidence:.2f} is {wanted}  (py3langid)"
        return Finding(found.language == self.language, claim, _mixed(text), tuple(text.split("\n")))


@dataclass(eq=False, repr=False)
class HasLength(Expectation):
    """The least and the most of each unit."""

    limits: dict[str, tuple[int, int]]
    given: Sequence[str]

    def __repr__(self) -> str:
        return f"has_length({', '.join(self.given)})"

    def finding(self, value: object) -> Finding:
        """Show the limits that are not kept, or all of them."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        if "tokens" in self.limits and _tokens(value) is None:
            return unfit("has a number of tokens  (only a response with usage has one)", got(text))
        checked = [_within(unit, _measured(unit, text, value), limit) for unit, limit in self.limits.items()]
        failed = [claim for holds, claim in checked if not holds]
        claims = failed or [claim for _, claim in checked]
        return Finding(not failed, " and ".join(claims), (got(text),), tuple(text.split("\n")))


@dataclass(eq=False, repr=False)
class ValidMarkdown(Expectation):
    """Markup that works."""

    def __repr__(self) -> str:
        return "valid_markdown()"

    def finding(self, value: object) -> Finding:
        """Show the broken lines."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        found = defects(text)
        if not found:
            return Finding(True, "valid Markdown  (no defect)")
        lines = [short(f"line {defect.line}: {defect.what}", 100) for defect in found]
        return Finding(
            False, f"valid Markdown  ({plural(len(found), 'defect')})", limited(lines), tuple(text.split("\n"))
        )


def _code(language: str) -> str:
    plain = language.strip().casefold() if isinstance(language, str) else ""
    plain = _ALIASES.get(plain, plain)
    for code, name in LANGUAGES.items():
        if plain in (code, name.casefold()):
            return code
    if plain[2:3] in ("-", "_"):
        raise ConfigurationError(
            f"in_language({language!r}): regions are not told apart. Write the language alone: {language[:2]!r}."
        )
    raise ConfigurationError(
        f"in_language({language!r}) is no language that is known. Valid codes: {', '.join(LANGUAGES)}."
    )


def _mixed(text: str) -> tuple[str, ...]:
    shares = detect_sentences(text)
    if len(shares) < 2:
        return (got(text),)
    named = ", ".join(f"{LANGUAGES[code]} {share:.2f}" for code, share in list(shares.items())[:4])
    return (f"by sentences: {named}", got(text))


def _limit(unit: str, limit: Limit) -> tuple[int, int]:
    if isinstance(limit, range) and limit.step == 1 and limit:
        bounds: tuple[object, ...] = (limit.start, limit.stop - 1)
    else:
        bounds = limit if isinstance(limit, tuple) else (0, limit)
    match bounds:
        case (int() as least, int() as most) if 0 <= least <= most and most and bool not in map(type, bounds):
            return least, most
    raise ConfigurationError(
        f"has_length({unit}={limit!r}) is no limit: write the most ({unit}=50), (least, most) or a range; "
        "whole numbers from 0, the most at least 1 and no less than the least."
    )


def _tokens(value: object) -> int | None:
    return value.usage.output_tokens if isinstance(value, Response) and value.usage else None


def _measured(unit: str, text: str, value: object) -> int:
    if unit == "tokens":
        return _tokens(value) or 0
    if unit == "characters":
        return len(text)
    return len(word_list(text) if unit == "words" else sentence_list(text))


def _within(unit: str, measured: int, limit: tuple[int, int]) -> tuple[bool, str]:
    least, most = limit
    bounds = f"within {least:,} to {most:,}" if least else f"<= {most:,}"
    return least <= measured <= most, f"{plural(measured, unit[:-1])} {bounds}"

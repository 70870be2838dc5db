"""A text as words: lower case, stems, where sentences and clauses end, what looks like another language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_llm.metrics.guards.phrases import APART, CLOSE, PHRASES
from pytest_llm.metrics.guards.stems import stem
from pytest_llm.metrics.guards.words import ABBREVIATIONS, CLAUSE_WORDS, ENGLISH, FOREIGN
from pytest_llm.text import short

# An embedding reads a few hundred words; this is what the guards read.
LONGEST = 40_000
_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")
_DIGIT = re.compile(r"\d")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_ADDRESS = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w|\b(?:https?://|www\.)\S*[\w/]")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\u202f": " "})


class Word(NamedTuple):
    """One word and where it stands."""

    raw: str
    low: str
    stem: str
    start: int
    end: int
    gap: str
    sentence: int
    clause: int
    opens: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, read once for all guards; ``prose`` is the text with e-mail addresses and URLs blanked."""

    text: str
    addresses: tuple[tuple[int, int], ...] = field(compare=False)
    prose: str = field(compare=False)
    words: list[Word] = field(compare=False)
    lows: frozenset[str] = field(compare=False)
    stems: frozenset[str] = field(compare=False)
    sentences: list[list[Word]] = field(compare=False)
    english: bool = field(compare=False)
    numeric: bool = field(compare=False)

    def said(self, start: int, end: int, width: int = 48) -> str:
        """Return an excerpt as one line."""
        return short(self.text[start:end], width)


def reading(text: str) -> Reading:
    """Return the text ready to compare: straight quotes, plain spaces, ``p.m.`` as ``pm``.

    The guards of words keep silent where ``english`` is false.
    """
    text = text[:LONGEST].translate(_QUOTES)
    if _DOTTED.search(text):
        text = _DOTTED.sub(lambda found: found[0].replace(".", ""), text)
    addressed = "@" in text or "://" in text or "www." in text
    addresses = tuple(found.span() for found in _ADDRESS.finditer(text)) if addressed else ()
    prose = blanked(text, addresses)
    words = _with_phrases(_words(prose))
    lows = frozenset([word.low for word in words])
    known = len(lows & ENGLISH)
    english = len(lows & FOREIGN) <= known and (known > 0 or text.isascii())
    stems = frozenset([word.stem for word in words])
    return Reading(text, addresses, prose, words, lows, stems, _sentences(words), english, _has_digits(text))


def _has_digits(text: str) -> bool:
    return _DIGIT.search(text) is not None if text.isascii() else any(map(str.isnumeric, text))


def _sentences(words: list[Word]) -> list[list[Word]]:
    found: list[list[Word]] = []
    for word in words:
        if word.opens or not found:
            found.append([])
        found[-1].append(word)
    return found


def blanked(text: str, spans: tuple[tuple[int, int], ...] | list[tuple[int, int]]) -> str:
    """Return the text with some places blanked, every other character where it was."""
    if not spans:
        return text
    parts, place = [], 0
    for start, end in sorted(spans):
        if start >= place:
            parts += [text[place:start], " " * (end - start)]
            place = end
    return "".join(parts) + text[place:]


def _words(text: str) -> list[Word]:
    words: list[Word] = []
    place = sentence = clause = 0
    opens = True
    for found in _WORD.finditer(text):
        start, end = found.span()
        gap = text[place:start]
        raw = found[0]
        low = raw.lower()
        if words and not gap.isspace() and gap:
            if _ends_sentence(gap, words[-1].low):
                sentence, clause, opens = sentence + 1, clause + 1, True
            elif any(char in ",;:()\u2014\u2013" for char in gap):
                clause += 1
        if low in CLAUSE_WORDS:
            clause += 1
        for part in _parts(low):
            words.append(Word(raw, part, stem(part), start, end, gap, sentence, clause, opens))
            opens = False
        place = end
    return words


def _with_phrases(words: list[Word]) -> list[Word]:
    """Read a verb and its particle as the one verb that says the same: turned down, rejected."""
    for place, word in enumerate(words):
        particles = PHRASES.get(word.low)
        if particles is None:
            continue
        for at in range(place + 1, min(place + APART, len(words))):
            near = words[at]
            if near.sentence != word.sentence:
                break
            verb = particles.get(near.low)
            if verb and (at == place + 1 or near.low not in CLOSE):
                words[place] = word._replace(low=verb, stem=stem(verb), end=near.end)
                break
    return words


def _ends_sentence(gap: str, before: str) -> bool:
    if "\n" in gap or "!" in gap or "?" in gap:
        return True
    return "." in gap and gap != "." and before not in ABBREVIATIONS


def _parts(low: str) -> tuple[str, ...]:
    if "'" not in low:
        return ("can", "not") if low == "cannot" else (low,)
    if low.endswith("n't"):
        return ({"ca": "can", "wo": "will", "sha": "shall"}.get(low[:-3], low[:-3]), "not")
    return (low.partition("'")[0],)

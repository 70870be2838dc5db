"""Changes of how a prompt is written that keep what it says: typos, case, white space, punctuation, look-alikes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from types import MappingProxyType

from pytest_llm.metrics.numbers import numbers_in
from pytest_llm.strategies.variants import Relation

__all__ = ["CASE", "LOOKALIKES", "PUNCTUATION", "TYPOS", "WHITESPACE", "plain"]

# Never touched: code, links, addresses, whatever holds a digit, an underscore or a capital within (names, ids, labels).
_FIXED = r"`[^`]*`|\S*[@/\\_<>{}\[\]=]\S*|\S*\d\S*"
_WORD = re.compile(rf"(?P<fixed>{_FIXED})|(?<![\w'\u2019-])(?P<word>[a-z]{{4,}})(?![\w'\u2019-])")
# Whole parts in which a blank or a letter has its use: code, JSON and templates, links and addresses.
_PARTS = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|\S*(?:://|@|www\.)\S*", re.S)
_TRIES = 8
_SPACE = re.compile(r"(?<=\S) (?=\S)")
_COMMA = re.compile(r"(?<=\w), (?=\w)")
_STOP = re.compile(r"(?<=\w\w)\. (?=[A-Z]\w)")  # of a sentence, not of the label of an option
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS: Mapping[str, str] = MappingProxyType(
    {
        letter: "".join(
            near
            for other in _ROWS[max(0, number - 1) : number + 2]
            for near in other[max(0, index - 1) : index + 2]
            if near != letter
        )
        for number, row in enumerate(_ROWS)
        for index, letter in enumerate(row)
    }
)
_ALIKE = MappingProxyType(
    {
        "a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "o": "\u043e", "p": "\u0440",
        "x": "\u0445", "y": "\u0443",
        "'": "\u2019", "-": "\u2010", " ": "\u00a0",
    }
)  # fmt: skip
_BACK = str.maketrans({new: old for old, new in _ALIKE.items()})
_NOTHING: Mapping[str, str] = MappingProxyType({})


def plain(text: str) -> str:
    """Return a text with the look-alikes of ``LOOKALIKES`` as the characters they resemble."""
    return text.translate(_BACK)


def _untouchable(text: str) -> set[int]:
    """Return the places of the characters that no change of spelling may touch."""
    return {place for match in _PARTS.finditer(text) for place in range(*match.span())}


def _typos(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    fixed = _untouchable(text)
    words = [match.span() for match in _WORD.finditer(text) if match["word"] and match.start() not in fixed]
    if not words:
        return None
    values = _values(text)
    for _ in range(_TRIES):
        new = text
        for start, end in sorted(random.sample(words, min(len(words), 1 + len(text.split()) // 12)), reverse=True):
            new = new[:start] + _mistyped(new[start:end], random) + new[end:]
        if _values(new) == values:  # "three" and "second half" are numbers, and so is "then" without its h
            return new, _NOTHING
    return None


def _values(text: str) -> list[Decimal]:
    return [number.value for number in numbers_in(text)]


def _mistyped(word: str, random: Random) -> str:
    """Mistype one letter after the first: as its neighbour, twice, not at all, or swapped with the next."""
    place = random.randrange(1, len(word) - 1)
    letter, after = word[place], word[place + 1]
    new = random.choice([random.choice(_NEIGHBOURS[letter]), letter + letter, "", after + letter])
    return word[:place] + new + word[place + 1 + (len(new) == 2 and new == after + letter) :]


def _case(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    fixed = _untouchable(text)
    ways = [
        "".join(char if place in fixed else _cased(char, way) for place, char in enumerate(text))
        for way in ("lower", "upper")
    ]
    return random.choice([*ways, text if 0 in fixed else text[:1].swapcase() + text[1:]]), _NOTHING


def _cased(char: str, way: str) -> str:
    """Return a character in another case, itself where that is several (the German sharp s) or leads not back."""
    new: str = getattr(char, way)()
    return new if len(new) == 1 and new.lower() == char.lower() else char


def _whitespace(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    fixed = _untouchable(text)
    spaces = [match.start() for match in _SPACE.finditer(text) if match.start() not in fixed]
    for place in sorted(random.sample(spaces, min(len(spaces), 1 + len(spaces) // 10)), reverse=True):
        text = text[:place] + random.choice(["  ", "   ", " \t"]) + text[place + 1 :]
    return random.choice(["", " ", "\n"]) + text + random.choice(["", " ", "\n", "\n\n"]), _NOTHING


def _punctuation(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    body = text.rstrip()
    end, tail = body[-1:], text[len(body) :]
    ways = []
    if end and end in ".?!":
        ways += [one for one in (body[:-1] + tail, body + end + tail) if one.strip()]
    elif end.isalnum():
        ways.append(f"{body}{random.choice(['.', '!', ' ...'])}{tail}")
    fixed = _untouchable(text)
    for pattern, new in ((_COMMA, " "), (_STOP, "! ")):
        places = [match.span() for match in pattern.finditer(text) if match.start() not in fixed]
        ways += [text[:start] + new + text[stop:] for start, stop in places[:1]]
    return (random.choice(ways), _NOTHING) if ways else None


def _lookalikes(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    # A text that holds some of them already could not be told from its variant.
    fixed = _untouchable(text) if plain(text) == text else set(range(len(text)))
    places = [index for index, char in enumerate(text) if char in _ALIKE and index not in fixed]
    if not places:
        return None
    letters = list(text)
    for place in random.sample(places, min(len(places), 1 + len(places) // 20)):
        letters[place] = _ALIKE[letters[place]]
    return "".join(letters), _NOTHING


TYPOS = Relation("typos", "the meaning; every number, name and capital", _typos, divisible=True)
CASE = Relation("case", "every character but for its case", _case)
WHITESPACE = Relation("whitespace", "every word, in order", _whitespace, divisible=True)
PUNCTUATION = Relation("punctuation", "every word and number, in order", _punctuation)
LOOKALIKES = Relation("look-alikes", "every character by its looks", _lookalikes, divisible=True)

"""Changes of how a prompt is written that keep what it says: typos, case, white space, punctuation, look-alikes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from types import MappingProxyType

from pytest_llm.strategies.variants import Relation

__all__ = ["CASE", "LOOKALIKES", "PUNCTUATION", "TYPOS", "WHITESPACE", "plain"]

# Never touched: code, links, addresses, whatever holds a digit, an underscore or a capital within (names, ids, labels).
_FIXED = r"`[^`]*`|\S*[@/\\_<>{}\[\]=]\S*|\S*\d\S*"
_WORD = re.compile(rf"(?P<fixed>{_FIXED})|(?<![\w'\u2019-])(?P<word>[a-z]{{4,}})(?![\w'\u2019-])")
_SPACE = re.compile(r"(?<=\S) (?=\S)")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS: Mapping[str, str] = MappingProxyType(
    {
        letter: "".join(
            row[place]
            for row, shift in (
                (_ROWS[number], 0),
                *((_ROWS[other], 0) for other in (number - 1, number + 1) if 0 <= other < 3),
            )
            for place in (index - 1, index, index + 1)
            if 0 <= place < len(row) and row[place] != letter
        )
        for number, letters in enumerate(_ROWS)
        for index, letter in enumerate(letters)
    }
)
_ALIKE = MappingProxyType(
    {
        "a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "o": "\u043e", "p": "\u0440", "x": "\u0445", "y": "\u0443",
        "'": "\u2019", "-": "\u2010", " ": "\u00a0",
    }
)  # fmt: skip
_BACK = str.maketrans({new: old for old, new in _ALIKE.items()})
_NOTHING: Mapping[str, str] = MappingProxyType({})


def plain(text: str) -> str:
    """Return a text with the look-alikes of ``LOOKALIKES`` as the characters they resemble."""
    return text.translate(_BACK)


def _typos(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    words = [match.span() for match in _WORD.finditer(text) if match["word"]]
    if not words:
        return None
    for start, end in sorted(random.sample(words, min(len(words), 1 + len(text.split()) // 12)), reverse=True):
        text = text[:start] + _mistyped(text[start:end], random) + text[end:]
    return text, _NOTHING


def _mistyped(word: str, random: Random) -> str:
    """Mistype one letter after the first: its neighbour on the keyboard, twice, not at all, or swapped with the next."""
    place = random.randrange(1, len(word) - 1)
    letter, after = word[place], word[place + 1]
    new = random.choice([random.choice(_NEIGHBOURS[letter]), letter + letter, "", after + letter])
    return word[:place] + new + word[place + 1 + (len(new) == 2 and new == after + letter) :]


def _case(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    # What changes its length in another case (the German sharp s) stays as it is.
    def cased(change: str) -> str:
        return "".join(
            new if len(new := getattr(char, change)()) == 1 and new.lower() == char.lower() else char for char in text
        )

    return random.choice([cased("lower"), cased("upper"), text[:1].swapcase() + text[1:]]), _NOTHING


def _whitespace(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    spaces = [match.start() for match in _SPACE.finditer(text)]
    for place in sorted(random.sample(spaces, min(len(spaces), 1 + len(spaces) // 10)), reverse=True):
        text = text[:place] + random.choice(["  ", "   ", " \t"]) + text[place + 1 :]
    return random.choice(["", " ", "\n"]) + text + random.choice(["", " ", "\n", "\n\n"]), _NOTHING


def _punctuation(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    body = text.rstrip()
    end, tail = body[-1:], text[len(body) :]
    ways = []
    if end and end in ".?!":
        ways += [body[:-1] + tail, body + end + tail]
    elif end.isalnum():
        ways.append(f"{body}{random.choice(['.', '!', ' ...'])}{tail}")
    if re.search(r"(?<=\w), (?=\w)", text):
        ways.append(re.sub(r"(?<=\w), (?=\w)", " ", text, count=1))
    if re.search(r"(?<=\w)\. (?=[A-Z]\w)", text):
        ways.append(re.sub(r"(?<=\w)\. (?=[A-Z]\w)", "! ", text, count=1))
    return (random.choice(ways), _NOTHING) if ways else None


def _lookalikes(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
    # A text that holds some of them already could not be told from its variant.
    places = [index for index, char in enumerate(text) if char in _ALIKE] if plain(text) == text else []
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

"""How much of a prompt a text repeats, also when the text hides it in a simple encoding."""

from __future__ import annotations

import base64
import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pytest_llm.metrics.length import word_pattern

__all__ = ["GRAM", "Leak", "characters_a_word", "leak_of", "prompt_words"]

GRAM = 6  # words: fewer in a row are shared by texts that have nothing else in common

_JOINED = re.compile(
    "['\u2019\u2018`\u00b4\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff*_]|\U000e0020-\U000e007f"
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]{60,}\r?\n)+[A-Za-z0-9+/_-]+|[A-Za-z0-9+/_-]{24,}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[ :]?){24,}")
_SPELLED = re.compile(r"(?:(?<!\w)\w[^\w\n]{1,8}){24,}\w(?!\w)|(?:(?<!\w)\w\n){24,}\w(?!\w)")


@dataclass(frozen=True, slots=True)
class Leak:
    """What a text repeats of a prompt.

    ``share`` is the share of the prompt's runs of ``GRAM`` words (twice as many Han or kana characters; all words of a
    prompt that has fewer) which the text holds too; ``run`` is the length of the longest common run in words,
    ``passage`` that run, ``encoding`` how the text hides it.
    """

    share: float
    run: int
    passage: str = ""
    encoding: str = ""


def prompt_words(text: str) -> list[str]:
    """Return the words by which texts are compared: no case, punctuation, markdown, accents' spelling or invisibles."""
    plain = _JOINED.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return [part for word in word_pattern().findall(plain) for part in re.split(r"[\u2010\u2011.,-]", word)]


def characters_a_word(words: Sequence[str]) -> int:
    """Return 2 when most of the words are single Han or kana characters, else 1."""
    single = sum(len(word) == 1 and word > "\u3000" for word in words)
    return 2 if single * 2 > len(words) else 1


def leak_of(prompt: str, text: str) -> Leak:
    """Return the greatest leak among the readings of a text: as it stands, reversed, ROT13, Base64, hexadecimal or
    spelled letter by letter.
    """  # noqa: D205
    words = prompt_words(prompt)
    longest = _longest_run_in(words)
    found = [_leak(words, longest, prompt_words(reading), encoding) for encoding, reading in _readings(text)]
    squeezed = [match[0] for match in _SPELLED.finditer(text)]
    if squeezed:
        found.append(_leak(words, longest, _spelled_words(words, squeezed), "spelled letter by letter"))
    return max(found, key=lambda leak: (leak.run, leak.share))


def _leak(
    words: list[str], longest: Callable[[Sequence[str]], tuple[int, int]], said: list[str], encoding: str
) -> Leak:
    run, end = longest(said)
    size = min(GRAM * characters_a_word(words), len(words))
    grams = set(_grams(words, size))
    share = len(grams & set(_grams(said, size))) / len(grams) if grams else 0.0
    return Leak(share, run, " ".join(said[end - run : end]), encoding if run else "")


def _grams(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(size)), strict=False)


def _readings(text: str) -> Iterator[tuple[str, str]]:
    yield "", text
    yield "reversed", text[::-1]
    yield "ROT13", codecs.decode(text, "rot13")
    decoded = [_utf8(_from_base64(match[0])) for match in _BASE64.finditer(text)]
    if any(decoded):
        yield "Base64", "\n".join(decoded)
    decoded = [_utf8(bytes.fromhex(match[0].replace(":", " "))) for match in _HEX.finditer(text)]
    if any(decoded):
        yield "hexadecimal", "\n".join(decoded)


def _from_base64(text: str) -> bytes:
    standard = "".join(text.split()).replace("-", "+").replace("_", "/")
    whole = len(standard) - (len(standard) % 4 == 1)
    return base64.b64decode(standard[:whole] + "=" * (-whole % 4))


def _utf8(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return text if text.count("\ufffd") <= len(text) // 10 else ""


def _spelled_words(words: Sequence[str], squeezed: Sequence[str]) -> list[str]:
    """Return the words of the prompt whose letters stand in a row, which tells where a word of them ends."""
    letters = "".join(words)
    starts, place = {}, 0
    for index, word in enumerate(words):
        starts[place] = index
        place += len(word)
    longest = _longest_run_in(letters)
    found: list[str] = []
    for said in squeezed:
        given = "".join(prompt_words(said))
        run, end = longest(given)
        first = letters.find(given[end - run : end]) if run else 0
        inside = [words[starts[at]] for at in range(first, first + run) if at in starts]
        found += [*inside, "\n"]
    return found


def _longest_run_in(words: Sequence[str]) -> Callable[[Sequence[str]], tuple[int, int]]:
    """Return a function that gives the longest run a sequence shares with ``words``: its length and its end.

    A suffix automaton (Blumer et al., 1985): both lengths are read once, whatever they repeat.
    """
    following: list[dict[str, int]] = [{}]
    link, length = [-1], [0]
    last = 0
    for word in words:
        new = _state(following, link, length, {}, length[last] + 1)
        place = last
        while place >= 0 and word not in following[place]:
            following[place][word] = new
            place = link[place]
        link[new] = 0 if place < 0 else _suffix(following, link, length, place, word)
        last = new

    def longest(said: Sequence[str]) -> tuple[int, int]:
        best = end = state = run = 0
        for index, word in enumerate(said, start=1):
            while state and word not in following[state]:
                state = link[state]
                run = length[state]
            if word in following[state]:
                state, run = following[state][word], run + 1
            if run > best:
                best, end = run, index
        return best, end

    return longest


def _suffix(following: list[dict[str, int]], link: list[int], length: list[int], place: int, word: str) -> int:
    target = following[place][word]
    if length[target] == length[place] + 1:
        return target
    clone = _state(following, link, length, dict(following[target]), length[place] + 1)
    link[clone], link[target] = link[target], clone
    while place >= 0 and following[place].get(word) == target:
        following[place][word] = clone
        place = link[place]
    return clone


def _state(
    following: list[dict[str, int]], link: list[int], length: list[int], edges: dict[str, int], size: int
) -> int:
    following.append(edges)
    link.append(0)
    length.append(size)
    return len(length) - 1

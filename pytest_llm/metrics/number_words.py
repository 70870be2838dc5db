"""Numbers written in English words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pytest_llm.metrics import chinese
from pytest_llm.metrics.numerals import Reading

__all__ = ["scaled", "spoken"]

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: value * 10
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "lakh": 10**5,
    "crore": 10**7,
    "dozen": 12,
}
_ORDINALS = {
    word: value for value, word in enumerate("third fourth fifth sixth seventh eighth ninth tenth".split(), start=3)
}
_PART = {"half": 2, "quarter": 4} | _ORDINALS
_PARTS = {"halves": 2, "quarters": 4} | {f"{word}s": value for word, value in _ORDINALS.items()}
_UNIT_ORDINALS = {"first", "second", *list(_ORDINALS)[:7]}
_TEEN_ORDINALS = set(
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
)
_TENS_ORDINALS = {f"{word[:-1]}ieth" for word in _TENS}
_SCALE_ORDINALS = {"hundredth", "thousandth", "millionth", "billionth"}
_ALL_ORDINALS = _UNIT_ORDINALS | _TEEN_ORDINALS | _TENS_ORDINALS | _SCALE_ORDINALS
_LINKS = {"a", "an", "and", "point"}

_WORDS = [*_SMALL, *_TENS, *_SCALES, *_PART, *_PARTS, *_LINKS, *_ALL_ORDINALS]
_WORD = re.compile(rf"(?<![^\W\d_])(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![^\W\d_])", re.IGNORECASE)
_JOINT = re.compile(r"\s+|\s?[-\u2010\u2011]\s?")
_COMMA = re.compile(r",\s")
_PRONOUN = re.compile(r"\b(?:no|the|this|that|which|each|every|any|another|other)\s$", re.IGNORECASE)
_HALF_OF_TWO = re.compile(r"\b(?:first|second|other|latter|former|better)[ -]$", re.IGNORECASE)
_OF = re.compile(r"\s+of\b", re.IGNORECASE)
_SCALED = re.compile(
    r"[*_`]{0,2}(?:(?P<letter>k|K|M|B|bn|Bn|BN|mn|tn|T|m|b)(?![^\W\d_]|[²³/^'\u2019])"
    r"|[ \u00a0\u202f](?P<short>bn|mn|tn)\b"
    rf"|[ \u00a0\u202f\-]?(?P<word>{'|'.join(_SCALES)})\b"
    r"|(?P<chinese>[十百千万亿萬億]{1,4}))",
    re.IGNORECASE,
)
_SCALES_IN_A_ROW = 2  # a hundred million
_LETTERS = {"k": 3, "K": 3, "M": 6, "mn": 6, "B": 9, "bn": 9, "tn": 12}
_MONEY_LETTERS = {"m": 6, "b": 9, "T": 12}
_AND_A_HALF = re.compile(r"[ -]and[ -]a[ -](half|quarter)\b", re.IGNORECASE)

_Word = tuple[str, int, int]


def spoken(text: str) -> Iterator[Reading]:
    """Yield each English number in words: "thirty", "two and a half million", "a dozen", "two thirds", "half".

    Ordinals ("third", "twenty-first") are none, nor is "one" as a pronoun ("no one", "this one").
    """
    for run in _runs(text):
        place = 0
        while place < len(run):
            value, after = _number(text, run, place)
            if value is not None:
                yield value, run[place][1], run[after - 1][2]
            place = max(after, place + 1)


def scaled(text: str, value: Decimal, end: int, *, money: bool) -> tuple[Decimal, int]:
    """Multiply a number in digits by the word or letter after it: "2.5 million", "5k", "30万", "2 and a half"."""
    for _ in range(_SCALES_IN_A_ROW):
        found = _SCALED.match(text, end)
        factor = _factor(found, money=money) if found else None
        if found is None or factor is None:
            break
        value, end = value * factor, found.end()
    if value == value.to_integral_value() and (more := _AND_A_HALF.match(text, end)):
        value, end = value + 1 / Decimal(_PART[more[1].lower()]), more.end()
    return value, end


def _factor(found: re.Match[str], *, money: bool) -> Decimal | None:
    if found["word"]:
        return Decimal(_SCALES[found["word"].lower()])
    if found["chinese"]:
        return Decimal(chinese.scale(found["chinese"]))
    letter = found["letter"] or found["short"]
    powers = _LETTERS | _MONEY_LETTERS if money else _LETTERS
    power = powers.get(letter, powers.get(letter.lower()) if len(letter) > 1 else None)
    return None if power is None else Decimal(10) ** power


def _runs(text: str) -> Iterator[list[_Word]]:
    """Yield the words of numbers that stand side by side."""
    run: list[_Word] = []
    for found in _WORD.finditer(text):
        if run and not _JOINT.fullmatch(text, run[-1][2], found.start()):
            if _SCALES.get(run[-1][0], 0) >= 1000 and _COMMA.fullmatch(text, run[-1][2], found.start()):
                run.append((",", run[-1][2], run[-1][2] + 1))
            else:
                yield run
                run = []
        run.append((found.group().lower(), *found.span()))
    if run:
        yield run


def _number(text: str, run: Sequence[_Word], place: int) -> tuple[Decimal | None, int]:
    """Read one number; None with the place after what is no number."""
    word, start, _ = run[place]
    if word == "half":
        if _HALF_OF_TWO.search(text[max(0, start - 8) : start]):
            return None, place + 1
        return _times(run, Decimal("0.5"), place + 1)
    if word in ("a", "an"):
        return _with_article(text, run, place)
    value, after = _cardinal(run, place)
    if value is None:
        return None, place + 1
    if end := _ordinal_end(text, run, after, value):
        return None, end
    if value == 1 and after == place + 1 and after == len(run) and _PRONOUN.search(text[max(0, start - 8) : start]):
        return None, after
    return _with_fraction(run, value, after)


def _with_fraction(run: Sequence[_Word], value: int, after: int) -> tuple[Decimal, int]:
    """Take in "point five", "thirds" and "and a half" after a whole number."""
    number, after = _decimals(run, Decimal(value), after)
    follows = _at(run, after)
    if number == value and (share := _PARTS.get(follows) or (value == 1 and _PART.get(follows))):
        return number / share, after + 1
    if [_at(run, after), _at(run, after + 1)] == ["and", "a"] and (share := _PART.get(_at(run, after + 2))) in (2, 4):
        return _times(run, number + 1 / Decimal(share), after + 3)
    return _times(run, number, after)


def _with_article(text: str, run: Sequence[_Word], place: int) -> tuple[Decimal | None, int]:
    follows = _at(run, place + 1)
    if follows in _SCALES:
        value, after = _cardinal(run, place)
        return (None, place + 1) if value is None else (Decimal(value), after)
    if follows in ("half", "quarter"):
        return _times(run, 1 / Decimal(_PART[follows]), place + 2)
    if follows in _ORDINALS and _OF.match(text, run[place + 1][2]):
        return 1 / Decimal(_ORDINALS[follows]), place + 2
    return None, place + 1


def _times(run: Sequence[_Word], number: Decimal, after: int) -> tuple[Decimal, int]:
    """Multiply by a scale that follows: "half a million", "two point five million", "two dozen"."""
    skip = after + (_at(run, after) in ("a", "an"))
    for _ in range(_SCALES_IN_A_ROW):
        if _at(run, skip) not in _SCALES:
            break
        number *= _SCALES[_at(run, skip)]
        after = skip = skip + 1
    return number, after


def _decimals(run: Sequence[_Word], number: Decimal, after: int) -> tuple[Decimal, int]:
    digits = ""
    place = after + 1
    while _at(run, after) == "point" and _SMALL.get(_at(run, place), 10) < 10:
        digits += str(_SMALL[_at(run, place)])
        place += 1
    return (number + Decimal(f"0.{digits}"), place) if digits else (number, after)


def _ordinal_end(text: str, run: Sequence[_Word], after: int, value: int) -> int:
    """Return where the ordinal ends that the number begins, as in "twenty-first"; 0 if it begins none."""
    last = after + (value >= 100 and _at(run, after) == "and")
    word = _at(run, last)
    units = word in _UNIT_ORDINALS and value % 10 == 0 and (value % 100 >= 20 or value % 100 == 0 < value)
    teens = word in _TEEN_ORDINALS | _TENS_ORDINALS and value % 100 == 0 < value
    if not (units or teens or (word in _SCALE_ORDINALS and last == after)):
        return 0
    of_its_own = text[run[last][1] - 1] == " " and text[run[last][2] : run[last][2] + 1] == "-"  # thirty third-party
    return 0 if of_its_own else last + 1


def _cardinal(run: Sequence[_Word], place: int) -> tuple[int | None, int]:
    """Read "two million three hundred thousand and five": scales fall from left to right."""
    total, after = 0, place
    last = 10**15
    read = False
    while True:
        linked = after + (read and _at(run, after) in ("and", ","))
        group, stop = _below_thousand(run, linked, first=not read)
        if group is None or (linked > after and last == 1):
            break
        if _at(run, after) == "," and group < 100 and _at(run, stop) not in _SCALES:
            break
        scale = _SCALES.get(_at(run, stop), 1)
        if scale == 100 or _at(run, stop) == "dozen":
            scale = 1
        elif scale > 1:
            stop += 1
        if scale >= last or (read and group * scale >= last):
            break
        total, after, last, read = total + group * scale, stop, scale, True
        if scale == 1:
            break
    return (total, after) if read else (None, place)


def _below_thousand(run: Sequence[_Word], place: int, *, first: bool) -> tuple[int | None, int]:
    if first and _at(run, place) in ("a", "an"):
        hundreds, after = (1, place + 1) if _at(run, place + 1) in _SCALES else (None, place)
        if _at(run, place + 1) == "dozen":
            return 12, place + 2
    else:
        hundreds, after = _below_hundred(run, place)
    if hundreds is None or _at(run, after) != "hundred":
        return hundreds, after
    after += 1
    linked = after + (_at(run, after) == "and")
    rest, stop = _below_hundred(run, linked)
    if rest is None or _at(run, stop) == "hundred":
        return hundreds * 100, after
    return hundreds * 100 + rest, stop


def _below_hundred(run: Sequence[_Word], place: int) -> tuple[int | None, int]:
    word, follows = _at(run, place), _at(run, place + 1)
    if word in _SMALL:
        return _SMALL[word], place + 1
    if word in _TENS:
        unit = _SMALL.get(follows, 0)
        return (_TENS[word] + unit, place + 2) if 0 < unit < 10 else (_TENS[word], place + 1)
    return None, place


def _at(run: Sequence[_Word], place: int) -> str:
    return run[place][0] if place < len(run) else ""

"""The numbers that a text mentions, with their units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from pytest_llm.metrics import chinese, number_words, numerals, units

__all__ = ["Number", "numbers_in"]

_HYPHENS = ("-", "_", "\u2010", "\u2011")
_SHARE = "百分之"
_BEFORE_SIGN = " \t\r\n\u00a0\u202f([{=:<>≤≥~,;/*\"'“`|+≈"
_ORDINAL_AFTER = re.compile(r"(?:st|nd|rd|th)\b|[ºª]", re.IGNORECASE)
_MINUS = re.compile(r"(?:\b(?:minus|negative) |负)$", re.IGNORECASE)
_ITEM = re.compile(r"^[ \t]*(?P<number>\d{1,3})[.)](?=[ \t]+\S)", re.MULTILINE)
_RANGE = re.compile(r"\s?[-\u2010\u2011\u2013—~〜\uff5e至到]\s?|\s(?:to|or|through)\s|[ -]to[ -]", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s$", re.IGNORECASE)
_AN = re.compile(r"\s(?=an?\s)an?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a text mentions.

    ``unit`` is its canonical singular name ("day", "percent", "dollar", "kilometer"), or empty; ``text`` is how the
    number and its unit are written, from ``start`` to ``end``.
    """

    value: Decimal
    unit: str
    text: str
    start: int
    end: int


def numbers_in(text: str, unit: str = "") -> list[Number]:
    """Return the numbers a text mentions, in order, with the units that are written beside them.

    Read are digits of any script, grouped ("1,000", "1.000.000", "1 000" with a no-break space, "1,00,000") or with a
    decimal point or comma, fractions ("1/2", "2½"), exponents ("1.5e6", "3 x 10^8"), signs, "2.5k", "1.2bn", English
    words ("thirty", "a dozen", "half") and Chinese numerals. The ends of a range are two numbers, each with its unit.

    Ambiguous separators are read as English writes them: "1,000" is a thousand, "1.000" is one; a comma before other
    than three digits is a decimal comma ("2,5"). Not read are ordinals ("3rd", "third"), digits in names ("GPT-4",
    "v2", "3D"), versions ("1.2.3"), and the numbers of a list's items.

    ``unit`` is one more unit to know, beside the common ones, by its singular or plural.
    """
    found: list[Number] = []
    end = 0
    for number in sorted(_all(text, unit), key=lambda one: (one.start, -one.end)):
        if number.start >= end:
            found.append(number)
            end = number.end
    return _with_ranges(text, found)


def _all(text: str, own: str) -> Iterator[Number]:
    items = _item_places(text)
    for value, start, end in numerals.literals(text):
        if start not in items and (number := _literal(text, value, start, end, own)):
            yield number
    for value, start, end in number_words.spoken(text):
        name, last = units.after(text, end, own)
        if not name and value < 1 and (article := _AN.match(text, end)):
            name, last = units.after(text, article.end(), own)
        yield _signed(text, value, name, start, last if name else end)
    for value, start, end in chinese.written(text):
        name, last = units.after(text, end, own)
        share = _SHARE * text.startswith(_SHARE, start - len(_SHARE))
        if text[start - 1 : start] != "第" and (name or share or _telling(text[start:end])):
            yield _signed(text, value, "percent" if share else name, start - len(share), last)


def _literal(text: str, value: Decimal, start: int, end: int, own: str) -> Number | None:
    inner = text[start - 1 : start] in ("-", "\u2212") and bool(units.before(text, start - 1)[0])
    if inner:
        value, start = -value, start - 1
    money, first = units.before(text, start)
    if not money and _in_a_name(text, start):
        return None
    share = _SHARE * text.startswith(_SHARE, start - len(_SHARE))
    value, end = number_words.scaled(text, value, end, money=bool(money))
    name, last = units.after(text, end, own)
    if not name and (_ORDINAL_AFTER.match(text, end) or _cased(text[end : end + 1])):
        return None
    if money and not name.startswith(money):
        name, last = money, end
    return _signed(text, value, "percent" if share else name, first - len(share), last if name else end)


def _signed(text: str, value: Decimal, unit: str, start: int, end: int) -> Number:
    """Take in a minus sign or word before the number."""
    if text[start - 1 : start] in ("-", "\u2212", "\u2013") and (start == 1 or text[start - 2] in _BEFORE_SIGN):
        value, start = -value, start - 1
    elif text[start - 1 : start] in (" ", "负") and (minus := _MINUS.search(text[max(0, start - 10) : start])):
        value, start = -value, start - len(minus.group())
    return Number(value, unit, text[start:end], start, end)


def _in_a_name(text: str, start: int) -> bool:
    """Say whether a letter stands before the digits, as in v2 and GPT-4, or they are a Chinese ordinal."""
    near = text[start - 1 : start]
    return near == "第" or _cased(near) or (near in _HYPHENS and _cased(text[start - 2 : start - 1]))


def _cased(char: str) -> bool:
    """Say whether the script has capitals: others (Chinese, Arabic) write digits and words without a space."""
    return char.isalpha() and char.lower() != char.upper()


def _telling(run: str) -> bool:
    """Say whether Chinese numerals without a unit are surely a number, and not part of a word."""
    return len(run) > 1 and any(char in "十百千万亿萬億" for char in run)


def _item_places(text: str) -> frozenset[int]:
    """Return where the numbers of list items stand: two neighbours at the start of lines count up by one."""
    items = [(int(item["number"]), item.start("number")) for item in _ITEM.finditer(text)]
    places: set[int] = set()
    for (one, first), (two, second) in pairwise(items):
        if two == one + 1:
            places |= {first, second}
    return frozenset(places)


def _with_ranges(text: str, found: list[Number]) -> list[Number]:
    """Give both ends of a range the unit that only one of them bears: "20-30 days", "$20-30"."""
    for place in range(len(found) - 2, -1, -1):
        one, other = found[place], found[place + 1]
        if other.unit and not one.unit and _linked(text, one, other):
            found[place] = Number(one.value, other.unit, one.text, one.start, one.end)
    for place in range(len(found) - 1):
        one, other = found[place], found[place + 1]
        if one.unit and not other.unit and _linked(text, one, other) and text[one.start] in "$€£¥":
            found[place + 1] = Number(other.value, one.unit, other.text, other.start, other.end)
    return found


def _linked(text: str, one: Number, other: Number) -> bool:
    if _RANGE.fullmatch(text, one.end, other.start):
        return True
    near = text[max(0, one.start - 8) : one.start]
    return bool(text[one.end : other.start].lower() == " and " and _BETWEEN.search(near))

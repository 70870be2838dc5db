"""Numbers written in Chinese numerals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from math import prod

from pytest_llm.metrics.numerals import Reading

__all__ = ["scale", "written"]

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"\u3007": 0, "两": 2, "兩": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CHINESE = re.compile(r"[一二三四五六七八九两兩十][零〇一二三四五六七八九两兩十百千万亿萬億]{0,30}")
_LONGEST_PLAIN = 20  # digits without scales: 二〇二四


def written(text: str) -> Iterator[Reading]:
    """Yield each run of Chinese numerals; whether a short one is a number is for its surroundings to tell."""
    for run in _CHINESE.finditer(text):
        value = _value(run.group())
        if value is not None:
            yield Decimal(value), run.start(), run.end()


def scale(scales: str) -> int:
    """Return what the numerals after digits multiply by: 万 is 10 000, 百万 a million."""
    return prod(_SCALES[char] for char in scales)


def _value(run: str) -> int | None:
    if not any(char in _SCALES for char in run):
        return int("".join(str(_DIGITS[char]) for char in run)) if len(run) <= _LONGEST_PLAIN else None
    if any(_DIGITS.get(one, 0) and two in _DIGITS for one, two in pairwise(run)):
        return None
    total = section = digit = 0
    for char in run:
        factor = _SCALES.get(char)
        if factor is None:
            digit = _DIGITS[char]
        elif factor >= 10**4:
            total, section, digit = (total + section + digit) * factor, 0, 0
        else:
            section, digit = section + (digit or 1) * factor, 0
    return total + section + digit

"""Numbers written in digits: separators, fractions, exponents, digits of any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

__all__ = ["Reading", "literals", "place_value"]

Reading = tuple[Decimal, int, int]  # a value, and where it starts and ends

_SPACES = "\u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"
# Between digits a plain space groups only before 000, which nobody writes for a number of its own.
_BLOB = re.compile(rf"\d+(?:(?:[.,\u066b٬{_APOSTROPHES}{_SPACES}]| (?=000(?!\d)))\d+)*|(?<![\w.])\.\d+")
_VULGAR = re.compile(r"[¼½¾⅐-⅞]")
_FRACTION = re.compile(r"/(\d+)(?![\d/])")
_MIXED = re.compile(r"[ -](\d+)/(\d+)(?![\d/])")
_EXPONENT = re.compile(r"[eE]([+-]?\d{1,4})(?!\w)")
_TIMES_TEN = re.compile(
    r"\s?[\u00d7x*·]\s?10(?:\^|\*\*)?\{?([-\u2212+]?\d{1,4})\}?(?!\w)|\s?[\u00d7x*·]\s?10([⁺⁻]?[⁰¹²³⁴-⁹]{1,4})"
)
_POWER = re.compile(r"(?:\^|\*\*)\{?([-\u2212+]?\d{1,4})\}?(?!\w)|([⁺⁻]?[⁰¹²³⁴-⁹]{1,4})")
_EXTENDING = "eE \u00d7x*·^⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹/-"
_SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹\u2212", "+-0123456789-")

_WHOLE = re.compile(r"\d+|\.\d+|\d+\.\d+")
# Each form, and what stands for the decimal point in it; every other separator in it groups digits.
_FORMS = (
    (re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"), "."),
    (re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?"), "."),
    (re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+,\d+"), ","),
    (re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}"), ","),
    (re.compile(rf"[1-9]\d{{0,2}}(?:[{_APOSTROPHES}{_SPACES} ]\d{{3}})+(?:\.\d+)?"), "."),
    (re.compile(rf"[1-9]\d{{0,2}}(?:[{_APOSTROPHES}{_SPACES} ]\d{{3}})+,\d+"), ","),
    (re.compile(r"\d+(?:٬\d{3})*(?:\u066b\d+)?"), "\u066b"),
    (re.compile(r"\d+,\d+"), ","),
)


def literals(text: str) -> Iterator[Reading]:
    """Yield each number that is written in digits; dotted runs such as 1.2.3 (versions, addresses) are none."""
    end = 0
    for blob in _BLOB.finditer(text):
        if blob.start() < end:
            continue
        for value, start, stop in _parts(blob.group(), blob.start()):
            value, end = _extended(text, value, start, stop)
            yield value, start, end
    for vulgar in _VULGAR.finditer(text):
        if not text[: vulgar.start()][-1:].isdecimal():
            yield _vulgar(vulgar.group()), vulgar.start(), vulgar.end()


def place_value(text: str) -> Decimal | None:
    """Return the value of digits with separators, None where their separators make no number.

    A comma before exactly three digits groups them, any other single comma is a decimal comma; a single point is a
    decimal point; where both occur the last one is the decimal.
    """
    digits = _ascii(text)
    if _WHOLE.fullmatch(digits):
        return Decimal(digits)
    for form, point in _FORMS:
        if form.fullmatch(digits):
            return Decimal(
                "".join("." if char == point else char for char in digits if char.isdigit() or char == point)
            )
    return None


def _parts(blob: str, start: int) -> Iterator[Reading]:
    """Yield the one number of a blob, or those of a list such as 1,2,3."""
    value = place_value(blob)
    if value is not None:
        yield value, start, start + len(blob)
        return
    for part in re.finditer(rf"[^,{_APOSTROPHES}{_SPACES} ]+", blob):
        value = place_value(part.group())
        if value is not None:
            yield value, start + part.start(), start + part.end()


def _extended(text: str, value: Decimal, start: int, end: int) -> tuple[Decimal, int]:
    """Take in what belongs to the number after its digits: an exponent, a fraction."""
    if text[end : end + 1] not in _EXTENDING and not _VULGAR.match(text, end):
        return value, end
    if (power := _EXPONENT.match(text, end) or _TIMES_TEN.match(text, end)) is not None:
        return value.scaleb(_exponent(power)), power.end()
    if value == 10 and (power := _POWER.match(text, end)) is not None:
        return Decimal(1).scaleb(_exponent(power)), power.end()
    if _VULGAR.match(text, end):
        return value + _vulgar(text[end]), end + 1
    if text[start - 1 : start] != "/" and (whole := _MIXED.match(text, end)):
        above, below = Decimal(whole[1]), Decimal(whole[2])
        if 0 < above < below:
            return value + above / below, whole.end()
    if text[start - 1 : start] != "/" and (part := _FRACTION.match(text, end)) and Decimal(part[1]):
        return value / Decimal(part[1]), part.end()
    return value, end


def _exponent(found: re.Match[str]) -> int:
    return int(next(group for group in found.groups() if group).translate(_SUPERSCRIPTS))


def _vulgar(char: str) -> Decimal:
    above, below = unicodedata.normalize("NFKC", char).split("\u2044")
    return Decimal(above) / Decimal(below)


def _ascii(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
